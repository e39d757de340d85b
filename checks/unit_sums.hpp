// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "checks/weighing.hpp"
#include "gate/stats/linearised.hpp"

namespace modelgate {

/// Two models' values in one group.
struct GroupValues {
  std::optional<double> candidate;
  std::optional<double> production;
};

/// Influences of rows, summed by unit in every group.
class UnitSums {
 public:
  UnitSums(const GroupUnits& units, std::size_t groups)
      : units_(units), sums_(units.group_of.size()), groups_(groups) {}

  /// One row of this group: influences by Role, its weight in all and the copies it stands for.
  void add(std::size_t row, std::size_t group, const std::array<double, 2>& influence, double weight, double copies) {
    if (units_.slots.empty()) return groups_[group].add(influence[0], influence[1], weight, copies);
    UnitSum& sum = sums_[units_.slots[row]];
    sum.candidate.add(influence[0]);
    sum.production.add(influence[1]);
    sum.weight.add(weight);
  }

  /// The sums of every group, once all rows were seen.
  std::vector<stats::InfluenceSums> take() && {
    for (std::size_t slot = 0; slot < sums_.size(); ++slot)
      groups_[units_.group_of[slot]].add(sums_[slot].candidate.value(), sums_[slot].production.value(),
                                         sums_[slot].weight.value());
    return std::move(groups_);
  }

 private:
  struct UnitSum {
    stats::CompensatedSum candidate, production, weight;
  };

  const GroupUnits& units_;
  std::vector<UnitSum> sums_;
  std::vector<stats::InfluenceSums> groups_;
};

}  // namespace modelgate
