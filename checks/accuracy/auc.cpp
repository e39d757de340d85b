// SPDX-License-Identifier: Apache-2.0
#include "checks/accuracy/auc.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "checks/accuracy/judge_limit.hpp"
#include "checks/influence.hpp"
#include "gate/stats/auc.hpp"
#include "gate/stats/paired_rates.hpp"
#include "gate/stats/rates.hpp"

namespace modelgate {
namespace {

/// Without variance DeLong is silent. Taking each row of the rarer label once, with a partner of its own, leaves this
/// many independent pairs, each ranked alike: the bounds of a rate hold for them.
/// Weighted or clustered: as many as Kish's n of the units.
double independent_pairs(const stats::AucEstimate& auc) {
  const auto rows = static_cast<double>(std::min(auc.positives, auc.negatives));
  return auc.kish > 0.0 ? std::min(auc.kish, rows) : rows;
}

std::optional<Tail> absolute_tail(const stats::AucEstimate& auc, double limit) {
  if (const auto tail = tail_of(stats::auc_p_at_most(auc, limit), stats::auc_p_at_least(auc, limit))) return tail;
  if (auc.auc > 0.0 && auc.auc < 1.0) return std::nullopt;
  const stats::RateShare ranked{auc.auc >= 1.0 ? 1.0 : 0.0, independent_pairs(auc)};
  return tail_of(stats::effective_rate_p_at_most(ranked, limit), stats::effective_rate_p_at_least(ranked, limit));
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
  const stats::PairedShares alike{.n = independent_pairs(pair.candidate)};
  return tail_of(stats::effective_tango_p_at_most(alike, delta), stats::effective_tango_p_at_least(alike, delta));
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

/// Units are named where rows are not what counts.
bool refuse_few(ScopeCase& scope, const stats::AucEstimate& auc) {
  if (scope.fixed() || std::min(auc.positives, auc.negatives) >= min_rows_per_label) return false;
  const bool clustered = !scope.cache.weighing().units.empty();
  not_assessable(
      scope.result, Reason::too_few_events,
      fmt::format("ROC AUC needs at least {} {} of each label; there are {} {} and {} {}.", min_rows_per_label,
                  clustered ? "units with rows" : "rows", auc.positives, clustered ? "with positive" : "positive",
                  auc.negatives, clustered ? "with negative ones" : "negative ones"));
  return true;
}

}  // namespace

void judge_auc_at(ScopeCase& scope, const GroupAuc& auc) {
  CheckResult& result = scope.result;
  const Weighing& weighing = scope.cache.weighing();
  const bool linearised = auc.candidate && auc.candidate->units > 0;
  result.method = scope.relative() ? "paired DeLong" : "DeLong on the logit scale";
  if (linearised) result.method += weighing.units.empty() ? ", weighted" : ", summed by unit";
  fill_estimates(scope, auc);
  if (!scope.candidate || (scope.relative() && !scope.production)) return;
  if (!auc.candidate || (scope.relative() && !auc.pair))
    return not_assessable(result, Reason::too_few_events,
                          weighing.units.empty() ? "ROC AUC needs rows of both labels here."
                                                 : "ROC AUC needs rows of both labels here, in two units at least.");
  const stats::AucEstimate& alone = *auc.candidate;
  const std::optional<stats::PairedAuc>& pair = auc.pair;
  const bool relative = scope.relative() && pair.has_value();
  if (linearised) {
    result.units = alone.units;
    if (weighing.sampled) result.kish = alone.kish;
    if (!scope.fixed() && refuse_few_units(result, alone.units, alone.kish, weighing)) return;
  }
  if (refuse_few(scope, alone)) return;
  judge_limit(scope, {.candidate = alone.auc,
                      .production = auc.production ? auc.production->auc : 0.0,
                      .direction = Direction::higher_is_better,
                      .discordant = std::nullopt,
                      .baseline_events = std::nullopt,
                      .tails =
                          [&](double factor, double limit) {
                            return relative ? paired_tail(*pair, factor, limit) : absolute_tail(alone, limit);
                          },
                      .units = result.rows,
                      .std_error = [&](double) { return std::sqrt(relative ? pair->variance() : alone.variance); },
                      .no_variation = "The scores show no variation to judge the ranking by."});
}

std::vector<CheckResult> judge_auc(const PlannedCheck& planned, const Evidence& evidence) {
  return judge_scopes(planned, evidence, [&](ScopeCase& scope) {
    const auto& aucs = scope.cache.aucs(planned.slice);
    if (!aucs) return fail_with(scope.result, aucs.error());
    judge_auc_at(scope, (*aucs)[scope.group]);
  });
}

}  // namespace modelgate
