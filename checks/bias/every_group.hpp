// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "checks/bias/group_table.hpp"
#include "gate/core/check_result.hpp"

namespace modelgate {

/// Puts the results of every group of an attribute, each judged like a slice, into the attribute's one result: a part a
/// group, the numbers of the group that is worst off, and a sentence for each group that cannot be judged.
class EveryGroup {
 public:
  /// rows: what a group's denominator counts, for people.
  EveryGroup(AttributeCase& attribute, Direction direction, std::string_view rows)
      : attribute_(attribute), direction_(direction), rows_(rows) {}

  /// Lists a group of the grouping with the values of its judgement over n rows (a share of them: with its events), and
  /// judges it if it is large enough and asked for.
  void take_listed(std::size_t group, CheckResult judged, std::size_t n);
  /// One judged group.
  void take(const std::string& group, const CheckResult& judged);
  /// After the last group: names the worst and those that could not be judged.
  void finish();

 private:
  bool worse(const CheckResult& judged) const;

  AttributeCase& attribute_;
  Direction direction_;
  std::string_view rows_;
  std::string thin_;
  Reason thin_reason_ = Reason::undefined;
  std::string worst_;
  bool any_ = false;
  std::size_t worst_rows_ = 0;
};

}  // namespace modelgate
