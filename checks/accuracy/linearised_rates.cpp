// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "checks/accuracy/rates.hpp"
#include "gate/core/number_text.hpp"

namespace modelgate {
namespace {

void fill_estimates(ScopeCase& scope, const LinearisedRate& rate) {
  CheckResult& result = scope.result;
  const double alpha = alpha_of(scope.planned);
  fill_linearised(result, rate.estimate, scope.cache.weighing(), alpha, scope.fixed());
  if (!scope.candidate) result.candidate = {};
  if (!scope.production) result.production = {};
  if (!scope.candidate || !scope.production) result.difference = {};
  if (scope.fixed()) return;
  if (result.candidate.value) result.candidate.interval = rate.candidate_interval(alpha);
  if (result.difference.value) result.difference.interval = rate.difference_interval(alpha);
}

/// About how many rows would decide, from the contrast's own standard error.
void plan_rows(ScopeCase& scope, const LinearisedRate& rate, const Measured& measured) {
  const double factor = requirement_of(scope.planned, measured.direction).factor;
  if (const auto contrast = rate.estimate.contrast(factor))
    scope.result.rows_needed = rows_needed(scope.result, measured, contrast->units, contrast->std_error);
}

}  // namespace

CellVote vote_of(const Cell& cell, std::size_t classes, CountRate count, std::uint32_t klass) {
  GroupCells one{.cells = {cell}, .rows = 1, .classes = classes};
  one.cells.front().count = 1;
  const stats::PairedCounts seen = count(one, klass);
  return {seen.n() > 0, seen.candidate() > 0, seen.production() > 0};
}

bool judge_linearised_rate(ScopeCase& scope, const LinearisedRate& rate, Direction direction) {
  if (!rate.estimate.candidate || !rate.estimate.production) return false;
  CheckResult& result = scope.result;
  result.method = scope.relative() ? "linearised paired t" : "linearised t";
  fill_estimates(scope, rate);
  if (!scope.candidate || (scope.relative() && !scope.production)) return true;
  if (!scope.fixed() && refuse_few_units(result, rate.units, rate.estimate.candidate->kish, scope.cache.weighing()))
    return true;
  const double production = rate.estimate.production->mean;
  if (refuse_percent_margin(result, production, rate.counts.production())) return true;
  Measured measured{.candidate = rate.estimate.candidate->mean,
                    .production = production,
                    .discordant = std::nullopt,
                    .label = {},
                    .direction = direction,
                    .fixed = scope.fixed()};
  if (scope.relative() && !scope.fixed()) measured.discordant = static_cast<double>(rate.discordant_units);
  result.margin = resolved_margin(scope.planned, production);
  const auto part = judge_part(scope.planned, measured,
                               [&](double factor, double limit) { return rate.tail(factor, limit, scope.relative()); });
  if (!part) {
    not_assessable(result, Reason::undefined, "The limit cannot be compared with this rate.");
    return true;
  }
  result.parts = {*part};
  plan_rows(scope, rate, measured);
  if (!part->passes && scope.relative() && rate.discordant_units == 0)
    result.detail = fmt::format("The models agree on every judged row; their {} effective units cannot exclude it.",
                                count_text(static_cast<std::size_t>(rate.effective.n)));
  return true;
}

}  // namespace modelgate
