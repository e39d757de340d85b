// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "gate/core/check_result.hpp"
#include "gate/core/score_table.hpp"

namespace modelgate {

/// Rows that production got right and the candidate wrong, in row order; nothing where labels or either model do not
/// tell right from wrong. A row of several labels is right where all of them are.
std::vector<std::size_t> flipped_rows(const ScoreTable& table);

/// True for a blocking result of decisions against labels, of which it can be asked what broke.
bool is_broken_comparison(const CheckResult& result);

/// Answers "what broke?" for every such result: counts, among the rows it is about (recall: its class's), those that
/// went from right to wrong and back, and ranks at most 5 slice values by flips beyond their fair share. Values with
/// fewer than suppress_below flips, or than 2, or with less than 1.1 times the overall share are not named. Informs
/// only: outcomes stay as they are.
void explain_flips(const ScoreTable& table, std::span<CheckResult> results, std::size_t suppress_below);

}  // namespace modelgate
