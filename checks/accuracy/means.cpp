// SPDX-License-Identifier: Apache-2.0
#include "checks/accuracy/means.hpp"

#include <fmt/format.h>

#include "checks/accuracy/rates.hpp"
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
  if (!scope.fixed() && losses.candidate->units < min_loss_rows)
    return not_assessable(
        result, Reason::too_few_rows,
        fmt::format("A mean loss needs at least {} rows; there are {}.", min_loss_rows, losses.candidate->units));
  const double production = losses.production ? losses.production->mean : 0.0;
  if (refuse_percent_margin(result, production, std::nullopt)) return;
  const Measured measured{.candidate = losses.candidate->mean,
                          .production = production,
                          .discordant = std::nullopt,
                          .label = {},
                          .direction = Direction::lower_is_better,
                          .fixed = scope.fixed()};
  result.margin = resolved_margin(scope.planned, production);
  const auto part = judge_part(scope.planned, measured, [&](double factor, double limit) -> std::optional<Tail> {
    if (scope.relative() && losses.difference->zero_variance()) return std::nullopt;
    const auto contrast = losses.contrast(factor);
    if (!contrast || contrast->zero_variance()) return std::nullopt;
    return tail_of(stats::mean_p_at_most(*contrast, limit), stats::mean_p_at_least(*contrast, limit));
  });
  if (!part)
    return not_assessable(result, Reason::zero_variance,
                          scope.relative() ? "The two models' losses differ by the same amount in every row."
                                           : "Every row has the same loss.");
  result.parts = {*part};
  const auto judged = losses.contrast(requirement_of(scope.planned, Direction::lower_is_better).factor);
  if (judged) result.rows_needed = rows_needed(result, measured, judged->units, judged->std_error);
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
