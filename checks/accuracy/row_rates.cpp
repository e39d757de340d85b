// SPDX-License-Identifier: Apache-2.0
#include "checks/accuracy/row_rates.hpp"

#include <array>
#include <optional>

#include "checks/accuracy/rates.hpp"
#include "checks/scope_case.hpp"
#include "gate/stats/paired_rates.hpp"

namespace modelgate {
namespace {

using Counts = std::vector<stats::PairedCounts>;

bool has_rows(const Evidence& evidence) {
  return evidence.table != nullptr && evidence.cache != nullptr && evidence.table->rows.rows > 0;
}

/// Both models' right rows by group of the check's slice; an unusable model is never right.
Result<Counts> count_by_group(const PlannedCheck& planned, const Evidence& evidence, const RightRows& right) {
  const Result<Grouping>& grouping = evidence.cache->grouping(planned.slice);
  if (!grouping) return std::unexpected(grouping.error());
  std::array<std::vector<std::uint8_t>, 2> sides;
  for (const Role role : both_roles) {
    if (evidence.cache->trouble(role) != nullptr) {
      sides[index_of(role)].assign(evidence.table->rows.rows, 0);
      continue;
    }
    Result<std::vector<std::uint8_t>> rows = right(*evidence.table, role);
    if (!rows) return std::unexpected(rows.error());
    sides[index_of(role)] = *std::move(rows);
  }
  Counts counts(grouping->size());
  for (std::size_t row = 0; row < evidence.table->rows.rows; ++row) {
    stats::PairedCounts& group = counts[grouping->code(row)];
    const bool candidate = sides[0][row] != 0;
    const bool production = sides[1][row] != 0;
    ++(candidate ? (production ? group.both : group.only_candidate)
                 : (production ? group.only_production : group.neither));
  }
  return counts;
}

using JudgeCounts = void (*)(ScopeCase&, const stats::PairedCounts&);

std::vector<CheckResult> judge_counts(const PlannedCheck& planned, const Evidence& evidence, const RightRows& right,
                                      JudgeCounts judge) {
  std::optional<Result<Counts>> counts;
  if (has_rows(evidence)) counts = count_by_group(planned, evidence, right);
  return judge_scopes(planned, evidence, [&](ScopeCase& scope) {
    if (!counts) return;
    if (!*counts) return fail_with(scope.result, counts->error());
    const stats::PairedCounts& here = (**counts)[scope.group];
    judge(scope, here);
    if (scope.candidate && scope.production) scope.result.flips = Flips{here.only_production, here.only_candidate};
  });
}

}  // namespace

std::vector<CheckResult> judge_right_rows(const PlannedCheck& planned, const Evidence& evidence,
                                          const RightRows& right) {
  return judge_counts(planned, evidence, right, [](ScopeCase& scope, const stats::PairedCounts& counts) {
    judge_paired_counts(scope, counts, Direction::higher_is_better);
  });
}

std::vector<CheckResult> judge_flipped_rows(const PlannedCheck& planned, const Evidence& evidence,
                                            const RightRows& right) {
  return judge_counts(planned, evidence, right, [](ScopeCase& scope, const stats::PairedCounts& counts) {
    judge_flip_share(scope, {counts.only_production, counts.only_candidate});
  });
}

void judge_flip_share(ScopeCase& scope, Flips flips) {
  if (!scope.candidate || !scope.production) return;
  judge_paired_counts(scope,
                      {.only_candidate = flips.right_to_wrong, .neither = scope.result.rows - flips.right_to_wrong},
                      Direction::lower_is_better);
  scope.result.flips = flips;
  scope.result.production = {};  // a flip belongs to the pair: there is no other side to it
  scope.result.difference = {};
}

}  // namespace modelgate
