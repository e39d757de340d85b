// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "checks/explain.hpp"
#include "checks/judge.hpp"
#include "checks/outputs/differences.hpp"
#include "checks/outputs/named_rows.hpp"
#include "checks/outputs/output_checks.hpp"
#include "checks/scope_case.hpp"
#include "gate/core/measured.hpp"
#include "gate/core/number_text.hpp"

namespace modelgate {
namespace {

/// How a metric comes from the rows of one place.
struct ParityMetric {
  /// By row: what it makes of the two models' outputs.
  Result<std::vector<double>> (*by_row)(const ScoreTable&, const SameWithin& same) = nullptr;
  double (*over)(std::span<const double>) = nullptr;
  bool sizes = true;  ///< rows are named with how far they lie apart
};

double largest(std::span<const double> rows) { return std::ranges::max(rows); }

double mean(std::span<const double> rows) {
  return std::accumulate(rows.begin(), rows.end(), 0.0) / static_cast<double>(rows.size());
}

double share(std::span<const double> rows) {
  const auto apart = std::ranges::count_if(rows, [](double row) { return row > 0.0; });
  return static_cast<double>(apart) / static_cast<double>(rows.size());
}

Result<std::vector<double>> largest_by_row(const ScoreTable& table, const SameWithin& same) {
  Result<RowDifferences> apart = row_differences(table, same);
  if (!apart) return std::unexpected(apart.error());
  return std::move(apart->largest);
}

Result<std::vector<double>> mean_by_row(const ScoreTable& table, const SameWithin& same) {
  Result<RowDifferences> apart = row_differences(table, same);
  if (!apart) return std::unexpected(apart.error());
  return std::move(apart->mean);
}

Result<std::vector<double>> flip_by_row(const ScoreTable& table, const SameWithin& /*same*/) {
  const Result<std::vector<std::uint8_t>> flips = rows_decided_differently(table);
  if (!flips) return std::unexpected(flips.error());
  return std::vector<double>(flips->begin(), flips->end());
}

constexpr ParityMetric max_metric{largest_by_row, largest};
constexpr ParityMetric mean_metric{mean_by_row, mean};
constexpr ParityMetric mismatch_metric{largest_by_row, share};
constexpr ParityMetric flips_metric{flip_by_row, share, false};

/// The furthest apart first; among equals the first rows.
std::vector<ChangedRow> furthest(std::vector<ChangedRow> apart) {
  const std::size_t named = std::min(apart.size(), most_named_rows);
  std::ranges::partial_sort(
      apart, apart.begin() + static_cast<std::ptrdiff_t>(named), [](const ChangedRow& one, const ChangedRow& other) {
        return one.difference != other.difference ? one.difference > other.difference : one.row < other.row;
      });
  apart.resize(named);
  return apart;
}

/// "12 of 2,000 rows differ. Most of all row 17 by 0.31, …"; of rows, as many as apart.
std::string rows_words(const CheckResult& result, const ParityMetric& metric, std::size_t apart, std::size_t rows) {
  const std::string all = count_text(rows);
  const std::string beyond = beyond_words(result.planned.tolerance);
  if (apart == 0)
    return metric.sizes ? fmt::format("No row of {} differs{}.", all, beyond)
                        : fmt::format("No row of {} is decided differently.", all);
  const std::string verb = metric.sizes ? "differ" + beyond : std::string("are decided differently");
  return fmt::format("{} of {} rows {}. {}", count_text(apart), all, verb,
                     named_rows(result.changed_rows, apart, {.sizes = metric.sizes}));
}

void judge_rows(ScopeCase& scope, const ParityMetric& metric, const std::vector<double>& by_row) {
  const Grouping& grouping = *scope.cache.grouping(scope.planned.slice);
  std::vector<double> rows;
  std::vector<ChangedRow> apart;
  rows.reserve(scope.result.rows);
  apart.reserve(scope.result.rows);
  for (std::size_t row = 0; row < by_row.size(); ++row) {
    if (grouping.code(row) != scope.group) continue;
    rows.push_back(by_row[row]);
    if (by_row[row] > 0.0) apart.push_back({.row = row, .difference = by_row[row]});
  }
  if (rows.empty()) return;
  judge_exactly(scope.result, metric.over(rows));
  const std::size_t count = apart.size();
  scope.result.changed_rows = furthest(std::move(apart));
  scope.result.detail = rows_words(scope.result, metric, count, rows.size());
}

template <const ParityMetric& Metric>
std::vector<CheckResult> evaluate(const PlannedCheck& planned, const Evidence& evidence) {
  std::optional<Result<std::vector<double>>> by_row;  // made once for all slices
  return judge_scopes(planned, evidence, [&](ScopeCase& scope) {
    scope.result.method = exact_rows_method;
    if (!scope.candidate || !scope.production) return;  // whoever called says why
    if (!by_row) by_row = Metric.by_row(scope.cache.table(), planned.tolerance);
    if (*by_row)
      judge_rows(scope, Metric, **by_row);
    else
      fail_with(scope.result, by_row->error());
  });
}

constexpr std::string_view why =
    "An export, a quantisation or a refactoring is meant to change how a model runs and not what it says. Accuracy may "
    "stay while single rows move; whoever relies on yesterday's outputs meets them.";
constexpr std::string_view no_statistic =
    "None: a fact of these rows, without interval or error, so that it takes no share of the error budget. Weights do "
    "not enter. The models may be live or recorded, in any mixture, and of any format; a `logit` is compared as the "
    "probability that it stands for. The rows that differ most are named by their number in the golden "
    "data, from 1.";
constexpr std::string_view of_differences =
    "`max`: the one limit, in the unit of the outputs; there is no `tolerance` beside it. `slices`: judged on each "
    "value of a column or crossing, `min_rows` (20) rows at least.";
constexpr std::string_view of_mismatches =
    "`max`: the one limit, a share of the rows; 0 is usual. `tolerance` (0, equal numbers; -0 is 0): `1e-6`, or "
    "`{absolute: 1e-5, relative: 1.3e-6}`, which is what torch.testing's assert_close takes for float32. Two numbers "
    "are the same where they differ by no more than the larger of `absolute` and `relative` times the larger of them, "
    "signs aside (Python's `math.isclose`); classes must be equal. `slices`: judged on each value of a column or "
    "crossing, `min_rows` (20) rows at least.";
constexpr std::string_view cannot_decide =
    "No production model: not judged. The same file on both sides: nothing to compare. Outputs of different kinds or "
    "widths, or a number that is none on either side (NaN, infinite), are errors: even where both have it, no row was "
    "answered.";

Explanation explanation_of(std::string_view what, std::string_view parameters, std::string_view example) {
  return {.what_it_checks = what,
          .why_it_blocks = why,
          .statistic_and_source = no_statistic,
          .parameters_and_defaults = parameters,
          .passes_when = "The value is at most `max`.",
          .fails_when = "The value is above `max`, however little.",
          .cannot_decide_when = cannot_decide,
          .example = example};
}

CheckSpec parity_spec(std::string_view metric, std::string_view summary, std::string_view explain) {
  CheckSpec spec = outputs_spec(Family::parity, metric, summary, explain);
  spec.scope = flags(ScopeKey::slices, ScopeKey::min_rows);
  spec.needs_production = true;
  return spec;
}

}  // namespace

RegisteredCheck max_abs_difference_check() {
  static const std::string text = markdown(explanation_of(
      "The largest difference between two numbers that candidate and production put out for the same row (ONNX "
      "Runtime's and Polygraphy's max absolute difference).",
      of_differences, "checks:\n  parity:\n    - {metric: max_abs_difference, max: 1e-5}"));
  CheckSpec spec = parity_spec("max_abs_difference", "Largest difference between the two models' outputs.", text);
  spec.needs_scores = true;
  spec.highest = std::numeric_limits<double>::max();
  return {spec, evaluate<max_metric>, nullptr};
}

RegisteredCheck mean_abs_difference_check() {
  static const std::string text = markdown(explanation_of(
      "The mean difference, without its sign, between the numbers that candidate and production put out, over all "
      "numbers of all rows.",
      of_differences, "checks:\n  parity:\n    - {metric: mean_abs_difference, max: 0.001}"));
  CheckSpec spec = parity_spec("mean_abs_difference", "Mean difference between the two models' outputs.", text);
  spec.needs_scores = true;
  spec.highest = std::numeric_limits<double>::max();
  return {spec, evaluate<mean_metric>, nullptr};
}

RegisteredCheck mismatched_rows_check() {
  static const std::string text = markdown(explanation_of(
      "The share of rows in which some output of the candidate is not production's (torch.testing's and NumPy's "
      "mismatched elements, by row).",
      of_mismatches,
      "checks:\n  parity:\n    - {metric: mismatched_rows, max: 0, tolerance: {absolute: 1e-6, relative: 1e-5}}"));
  CheckSpec spec =
      parity_spec("mismatched_rows", "Share of rows whose outputs differ by more than the tolerance.", text);
  spec.takes_tolerance = true;
  return {spec, evaluate<mismatch_metric>, nullptr};
}

RegisteredCheck decision_flips_check() {
  static const std::string text = markdown(Explanation{
      .what_it_checks =
          "The share of rows that the candidate decides differently from production: another class, the other side of "
          "its own threshold, or any other label (churn; Fard et al. 2016). Whether either is right does not matter; "
          "`negative_flips` counts rows that break.",
      .why_it_blocks = why,
      .statistic_and_source = no_statistic,
      .parameters_and_defaults =
          "`max`: the one limit, a share of the rows. Decisions are equal or not, so that there is no `tolerance`. "
          "`slices`: judged on each value of a column or crossing, `min_rows` (20) rows at least.",
      .passes_when = "The share is at most `max`.",
      .fails_when = "The share is above `max`, however little.",
      .cannot_decide_when = cannot_decide,
      .example = "checks:\n  parity:\n    - {metric: decision_flips, max: 0.001}"});
  CheckSpec spec = parity_spec("decision_flips", "Share of rows that the two models decide differently.", text);
  spec.tasks = flags(Task::binary, Task::multiclass, Task::multilabel);
  return {spec, evaluate<flips_metric>, nullptr};
}

}  // namespace modelgate
