// SPDX-License-Identifier: Apache-2.0
#include "checks/accuracy/labels.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "checks/accuracy/rates.hpp"
#include "checks/scope_case.hpp"
#include "gate/stats/bootstrap.hpp"
#include "gate/stats/paired_rates.hpp"

namespace modelgate {
namespace {

/// One scope under judgement: the cells, both models' margins and the resampling of them.
struct LabelCase {
  ScopeCase& scope;
  const LabelMetric& metric;
  const GroupCells& cells;
  std::uint32_t klass = 1;
  std::array<ClassSums, 2> sums;
  stats::PairedBootstrap bootstrap;

  std::optional<double> value(Role role) const { return metric.value(sums[index_of(role)], klass); }
};

std::vector<std::uint64_t> counts_of(const GroupCells& cells) {
  std::vector<std::uint64_t> counts;
  counts.reserve(cells.cells.size());
  for (const Cell& cell : cells.cells) counts.push_back(cell.count);
  return counts;
}

stats::PairedBootstrap resampling(const GroupCells& cells, const LabelMetric& metric, std::uint32_t klass,
                                  std::uint64_t seed) {
  return {stats::cell_source(counts_of(cells), seed), [&cells, &metric, klass](std::span<const double> counts) {
            return stats::PairedValue{metric.value(class_sums(cells, counts, Role::candidate), klass),
                                      metric.value(class_sums(cells, counts, Role::production), klass)};
          }};
}

std::optional<Interval> side_interval(LabelCase& labels, Role role, double alpha) {
  const LabelMetric& metric = labels.metric;
  if (metric.share != nullptr) {
    const auto share = stats::wilson_interval(metric.share(labels.sums[index_of(role)], labels.klass), alpha);
    if (!share) return std::nullopt;
    return Interval{metric.value_of_share(share->low), metric.value_of_share(share->high)};
  }
  return role == Role::candidate ? labels.bootstrap.interval(0.0, alpha) : labels.bootstrap.production_interval(alpha);
}

void fill_estimates(LabelCase& labels) {
  ScopeCase& scope = labels.scope;
  const double alpha = alpha_of(scope.planned);
  for (const Role role : both_roles) {
    if (!scope.usable(role)) continue;
    Estimate& side = role == Role::candidate ? scope.result.candidate : scope.result.production;
    if (const auto value = labels.value(role))
      side = estimate_of(*value, side_interval(labels, role, alpha), scope.fixed());
  }
  if (!scope.candidate || !scope.production) return;
  scope.result.flips = flips_of(labels.cells);
  const auto candidate = labels.value(Role::candidate);
  const auto production = labels.value(Role::production);
  if (candidate && production)
    scope.result.difference =
        estimate_of(*candidate - *production, labels.bootstrap.interval(1.0, alpha), scope.fixed());
}

std::uint64_t disagreements(const GroupCells& cells) {
  std::uint64_t rows = 0;
  for (const Cell& cell : cells.cells)
    if (cell.candidate != cell.production) rows += cell.count;
  return rows;
}

/// Where every replicate is the same, resampling knows nothing of what was not seen: the bound of a rate on as many
/// rows.
std::optional<Tail> unanimous_tail(const LabelCase& labels, bool relative, double limit) {
  const ClassSums& sums = labels.sums[index_of(Role::candidate)];
  const auto rows = static_cast<std::uint64_t>(std::max(0.0, std::floor(labels.metric.units(sums, labels.klass))));
  if (rows == 0 || !(std::abs(limit) < 1.0)) return std::nullopt;
  if (relative) {
    const stats::PairedCounts agree{.both = rows};
    return tail_of(stats::tango_p_at_most(agree, limit), stats::tango_p_at_least(agree, limit));
  }
  const auto value = labels.value(Role::candidate);
  if (!value || (*value < 1.0 && *value > 0.0)) return std::nullopt;
  const stats::RateCount all{*value >= 1.0 ? rows : 0, rows};
  return tail_of(stats::rate_p_at_most(all, limit), stats::rate_p_at_least(all, limit));
}

std::optional<Tail> tails(LabelCase& labels, double factor, double limit, bool& undefined) {
  const LabelMetric& metric = labels.metric;
  const bool relative = labels.scope.relative();
  if (!relative && metric.share != nullptr) {
    const stats::RateCount share = metric.share(labels.sums[index_of(Role::candidate)], labels.klass);
    const double share_limit = metric.share_of_value(limit);
    if (!(share_limit >= 0.0 && share_limit <= 1.0)) return std::nullopt;
    return tail_of(stats::rate_p_at_most(share, share_limit), stats::rate_p_at_least(share, share_limit));
  }
  if (relative &&
      disagreements(labels.cells) == 0)  // candidate − k·production >= t says difference >= t + (k − 1)·production
    return unanimous_tail(labels, relative, limit + (factor - 1.0) * labels.value(Role::production).value_or(0.0));
  const auto judged = labels.bootstrap.judge(factor, limit, alpha_of(labels.scope.planned));
  undefined = judged && judged->too_many_undefined;
  if (!judged || undefined) return std::nullopt;
  if (judged->zero_width) return relative ? std::nullopt : unanimous_tail(labels, relative, limit);
  return Tail{judged->p_at_most, judged->p_at_least, judged->on_the_line};
}

void judge_limit(LabelCase& labels) {
  ScopeCase& scope = labels.scope;
  CheckResult& result = scope.result;
  const auto candidate = labels.value(Role::candidate);
  const auto production = scope.production ? labels.value(Role::production) : std::nullopt;
  if (!candidate || (scope.relative() && !production))
    return not_assessable(result, Reason::undefined, "A denominator of the metric is 0 here, so it has no value.");
  const ClassSums& baseline = labels.sums[index_of(Role::production)];
  const double hits = labels.metric.share != nullptr ? baseline.hit[labels.klass]
                                                     : std::accumulate(baseline.hit.begin(), baseline.hit.end(), 0.0);
  if (refuse_percent_margin(result, production.value_or(0.0), static_cast<std::uint64_t>(hits))) return;
  Measured measured{.candidate = *candidate,
                    .production = production.value_or(0.0),
                    .discordant = std::nullopt,
                    .label = {},
                    .direction = Direction::higher_is_better,
                    .fixed = scope.fixed()};
  if (scope.relative() && !scope.fixed()) measured.discordant = static_cast<double>(disagreements(labels.cells));
  result.margin = resolved_margin(scope.planned, measured.production);
  bool undefined = false;
  const auto part = judge_part(scope.planned, measured,
                               [&](double factor, double limit) { return tails(labels, factor, limit, undefined); });
  if (!part)
    return undefined
               ? not_assessable(result, Reason::too_few_events,
                                "Too few events: more than 1 % of the resamples leave the metric undefined.")
               : not_assessable(result, Reason::zero_variance, "The rows show no variation to judge the metric by.");
  result.parts = {*part};
  const Estimate& judged = scope.relative() ? result.difference : result.candidate;
  if (judged.interval)
    result.rows_needed = rows_needed(
        result, measured, result.rows,
        (judged.interval->high - judged.interval->low) / 2 / stats::normal_critical(alpha_of(scope.planned)));
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

    const std::vector<std::uint64_t> whole = counts_of(here);
    const std::vector<double> counts(whole.begin(), whole.end());
    LabelCase labels{scope,
                     metric,
                     here,
                     *klass,
                     {class_sums(here, counts, Role::candidate), class_sums(here, counts, Role::production)},
                     resampling(here, metric, *klass, scope.plan.runtime.seed)};
    const bool resampled = scope.relative() || metric.share == nullptr;
    scope.result.method = resampled ? "paired Poisson bootstrap" : "Wilson score of the binomial share";
    fill_estimates(labels);
    if (scope.candidate && (!scope.relative() || scope.production)) judge_limit(labels);
  });
}

}  // namespace modelgate
