// SPDX-License-Identifier: Apache-2.0
#include "checks/accuracy/labels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "checks/accuracy/label_case.hpp"
#include "checks/accuracy/rates.hpp"
#include "gate/core/number_text.hpp"

namespace modelgate {
namespace {

void fill_estimates(LabelCase& label) {
  ScopeCase& scope = label.scope;
  const double alpha = alpha_of(scope.planned);
  for (const Role role : both_roles) {
    if (!scope.usable(role)) continue;
    Estimate& side = role == Role::candidate ? scope.result.candidate : scope.result.production;
    if (const auto value = label.value(role))
      side = estimate_of(*value, scope.fixed() ? std::nullopt : label.side_interval(role, alpha), scope.fixed());
  }
  if (label.cells.linearised) fill_units(scope.result, label.linearised, scope.cache.weighing());
  if (!scope.candidate || !scope.production) return;
  scope.result.flips = flips_of(label.cells);
  const auto candidate = label.value(Role::candidate);
  const auto production = label.value(Role::production);
  if (candidate && production)
    scope.result.difference = estimate_of(
        *candidate - *production, scope.fixed() ? std::nullopt : label.difference_interval(alpha), scope.fixed());
}

bool refuse_few(LabelCase& label) {
  ScopeCase& scope = label.scope;
  if (!label.cells.linearised || scope.fixed()) return false;
  const auto& known = label.linearised.candidate;
  if (known && refuse_few_units(scope.result, known->units, known->kish, scope.cache.weighing())) return true;
  const std::size_t speaking = label.speaking_units();
  if (speaking >= min_units) return false;
  not_assessable(scope.result, Reason::too_few_events,
                 fmt::format("The metric rests on {} units of the class here; it needs at least {}.",
                             count_text(speaking), min_units));
  return true;
}

double events_of(const LabelCase& label) {
  std::vector<double> counts(label.cells.cells.size());
  std::ranges::transform(label.cells.cells, counts.begin(),
                         [](const Cell& cell) { return static_cast<double>(cell.count); });
  const ClassSums baseline = class_sums(label.cells, counts, Role::production);
  return label.metric.share != nullptr ? baseline.hit[label.klass]
                                       : std::accumulate(baseline.hit.begin(), baseline.hit.end(), 0.0);
}

void judge_label(LabelCase& label) {
  ScopeCase& scope = label.scope;
  const auto candidate = label.value(Role::candidate);
  const auto production = label.value(Role::production);
  if (!candidate || (scope.relative() && !production))
    return not_assessable(scope.result, Reason::undefined,
                          "A denominator of the metric is 0 here, so it has no value.");
  if (refuse_few(label)) return;
  ResampledTails resampled{scope, label.bootstrap, Direction::higher_is_better,
                           label.linearised.candidate ? &label.linearised : nullptr, false};
  const Judgeable metric{.candidate = *candidate,
                         .production = production.value_or(0.0),
                         .direction = Direction::higher_is_better,
                         .discordant = static_cast<double>(label.discordant_units),
                         .baseline_events = static_cast<std::uint64_t>(events_of(label)),
                         .tails = [&](double factor, double limit) { return label.tail(factor, limit, resampled); },
                         .units = scope.result.rows,
                         .std_error = [&](double) { return half_width_error(scope); },
                         .no_variation = "The rows show no variation to judge the metric by."};
  if (!judge_limit(scope, metric) && resampled.undefined)
    not_assessable(scope.result, Reason::too_few_events,
                   "Too few events: more than 1 % of the resamples leave the metric undefined.");
}

std::string method_of(const LabelCase& label) {
  if (label.by_share()) return "Wilson score of the binomial share";
  if (!label.by_influence()) return "paired Poisson bootstrap";
  return label.scope.relative() ? "linearised paired t" : "linearised t";
}

}  // namespace

ClassSums class_sums(const GroupCells& cells, std::span<const double> counts, Role role) {
  ClassSums sums{std::vector<double>(cells.classes, 0.0), std::vector<double>(cells.classes, 0.0),
                 std::vector<double>(cells.classes, 0.0)};
  for (std::size_t at = 0; at < cells.cells.size(); ++at) {
    const Cell& cell = cells.cells[at];
    const std::uint32_t decided = cell.decision(role);
    sums.support[cell.label] += counts[at];
    sums.predicted[decided] += counts[at];
    if (decided == cell.label) sums.hit[decided] += counts[at];
  }
  return sums;
}

std::vector<CheckResult> judge_labels(const PlannedCheck& planned, const Evidence& evidence,
                                      const LabelMetric& metric) {
  return judge_scopes(planned, evidence, [&](ScopeCase& scope) {
    const auto& cells = scope.cache.cells(planned.slice);
    if (!cells) return fail_with(scope.result, cells.error());
    const GroupCells& here = (*cells)[scope.group];
    const Result<std::uint32_t> klass = class_of(planned, scope.cache.table());
    if (!klass) return fail_with(scope.result, klass.error());
    if (*klass >= here.classes)
      return not_assessable(scope.result, Reason::undefined, "No row here has or gets this class.");
    LabelCase label(scope, metric, here, *klass);
    scope.result.method = method_of(label);
    fill_estimates(label);
    if (scope.candidate && (!scope.relative() || scope.production)) judge_label(label);
  });
}

}  // namespace modelgate
