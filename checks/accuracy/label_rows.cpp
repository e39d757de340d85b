// SPDX-License-Identifier: Apache-2.0
#include "checks/accuracy/label_rows.hpp"

#include <algorithm>
#include <utility>

#include "checks/multilabel.hpp"

namespace modelgate {
namespace {

/// Rows that one model gets right in all labels and the other not, by group.
std::vector<Flips> flips_by_group(const ScoreTable& table, const LabelRows& rows, const Grouping& grouping) {
  std::vector<Flips> flips(grouping.size());
  if (!rows.usable(Role::candidate) || !rows.usable(Role::production)) return flips;
  for (std::size_t row = 0; row < table.rows.rows; ++row) {
    const auto right = [&, at = static_cast<std::ptrdiff_t>(row * rows.labels)](Role role) {
      const auto truth = table.rows.label_bits.begin() + at;
      return std::equal(truth, truth + static_cast<std::ptrdiff_t>(rows.labels),
                        rows.decided[index_of(role)].begin() + at);
    };
    const bool candidate = right(Role::candidate);
    const bool production = right(Role::production);
    if (production && !candidate) ++flips[grouping.code(row)].right_to_wrong;
    if (candidate && !production) ++flips[grouping.code(row)].wrong_to_right;
  }
  return flips;
}

}  // namespace

Result<LabelRows> label_rows(const Evidence& evidence) {
  LabelRows rows{.labels = label_count(*evidence.table), .decided = {}};
  for (const Role role : both_roles) {
    if (evidence.cache->trouble(role) != nullptr) continue;
    Result<std::vector<std::uint8_t>> decided = label_decisions(*evidence.table, role);
    if (!decided) return std::unexpected(decided.error());
    rows.decided[index_of(role)] = *std::move(decided);
  }
  return rows;
}

std::vector<CheckResult> judge_label_rows(const PlannedCheck& planned, const Evidence& evidence,
                                          const PrepareLabels& prepare) {
  Result<JudgeLabels> judge = internal_error("The golden rows were not scored in this run.");
  std::vector<Flips> flips;
  const bool ready = evidence.table != nullptr && evidence.cache != nullptr && evidence.table->rows.rows > 0;
  if (ready && evidence.cache->grouping(planned.slice)) {
    const Result<LabelRows> rows = label_rows(evidence);
    if (rows) flips = flips_by_group(*evidence.table, *rows, *evidence.cache->grouping(planned.slice));
    judge = rows ? prepare(*rows) : std::unexpected(rows.error());
  }
  return judge_scopes(planned, evidence, [&](ScopeCase& scope) {
    if (!judge) return fail_with(scope.result, judge.error());
    (*judge)(scope);
    if (scope.candidate && scope.production) scope.result.flips = flips[scope.group];
  });
}

}  // namespace modelgate
