// SPDX-License-Identifier: Apache-2.0
#include "checks/accuracy/means.hpp"

#include <fmt/format.h>

#include "checks/accuracy/judge_limit.hpp"
#include "checks/influence.hpp"
#include "checks/scope_case.hpp"
#include "gate/stats/mean_t.hpp"

namespace modelgate {
namespace {

Estimate side(const std::optional<stats::MeanEstimate>& mean, double alpha, bool fixed) {
  return mean ? estimate_of(mean->mean, stats::mean_interval(*mean, alpha), fixed) : Estimate{};
}

void judge_scope(ScopeCase& scope, const GroupLosses& losses) {
  CheckResult& result = scope.result;
  const double alpha = alpha_of(scope.planned);
  result.method = scope.relative() ? "linearised paired t" : "linearised t";
  result.candidate = side(losses.candidate, alpha, scope.fixed());
  result.production = side(losses.production, alpha, scope.fixed());
  result.difference = side(losses.difference, alpha, scope.fixed());
  if (!scope.candidate || (scope.relative() && !scope.production)) return;
  if (!losses.candidate || (scope.relative() && !losses.difference))
    return not_assessable(result, Reason::undefined, "A row's loss is not finite, so the mean has no value.");
  if (!scope.cache.weighing().plain() && !scope.fixed() &&
      refuse_few_units(result, losses.candidate->units, losses.candidate->kish, scope.cache.weighing()))
    return;
  if (!scope.fixed() && losses.candidate->units < min_loss_rows)
    return not_assessable(
        result, Reason::too_few_rows,
        fmt::format("A mean loss needs at least {} rows; there are {}.", min_loss_rows, losses.candidate->units));
  if (!scope.fixed() && !scope.cache.weighing().plain()) fill_units(result, losses, scope.cache.weighing());
  const bool alike = scope.relative() && losses.difference && losses.difference->zero_variance();
  const auto contrast_of = [&](double factor) { return alike ? std::nullopt : losses.contrast(factor); };
  judge_limit(scope,
              {.candidate = losses.candidate->mean,
               .production = losses.production ? losses.production->mean : 0.0,
               .direction = Direction::lower_is_better,
               .discordant = std::nullopt,
               .baseline_events = std::nullopt,
               .tails = [&](double factor, double limit) -> std::optional<Tail> {
                 return alike ? std::nullopt : linearised_tail(losses, factor, limit);
               },
               .units = losses.candidate->units,
               .std_error =
                   [&](double factor) {
                     const auto contrast = contrast_of(factor);
                     return contrast ? contrast->std_error : 0.0;
                   },
               .no_variation = scope.relative() ? "The two models' losses differ by the same amount in every row."
                                                : "Every row has the same loss."});
}

}  // namespace

std::vector<CheckResult> judge_mean_loss(const PlannedCheck& planned, const Evidence& evidence, Loss loss) {
  return judge_scopes(planned, evidence, [&](ScopeCase& scope) {
    const auto& losses = scope.cache.losses(loss, planned.slice);
    if (!losses) return fail_with(scope.result, losses.error());
    judge_scope(scope, (*losses)[scope.group]);
  });
}

}  // namespace modelgate
