// SPDX-License-Identifier: Apache-2.0
#include "checks/accuracy/bounded.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "checks/accuracy/means.hpp"
#include "checks/accuracy/rates.hpp"
#include "checks/influence.hpp"
#include "gate/stats/power.hpp"
#include "gate/stats/rates.hpp"

namespace modelgate {
namespace {

constexpr std::size_t fewest_speaking = 10;

/// All that is known of a value that every row but a few leaves where it is.
struct Deviation {
  double centre = 0.0;     ///< the value without the speaking rows
  std::uint64_t up = 0;    ///< rows that may raise it
  std::uint64_t down = 0;  ///< rows that may lower it
  std::uint64_t rows = 0;
  double most = 1.0;

  /// |value − centre| <= most · share of the speaking rows, so the score bound of that share bounds it.
  Tail tail(double limit) const {
    const auto beyond = [&](std::uint64_t events, double distance) {
      if (!(distance > 0.0)) return 1.0;
      return stats::rate_p_at_least({events, rows}, std::min(1.0, distance / most)).value_or(1.0);
    };
    return {beyond(down, centre - limit), beyond(up, limit - centre), false};
  }
  Interval interval(double alpha) const {
    const auto reach = [&](std::uint64_t events) {
      const auto share = stats::wilson_interval({events, rows}, alpha);
      return most * (share ? share->high : 1.0);
    };
    return {centre - reach(down), centre + reach(up)};
  }
};

/// Independent rows behind the estimate: Kish's n of sampling weights, clusters, or rows.
std::uint64_t units_of(const ScopeCase& scope, const stats::MeanEstimate& estimate) {
  return scope.cache.weighing().sampled ? static_cast<std::uint64_t>(estimate.kish) : estimate.units;
}

bool few(const BoundedCase& of, bool relative) {
  return (relative ? of.rows.differing : of.rows.imperfect) < fewest_speaking;
}

Deviation deviation_of(const ScopeCase& scope, const BoundedCase& of, bool relative) {
  const stats::MeanEstimate seen =
      (relative ? of.estimate.difference : of.estimate.candidate).value_or(stats::MeanEstimate{});
  Deviation about{.centre = seen.mean, .rows = units_of(scope, seen), .most = of.most};
  if (!few(of, relative)) return about;  // every row says the same
  const bool lower = of.direction == Direction::lower_is_better;
  about.centre = relative ? 0.0 : of.ideal;
  const std::size_t harm = relative ? of.rows.worse : of.rows.imperfect;
  const std::size_t gain = relative ? of.rows.better : 0;
  about.up = std::min<std::uint64_t>(about.rows, lower ? harm : gain);
  about.down = std::min<std::uint64_t>(about.rows, lower ? gain : harm);
  return about;
}

/// The good side from the bound, the bad side from t, where there is one.
template <class Ends>
void keep_bad_side(Ends& bound, double Ends::* bad, const std::optional<Ends>& t) {
  if (t) bound.*bad = (*t).*bad;
}

std::optional<Tail> tail_at(const ScopeCase& scope, const BoundedCase& of, double factor, double limit) {
  const bool relative = scope.relative();
  std::optional<Tail> t = linearised_tail(of.estimate, factor, limit);
  if (relative && of.estimate.difference && of.estimate.difference->zero_variance())
    t.reset();  // a percent margin would see production's spread
  if (t && !few(of, relative)) return t;
  // candidate − k·production >= t says difference >= t + (k − 1)·production.
  const double production = of.estimate.production ? of.estimate.production->mean : 0.0;
  const double shifted = relative ? limit + (factor - 1.0) * production : limit;
  Tail bound = deviation_of(scope, of, relative).tail(shifted);
  keep_bad_side(bound, of.direction == Direction::lower_is_better ? &Tail::at_most : &Tail::at_least, t);
  return bound;
}

void widen(const ScopeCase& scope, const BoundedCase& of, Estimate& shown, bool relative) {
  if (scope.fixed() || !shown.value || (shown.interval && !few(of, relative))) return;
  Interval bound = deviation_of(scope, of, relative).interval(alpha_of(scope.planned));
  const bool lower = of.direction == Direction::lower_is_better;
  keep_bad_side(bound, lower ? &Interval::low : &Interval::high, shown.interval);
  if (!relative && few(of, relative)) {  // nothing is better than flawless
    if (lower) bound.low = std::max(bound.low, of.ideal);
    if (!lower) bound.high = std::min(bound.high, of.ideal);
  }
  shown.interval = Interval{std::min(bound.low, *shown.value), std::max(bound.high, *shown.value)};
}

void fill(ScopeCase& scope, const BoundedCase& of) {
  CheckResult& result = scope.result;
  result.method = scope.relative() ? "linearised paired t" : "linearised t";
  fill_linearised(result, of.estimate, scope.cache.weighing(), alpha_of(scope.planned), scope.fixed());
  if (scope.cache.weighing().plain()) result.units.reset();
  if (of.estimate.candidate) widen(scope, of, result.candidate, false);
  if (of.estimate.difference) widen(scope, of, result.difference, true);
}

void plan_rows(ScopeCase& scope, const BoundedCase& of, const Measured& measured) {
  const auto judged = of.estimate.contrast(requirement_of(scope.planned, of.direction).factor);
  if (!judged) return;
  scope.result.rows_needed = rows_needed(scope.result, measured, judged->units, judged->std_error);
  if (scope.planned.limit.word != LimitWord::max_regression || of.rows.differing > 0) return;
  const double share = resolved_margin(scope.planned, measured.production) / of.most;
  if (share < 1.0) scope.result.rows_needed = stats::rows_for_paired_rate(0.0, share, alpha_of(scope.planned));
}

}  // namespace

void judge_bounded(ScopeCase& scope, const BoundedCase& of) {
  CheckResult& result = scope.result;
  fill(scope, of);
  if (!scope.candidate || (scope.relative() && !scope.production)) return;
  if (!of.estimate.candidate || (scope.relative() && !of.estimate.difference))
    return not_assessable(result, Reason::undefined, "The rows of this scope define no value.");
  if (!scope.fixed() && of.estimate.candidate->units < min_loss_rows)
    return not_assessable(
        result, Reason::too_few_rows,
        fmt::format("The metric needs at least {} {}; there are {}.", min_loss_rows,
                    scope.cache.weighing().units.empty() ? "rows" : "units", of.estimate.candidate->units));
  const double production = of.estimate.production ? of.estimate.production->mean : 0.0;
  if (refuse_percent_margin(result, production, std::nullopt)) return;
  Measured measured{.candidate = of.estimate.candidate->mean,
                    .production = production,
                    .discordant = std::nullopt,
                    .label = {},
                    .direction = of.direction,
                    .fixed = scope.fixed()};
  if (scope.relative() && !scope.fixed()) measured.discordant = static_cast<double>(of.rows.differing);
  result.margin = resolved_margin(scope.planned, production);
  const auto part = judge_part(scope.planned, measured,
                               [&](double factor, double limit) { return tail_at(scope, of, factor, limit); });
  if (!part) return not_assessable(result, Reason::undefined, "The limit cannot be compared with this metric.");
  result.parts = {*part};
  plan_rows(scope, of, measured);
}

}  // namespace modelgate
