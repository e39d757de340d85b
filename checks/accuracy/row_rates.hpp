// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "checks/check.hpp"
#include "gate/core/error.hpp"
#include "gate/core/score_table.hpp"

namespace modelgate {

/// Whether one usable model is right in each row: 0 or 1.
using RightRows = std::function<Result<std::vector<std::uint8_t>>(const ScoreTable&, Role)>;

/// Judges the share of right rows that no confusion cells tell (top-k, all labels of a row): Wilson against a limit,
/// Tango for a difference, Nam–Blackwelder for a percent margin; the linearised t with weights or clusters. Counts the
/// flips.
std::vector<CheckResult> judge_right_rows(const PlannedCheck& planned, const Evidence& evidence,
                                          const RightRows& right);

/// Judges the share of rows that production gets right and the candidate wrong against max in the same manner.
std::vector<CheckResult> judge_flipped_rows(const PlannedCheck& planned, const Evidence& evidence,
                                            const RightRows& right);

}  // namespace modelgate
