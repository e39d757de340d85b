// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "checks/check.hpp"
#include "checks/scope_case.hpp"
#include "gate/core/error.hpp"

namespace modelgate {

/// The set labels of both models over all rows of a multilabel table (rows × labels); empty for a model that is not
/// usable.
struct LabelRows {
  std::size_t labels = 0;
  std::array<std::vector<std::uint8_t>, 2> decided;  ///< by Role

  bool usable(Role role) const { return !decided[index_of(role)].empty(); }
};

/// Decides both usable models' labels, once for a check.
Result<LabelRows> label_rows(const Evidence& evidence);

/// Judges every scope of a check on the rows' labels; `prepare` is asked once, when rows, grouping and labels are
/// there.
using JudgeLabels = std::function<void(ScopeCase&)>;
using PrepareLabels = std::function<Result<JudgeLabels>(const LabelRows&)>;
std::vector<CheckResult> judge_label_rows(const PlannedCheck& planned, const Evidence& evidence,
                                          const PrepareLabels& prepare);

}  // namespace modelgate
