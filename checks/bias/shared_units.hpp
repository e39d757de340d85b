// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "checks/bias/group_table.hpp"
#include "gate/stats/mean_t.hpp"

namespace modelgate {

/// Covariances of the groups' rates where a unit (cluster) has rows in several groups: Σ over the shared units of the
/// product of its influences on both rates, each scaled by G/(G − 1) as its variance is.
class SharedUnits {
 public:
  /// No shared units.
  SharedUnits() = default;
  /// Of these counted groups under one model; the grouping and cells of the attribute must be valid.
  SharedUnits(const AttributeCase& attribute, const GroupRateKind& kind, const std::vector<CountedGroup>& groups,
              Role role);

  /// Of two groups of the grouping.
  double covariance(std::size_t one, std::size_t other) const;

 private:
  std::unordered_map<std::uint32_t, stats::CompensatedSum> sums_;  ///< by both group numbers, the smaller first
};

}  // namespace modelgate
