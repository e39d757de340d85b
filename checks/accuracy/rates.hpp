// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "checks/cell_influence.hpp"
#include "checks/cells.hpp"
#include "checks/check.hpp"
#include "checks/scope_case.hpp"
#include "gate/stats/paired_rates.hpp"

namespace modelgate {

/// Counts the rows a rate speaks of (chosen by their label alone) and for which of them each model says "yes".
using CountRate = stats::PairedCounts (*)(const GroupCells& cells, std::uint32_t klass);

/// All rows, "yes" where the decision is the label.
stats::PairedCounts count_right(const GroupCells& cells, std::uint32_t klass);

/// Judges a share of rows: Wilson against a limit, Tango for a difference, Nam–Blackwelder for a percent margin; with
/// weights or clusters the linearised t.
std::vector<CheckResult> judge_rate(const PlannedCheck& planned, const Evidence& evidence, CountRate count);

/// The same for one already counted place; the result's estimates, method and part. False where n is 0.
bool judge_paired_counts(ScopeCase& scope, const stats::PairedCounts& counts, Direction direction);

/// What a count makes of the rows of one cell.
CellVote vote_of(const Cell& cell, std::size_t classes, CountRate count, std::uint32_t klass);

/// Judges a weighted or clustered rate by the linearised t. False where nothing is judged.
bool judge_linearised_rate(ScopeCase& scope, const LinearisedRate& rate, Direction direction);

/// The class that `class:` names, 1 for a binary task without it; data error where there is no such class.
Result<std::uint32_t> class_of(const PlannedCheck& planned, const RowColumns& rows);
inline Result<std::uint32_t> class_of(const PlannedCheck& planned, const ScoreTable& table) {
  return class_of(planned, table.rows);
}

/// Rows that one model gets right and the other wrong.
Flips flips_of(const GroupCells& cells);

/// Fewest baseline events for a percent margin.
inline constexpr std::uint64_t min_baseline_events = 10;

/// Refuses a percent margin on too thin a baseline; true where it was refused (the result is not_assessable).
bool refuse_percent_margin(CheckResult& result, double production, std::optional<std::uint64_t> events);

}  // namespace modelgate
