// SPDX-License-Identifier: Apache-2.0
#include "checks/accuracy/row_rates.hpp"

#include <array>
#include <optional>

#include "checks/accuracy/rates.hpp"
#include "checks/accuracy/row_means.hpp"
#include "checks/scope_case.hpp"
#include "gate/stats/paired_rates.hpp"

namespace modelgate {
namespace {

/// What is known of every group: flips as rows, counts with frequencies expanded, means where those do not serve.
struct RightCounts {
  std::vector<Flips> flips;
  std::vector<stats::PairedCounts> counts;
  std::vector<GroupMeans> means;
};

/// 1 where a model is right (the candidate alone: where it breaks what production had right).
using Yes = std::array<std::vector<std::uint8_t>, 2>;

Result<Yes> right_of_both(const Evidence& evidence, const RightRows& right) {
  Yes sides;
  for (const Role role : both_roles) {
    if (evidence.cache->trouble(role) != nullptr) continue;
    Result<std::vector<std::uint8_t>> rows = right(*evidence.table, role);
    if (!rows) return std::unexpected(rows.error());
    sides[index_of(role)] = *std::move(rows);
  }
  return sides;
}

bool is_yes(const std::vector<std::uint8_t>& side, std::size_t row) { return !side.empty() && side[row] != 0; }

std::vector<Flips> flips_by_group(const Yes& right, const Grouping& grouping, std::size_t rows) {
  std::vector<Flips> flips(grouping.size());
  for (std::size_t row = 0; row < rows; ++row) {
    const bool candidate = is_yes(right[0], row);
    const bool production = is_yes(right[1], row);
    if (production && !candidate) ++flips[grouping.code(row)].right_to_wrong;
    if (candidate && !production) ++flips[grouping.code(row)].wrong_to_right;
  }
  return flips;
}

std::vector<stats::PairedCounts> counts_by_group(const Yes& yes, const Grouping& grouping, const Weighing& weighing,
                                                 std::size_t rows) {
  std::vector<stats::PairedCounts> counts(grouping.size());
  for (std::size_t row = 0; row < rows; ++row) {
    stats::PairedCounts& group = counts[grouping.code(row)];
    const bool candidate = is_yes(yes[0], row);
    const bool production = is_yes(yes[1], row);
    (candidate ? (production ? group.both : group.only_candidate)
               : (production ? group.only_production : group.neither)) +=
        static_cast<std::uint64_t>(weighing.copies_of(row));
  }
  return counts;
}

/// The flipped rows as the one side of a rate.
void keep_flips(Yes& right) {
  for (std::size_t row = 0; row < right[0].size(); ++row)
    right[0][row] = is_yes(right[1], row) && right[0][row] == 0 ? 1 : 0;
  right[1].clear();
}

Result<RightCounts> count(const PlannedCheck& planned, const Evidence& evidence, const RightRows& right, bool flipped) {
  EvidenceCache& cache = *evidence.cache;
  const Result<Grouping>& grouping = cache.grouping(planned.slice);
  if (!grouping) return std::unexpected(grouping.error());
  Result<Yes> yes = right_of_both(evidence, right);
  if (!yes) return std::unexpected(yes.error());
  const std::size_t rows = evidence.table->rows.rows;
  RightCounts all{.flips = flips_by_group(*yes, *grouping, rows), .counts = {}, .means = {}};
  if (flipped) keep_flips(*yes);
  if (!cache.weighing().linearised()) {
    all.counts = counts_by_group(*yes, *grouping, cache.weighing(), rows);
    return all;
  }
  const RowNumbers numbers{std::vector<double>((*yes)[0].begin(), (*yes)[0].end()),
                           std::vector<double>((*yes)[1].begin(), (*yes)[1].end())};
  const Direction direction = flipped ? Direction::lower_is_better : Direction::higher_is_better;
  all.means = mean_numbers(cache, planned.slice, numbers, direction, flipped ? 0.0 : 1.0);
  return all;
}

void judge_scope(ScopeCase& scope, const RightCounts& all, bool flipped) {
  const Direction direction = flipped ? Direction::lower_is_better : Direction::higher_is_better;
  if (all.means.empty())
    judge_paired_counts(scope, all.counts[scope.group], direction);
  else
    judge_mean_numbers(scope, all.means[scope.group], direction, flipped ? 0.0 : 1.0, 1.0);
  if (scope.candidate && scope.production) scope.result.flips = all.flips[scope.group];
  if (!flipped) return;
  scope.result.production = {};  // a flip belongs to the pair: there is no other side to it
  scope.result.difference = {};
}

std::vector<CheckResult> judge_rows(const PlannedCheck& planned, const Evidence& evidence, const RightRows& right,
                                    bool flipped) {
  std::optional<Result<RightCounts>> all;
  if (evidence.table != nullptr && evidence.cache != nullptr && evidence.table->rows.rows > 0)
    all = count(planned, evidence, right, flipped);
  return judge_scopes(planned, evidence, [&](ScopeCase& scope) {
    if (!all) return;
    if (!*all) return fail_with(scope.result, all->error());
    if (flipped && !(scope.candidate && scope.production)) return;
    judge_scope(scope, **all, flipped);
  });
}

}  // namespace

std::vector<CheckResult> judge_right_rows(const PlannedCheck& planned, const Evidence& evidence,
                                          const RightRows& right) {
  return judge_rows(planned, evidence, right, false);
}

std::vector<CheckResult> judge_flipped_rows(const PlannedCheck& planned, const Evidence& evidence,
                                            const RightRows& right) {
  return judge_rows(planned, evidence, right, true);
}

}  // namespace modelgate
