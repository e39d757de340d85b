// SPDX-License-Identifier: Apache-2.0
#include "checks/accuracy/judge_limit.hpp"

#include "checks/accuracy/rates.hpp"

namespace modelgate {

std::string advice_where_alike(const ScopeCase& scope, double candidate, double production) {
  if (!scope.relative() || candidate != production) return {};
  return " Where the candidate is meant to answer as production does (an export), judge that by parity, and write "
         "on_not_assessable: warn on this check.";
}

bool judge_limit(ScopeCase& scope, const Judgeable& metric) {
  CheckResult& result = scope.result;
  if (refuse_percent_margin(result, metric.production, metric.baseline_events)) return false;
  Measured measured{.candidate = metric.candidate,
                    .production = metric.production,
                    .discordant = std::nullopt,
                    .label = {},
                    .direction = metric.direction,
                    .fixed = scope.fixed()};
  if (scope.relative() && !scope.fixed()) measured.discordant = metric.discordant;
  result.margin = resolved_margin(scope.planned, metric.production);
  const auto part = judge_part(scope.planned, measured, metric.tails);
  if (!part) {
    not_assessable(result, Reason::zero_variance,
                   std::string{metric.no_variation} + advice_where_alike(scope, metric.candidate, metric.production));
    return false;
  }
  result.parts = {*part};
  const double error =
      metric.std_error ? metric.std_error(requirement_of(scope.planned, metric.direction).factor) : 0.0;
  result.rows_needed = rows_needed(result, measured, metric.units, error);
  return true;
}

std::optional<Tail> ResampledTails::at(double factor, double limit) {
  const Requirement need = requirement_of(scope.planned, direction);
  std::optional<double> error;
  if (linearised != nullptr)
    if (const auto contrast = linearised->contrast(factor); contrast && !contrast->zero_variance())
      error = contrast->std_error;
  const auto judged = bootstrap.judge(
      factor, limit, alpha_of(scope.planned),
      {.fails = need.at_least ? stats::FailTail::at_least : stats::FailTail::at_most, .std_error = error});
  undefined = judged && judged->too_many_undefined;
  if (!judged || undefined || judged->zero_width) return std::nullopt;
  return Tail{judged->p_at_most, judged->p_at_least, judged->on_the_line};
}

void fill_resampled(ScopeCase& scope, stats::PairedBootstrap& bootstrap) {
  const double alpha = alpha_of(scope.planned);
  const stats::PairedValue& seen = bootstrap.observed();
  if (scope.candidate && seen.candidate)
    scope.result.candidate = estimate_of(*seen.candidate, bootstrap.interval(0.0, alpha), scope.fixed());
  if (scope.production && seen.production)
    scope.result.production = estimate_of(*seen.production, bootstrap.production_interval(alpha), scope.fixed());
  if (scope.candidate && scope.production && seen.candidate && seen.production)
    scope.result.difference =
        estimate_of(*seen.candidate - *seen.production, bootstrap.interval(1.0, alpha), scope.fixed());
}

double half_width_error(const ScopeCase& scope) {
  const Estimate& judged = scope.relative() ? scope.result.difference : scope.result.candidate;
  if (!judged.interval) return 0.0;
  return (judged.interval->high - judged.interval->low) / 2 / stats::normal_critical(alpha_of(scope.planned));
}

}  // namespace modelgate
