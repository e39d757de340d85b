// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "checks/cache.hpp"
#include "checks/check.hpp"
#include "gate/stats/paired_rates.hpp"
#include "gate/stats/rates.hpp"

namespace modelgate {

/// A rate of one group of a binary task: which rows it is counted over and what counts as yes.
struct GroupRateKind {
  std::string_view name;
  bool positives = true;  ///< counted over rows of label 1
  bool negatives = true;  ///< counted over rows of label 0
  std::uint32_t yes = 1;  ///< the decision that counts
  Direction direction = Direction::higher_is_better;
};

inline constexpr GroupRateKind selection_rate{"selection_rate", true, true, 1, Direction::higher_is_better};
inline constexpr GroupRateKind true_positive_rate{"tpr", true, false, 1, Direction::higher_is_better};
inline constexpr GroupRateKind false_positive_rate{"fpr", false, true, 1, Direction::lower_is_better};
inline constexpr GroupRateKind true_negative_rate{"tnr", false, true, 0, Direction::higher_is_better};
inline constexpr GroupRateKind false_negative_rate{"fnr", true, false, 0, Direction::lower_is_better};

/// The rate's rows of one group under both models.
stats::PairedCounts count_group(const GroupCells& cells, const GroupRateKind& kind);

/// One group of the attribute, counted.
struct CountedGroup {
  std::string name;
  stats::PairedCounts counts;
  bool assessable = true;  ///< denominator >= min_group_size

  stats::RateCount rate(Role role) const {
    return {role == Role::candidate ? counts.candidate() : counts.production(), counts.n()};
  }
};

/// An attribute check under judgement, after all that can stand in its way.
struct AttributeCase {
  const PlannedCheck& planned;
  const Plan& plan;
  EvidenceCache& cache;
  const Grouping& grouping;
  const std::vector<GroupCells>& cells;
  bool candidate = true;   ///< usable
  bool production = true;  ///< usable
  CheckResult& result;

  bool fixed() const { return plan.dataset.population == Population::fixed; }
};

/// Judges the one result of an attribute; what stands in the way comes back as error or not_assessable. A failed
/// candidate still gets production's values.
std::vector<CheckResult> judge_attribute(const PlannedCheck& planned, const Evidence& evidence,
                                         const std::function<void(AttributeCase&)>& judge);

/// Every group's rate, in the order of the groups; also written into result.groups with Wilson intervals.
std::vector<CountedGroup> count_groups(AttributeCase& attribute, const GroupRateKind& kind);

/// Names the groups that were too small: the result becomes not_assessable (unless a part fails); does nothing where
/// all are fine.
void name_small_groups(AttributeCase& attribute);

}  // namespace modelgate
