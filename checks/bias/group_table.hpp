// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checks/bias/pair_test.hpp"
#include "checks/bias/roster.hpp"
#include "checks/cache.hpp"
#include "checks/check.hpp"
#include "gate/stats/paired_rates.hpp"
#include "gate/stats/rates.hpp"

namespace modelgate {

/// The rows a rate is counted over; `decided` depends on the model, the others on the label alone.
enum class Over : std::uint8_t { rows, positives, negatives, decided };

/// What counts as yes: decided for the class, decided against it, decided right, or labelled with it.
enum class Yes : std::uint8_t { decided, rejected, right, labelled };

/// A rate of one group: of a binary task, or of one class against the others.
struct GroupRateKind {
  std::string_view name;
  Over over = Over::rows;
  Yes yes = Yes::decided;
  Direction direction = Direction::higher_is_better;
  std::string_view rows = "rows";  ///< what the denominator counts, for people
};

inline constexpr GroupRateKind selection_rate{"selection_rate", Over::rows, Yes::decided, Direction::higher_is_better,
                                              "rows"};
inline constexpr GroupRateKind true_positive_rate{"tpr", Over::positives, Yes::decided, Direction::higher_is_better,
                                                  "positive rows"};
inline constexpr GroupRateKind false_positive_rate{"fpr", Over::negatives, Yes::decided, Direction::lower_is_better,
                                                   "negative rows"};
inline constexpr GroupRateKind true_negative_rate{"tnr", Over::negatives, Yes::rejected, Direction::higher_is_better,
                                                  "negative rows"};
inline constexpr GroupRateKind false_negative_rate{"fnr", Over::positives, Yes::rejected, Direction::lower_is_better,
                                                   "positive rows"};
inline constexpr GroupRateKind share_right{"accuracy", Over::rows, Yes::right, Direction::higher_is_better, "rows"};
inline constexpr GroupRateKind positive_predictive_value{"ppv", Over::decided, Yes::labelled,
                                                         Direction::higher_is_better, "rows decided positive"};

/// What the rows of one cell are to a rate under one model; klass is the positive class.
struct CellSide {
  bool counted = false;
  bool yes = false;
};
CellSide side_of(const Cell& cell, const GroupRateKind& kind, Role role, std::uint32_t klass = 1);

/// Rows of one group under both models, for a rate whose rows do not depend on the model.
stats::PairedCounts count_pairs(const GroupCells& cells, const GroupRateKind& kind, std::uint32_t klass = 1);

/// One group of the attribute, counted.
struct CountedGroup {
  std::size_t group = 0;  ///< of the grouping
  std::string name;
  std::array<GroupSide, 2> sides;                    ///< by Role
  std::array<std::optional<Interval>, 2> intervals;  ///< of each side's rate
  bool assessable = true;  ///< denominator >= min_group_size, weighted or clustered >= min_units
  bool judged = true;      ///< assessable, and one of the groups that the attribute asks for

  const GroupSide& side(Role role) const { return sides[index_of(role)]; }
};

/// An attribute check under judgement, after all that can stand in its way.
struct AttributeCase {
  const PlannedCheck& planned;
  const Plan& plan;
  EvidenceCache& cache;
  const Grouping& grouping;
  Roster roster;
  std::uint32_t klass = 1;
  bool candidate = true;   ///< usable
  bool production = true;  ///< usable
  CheckResult& result;
  std::vector<std::string> small = {};  ///< "F (tpr: 5)": groups that are too small to judge

  bool fixed() const { return plan.dataset.population == Population::fixed; }
  bool usable(Role role) const { return role == Role::candidate ? candidate : production; }
};

/// Judges the one result of an attribute; what stands in the way comes back as error or not_assessable. A failed
/// candidate still gets production's values.
std::vector<CheckResult> judge_attribute(const PlannedCheck& planned, const Evidence& evidence,
                                         const std::function<void(AttributeCase&)>& judge);

/// Every group's rate, in the order of the groups; also written into result.groups. Error where the decisions cannot be
/// counted.
Result<std::vector<CountedGroup>> count_groups(AttributeCase& attribute, const GroupRateKind& kind);

/// Names the groups that keep the attribute from being judged whole: too small (unless small_groups: report), declared
/// and absent, an unusable reference group. The result becomes not_assessable (unless a part fails); does nothing where
/// all are fine.
void name_missing_groups(AttributeCase& attribute);

/// Adds one sentence to the result's detail.
void add_detail(CheckResult& result, std::string_view sentence);

}  // namespace modelgate
