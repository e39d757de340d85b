// SPDX-License-Identifier: Apache-2.0
#include "checks/accuracy/auc.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "checks/accuracy/rates.hpp"
#include "checks/scope_case.hpp"
#include "gate/stats/auc.hpp"
#include "gate/stats/paired_rates.hpp"
#include "gate/stats/rates.hpp"

namespace modelgate {
namespace {

/// Without variance DeLong is silent. Taking each row of the rarer label once, with a partner of its own, leaves this
/// many independent pairs, each ranked alike: the bounds of a rate hold for them.
std::uint64_t independent_pairs(const stats::AucEstimate& auc) { return std::min(auc.positives, auc.negatives); }

std::optional<Tail> absolute_tail(const stats::AucEstimate& auc, double limit) {
  if (const auto tail = tail_of(stats::auc_p_at_most(auc, limit), stats::auc_p_at_least(auc, limit))) return tail;
  if (auc.auc > 0.0 && auc.auc < 1.0) return std::nullopt;
  const std::uint64_t pairs = independent_pairs(auc);
  const stats::RateCount ranked{auc.auc >= 1.0 ? pairs : 0, pairs};
  return tail_of(stats::rate_p_at_most(ranked, limit), stats::rate_p_at_least(ranked, limit));
}

std::optional<Tail> paired_tail(const stats::PairedAuc& pair, double factor, double limit) {
  if (const auto tail =
          tail_of(stats::paired_auc_p_at_most(pair, limit, factor), stats::paired_auc_p_at_least(pair, limit, factor));
      tail && pair.variance() > 0.0)
    return tail;
  const bool ranks_nothing = pair.candidate.variance <= 0.0 && pair.candidate.auc > 0.0 && pair.candidate.auc < 1.0;
  if (pair.difference() != 0.0 || ranks_nothing) return std::nullopt;
  const double delta = limit + (factor - 1.0) * pair.production.auc;
  if (!(std::abs(delta) < 1.0)) return std::nullopt;
  const stats::PairedCounts alike{.both = independent_pairs(pair.candidate)};
  return tail_of(stats::tango_p_at_most(alike, delta), stats::tango_p_at_least(alike, delta));
}

void fill_estimates(ScopeCase& scope, const GroupAuc& auc) {
  const double alpha = alpha_of(scope.planned);
  if (auc.candidate)
    scope.result.candidate = estimate_of(auc.candidate->auc, stats::auc_interval(*auc.candidate, alpha), scope.fixed());
  if (auc.production)
    scope.result.production =
        estimate_of(auc.production->auc, stats::auc_interval(*auc.production, alpha), scope.fixed());
  if (auc.pair)
    scope.result.difference =
        estimate_of(auc.pair->difference(), stats::paired_auc_interval(*auc.pair, alpha), scope.fixed());
}

void judge_scope(ScopeCase& scope, const GroupAuc& auc) {
  CheckResult& result = scope.result;
  result.method = scope.relative() ? "paired DeLong" : "DeLong on the logit scale";
  fill_estimates(scope, auc);
  if (!scope.candidate || (scope.relative() && !scope.production)) return;
  if (!auc.candidate || (scope.relative() && !auc.pair))
    return not_assessable(result, Reason::too_few_events, "ROC AUC needs rows of both labels here.");
  if (!scope.fixed() && independent_pairs(*auc.candidate) < min_rows_per_label)
    return not_assessable(
        result, Reason::too_few_events,
        fmt::format("ROC AUC needs at least {} rows of each label; there are {} positive and {} negative ones.",
                    min_rows_per_label, auc.candidate->positives, auc.candidate->negatives));
  const double production = auc.production ? auc.production->auc : 0.0;
  if (refuse_percent_margin(result, production, std::nullopt)) return;
  const Measured measured{.candidate = auc.candidate->auc,
                          .production = production,
                          .discordant = std::nullopt,
                          .label = {},
                          .direction = Direction::higher_is_better,
                          .fixed = scope.fixed()};
  result.margin = resolved_margin(scope.planned, production);
  const stats::AucEstimate& alone = *auc.candidate;
  const std::optional<stats::PairedAuc>& pair = auc.pair;
  const bool relative = scope.relative() && pair.has_value();
  const auto part = judge_part(scope.planned, measured, [&](double factor, double limit) {
    return relative && pair ? paired_tail(*pair, factor, limit) : absolute_tail(alone, limit);
  });
  if (!part)
    return not_assessable(result, Reason::zero_variance, "The scores show no variation to judge the ranking by.");
  result.parts = {*part};
  const double variance = relative && pair ? pair->variance() : alone.variance;
  result.rows_needed = rows_needed(result, measured, result.rows, std::sqrt(variance));
}

}  // namespace

std::vector<CheckResult> judge_auc(const PlannedCheck& planned, const Evidence& evidence) {
  return judge_scopes(planned, evidence, [&](ScopeCase& scope) {
    const auto& aucs = scope.cache.aucs(planned.slice);
    if (!aucs) return fail_with(scope.result, aucs.error());
    judge_scope(scope, (*aucs)[scope.group]);
  });
}

}  // namespace modelgate
