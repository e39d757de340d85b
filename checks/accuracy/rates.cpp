// SPDX-License-Identifier: Apache-2.0
#include "checks/accuracy/rates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "gate/core/number_text.hpp"
#include "gate/stats/power.hpp"
#include "gate/stats/rates.hpp"

namespace modelgate {
namespace {

std::optional<Tail> absolute_tail(stats::RateCount count, double limit) {
  if (!(limit >= 0.0 && limit <= 1.0)) return std::nullopt;
  return tail_of(stats::rate_p_at_most(count, limit), stats::rate_p_at_least(count, limit));
}

std::optional<Tail> paired_tail(const stats::PairedCounts& counts, double factor, double limit) {
  if (factor == 1.0)
    return tail_of(stats::tango_p_at_most(counts, inside_differences(limit)),
                   stats::tango_p_at_least(counts, inside_differences(limit)));
  if (factor <= 0.0) return Tail{0.0, 1.0, false};  // a margin of 100 % or more asks nothing of a rate
  return tail_of(stats::paired_ratio_p_at_most(counts, factor), stats::paired_ratio_p_at_least(counts, factor));
}

/// (b − c)/n rather than the difference of two rounded rates.
double difference_of(const stats::PairedCounts& counts) {
  return (static_cast<double>(counts.only_candidate) - static_cast<double>(counts.only_production)) /
         static_cast<double>(counts.n());
}

double half_width(const Estimate& estimate) {
  return estimate.interval ? (estimate.interval->high - estimate.interval->low) / 2 : 0.0;
}

/// Rows at which the interval would clear the limit; where the models agree everywhere, Tango's own bound on n.
void plan_rows(ScopeCase& scope, const stats::PairedCounts& counts, const Measured& measured) {
  CheckResult& result = scope.result;
  const double alpha = alpha_of(scope.planned);
  const Estimate& judged = scope.relative() ? result.difference : result.candidate;
  const double std_error = half_width(judged) / stats::normal_critical(alpha);
  result.rows_needed = rows_needed(result, measured, counts.n(), std_error);
  if (scope.planned.limit.word != LimitWord::max_regression || counts.discordant() > 0) return;
  const double margin = resolved_margin(scope.planned, measured.production);
  if (const auto wanted = stats::rows_for_paired_rate(0.0, margin, alpha))
    result.rows_needed = result.rows * *wanted / std::max<std::size_t>(counts.n(), 1) + 1;
}

}  // namespace

stats::PairedCounts count_right(const GroupCells& cells, std::uint32_t) {
  stats::PairedCounts counts;
  for (const Cell& cell : cells.cells) {
    const bool candidate = cell.candidate == cell.label;
    const bool production = cell.production == cell.label;
    (candidate ? (production ? counts.both : counts.only_candidate)
               : (production ? counts.only_production : counts.neither)) += cell.count;
  }
  return counts;
}

Flips flips_of(const GroupCells& cells) {
  Flips flips;
  for (const Cell& cell : cells.cells) {
    const bool candidate = cell.candidate == cell.label;
    const bool production = cell.production == cell.label;
    if (production && !candidate) flips.right_to_wrong += cell.count;
    if (candidate && !production) flips.wrong_to_right += cell.count;
  }
  return flips;
}

Result<std::uint32_t> class_of(const PlannedCheck& planned, const RowColumns& rows) {
  if (planned.klass.empty()) return std::uint32_t{1};
  const std::vector<std::string>& names = rows.class_names;
  if (const auto hit = std::ranges::find(names, planned.klass); hit != names.end())
    return static_cast<std::uint32_t>(hit - names.begin());
  std::uint32_t index = 0;
  const char* end = planned.klass.data() + planned.klass.size();
  if (names.empty() && std::from_chars(planned.klass.data(), end, index).ptr == end) return index;
  return data_error(
      fmt::format("There is no class \"{}\"; the golden data know {} classes.", planned.klass, names.size()));
}

bool refuse_percent_margin(CheckResult& result, double production, std::optional<std::uint64_t> events) {
  if (!result.planned.limit.relative || !is_relative(result.planned.limit)) return false;
  if (events && *events < min_baseline_events) {
    not_assessable(
        result, Reason::too_few_events,
        fmt::format("A percent margin needs at least {} production events to be measured against; there are {}. "
                    "Use a margin in the metric's unit.",
                    min_baseline_events, *events));
    return true;
  }
  if (production > 0.0) return false;
  not_assessable(
      result, Reason::undefined,
      "A percent margin has no meaning against a production value that is not above 0. Use a margin in the metric's "
      "unit.");
  return true;
}

bool judge_paired_counts(ScopeCase& scope, const stats::PairedCounts& counts, Direction direction) {
  CheckResult& result = scope.result;
  if (counts.n() == 0) return false;
  const double alpha = alpha_of(scope.planned);
  const stats::RateCount candidate{counts.candidate(), counts.n()};
  const stats::RateCount production{counts.production(), counts.n()};
  if (scope.candidate)
    result.candidate = estimate_of(candidate.rate(), stats::wilson_interval(candidate, alpha), scope.fixed());
  if (scope.production)
    result.production = estimate_of(production.rate(), stats::wilson_interval(production, alpha), scope.fixed());
  if (scope.candidate && scope.production)
    result.difference = estimate_of(difference_of(counts), stats::tango_interval(counts, alpha), scope.fixed());
  result.method =
      !scope.relative() ? "Wilson score" : (scope.planned.limit.relative ? "Nam-Blackwelder score" : "Tango score");
  if (!scope.candidate || (scope.relative() && !scope.production)) return true;
  if (refuse_percent_margin(result, production.rate(), production.events)) return true;

  Measured measured{.candidate = candidate.rate(),
                    .production = production.rate(),
                    .discordant = std::nullopt,
                    .label = {},
                    .direction = direction,
                    .fixed = scope.fixed()};
  if (scope.relative() && !scope.fixed()) measured.discordant = static_cast<double>(counts.discordant());
  result.margin = resolved_margin(scope.planned, production.rate());
  const auto part = judge_part(scope.planned, measured, [&](double factor, double limit) {
    return factor == 0.0 && !scope.relative() ? absolute_tail(candidate, limit) : paired_tail(counts, factor, limit);
  });
  if (!part) {
    not_assessable(result, Reason::undefined, "The limit cannot be compared with this rate.");
    return true;
  }
  result.parts = {*part};
  plan_rows(scope, counts, measured);
  if (!part->passes && scope.relative() && counts.discordant() == 0)
    result.detail = fmt::format("The models agree on every judged row; that needs {} of them to exclude the margin.",
                                result.rows_needed ? "about " + count_text(*result.rows_needed) : std::string{"more"});
  return true;
}

namespace {

/// Where all judged rows weigh alike and stand alone, the score methods say it all.
bool judge_counts(ScopeCase& scope, const GroupCells& cells, CountRate count, std::uint32_t klass) {
  if (!cells.linearised) return judge_paired_counts(scope, count(cells, klass), Direction::higher_is_better);
  const LinearisedRate rate =
      linearise_rate(cells, [&](const Cell& cell) { return vote_of(cell, cells.classes, count, klass); });
  if (rate.even) return judge_paired_counts(scope, rate.counts, Direction::higher_is_better);
  return judge_linearised_rate(scope, rate, Direction::higher_is_better);
}

}  // namespace

std::vector<CheckResult> judge_rate(const PlannedCheck& planned, const Evidence& evidence, CountRate count) {
  return judge_scopes(planned, evidence, [&](ScopeCase& scope) {
    const auto& cells = scope.cache.cells(planned.slice);
    if (!cells) return fail_with(scope.result, cells.error());
    const Result<std::uint32_t> klass = class_of(planned, scope.cache.table());
    if (!klass) return fail_with(scope.result, klass.error());
    const GroupCells& here = (*cells)[scope.group];
    if (!judge_counts(scope, here, count, *klass))
      return not_assessable(scope.result, Reason::undefined,
                            "No row here has the label that this rate is counted over.");
    if (scope.candidate && scope.production) scope.result.flips = flips_of(here);
  });
}

}  // namespace modelgate
