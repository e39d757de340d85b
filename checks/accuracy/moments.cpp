// SPDX-License-Identifier: Apache-2.0
#include "checks/accuracy/moments.hpp"

#include <fmt/format.h>

#include <cmath>
#include <span>
#include <string_view>
#include <vector>

#include "checks/accuracy/judge_limit.hpp"
#include "checks/accuracy/means.hpp"
#include "checks/influence.hpp"
#include "checks/scope_case.hpp"
#include "gate/stats/bootstrap.hpp"
#include "gate/stats/mean_t.hpp"

namespace modelgate {
namespace {

constexpr std::string_view errors_alike = "The two models' errors do not differ in any row.";
constexpr std::size_t moments_per_row = 5;  // 1, e²(candidate), e²(production), y, y²

struct RowMoments {
  std::vector<double> moments;
  std::vector<std::uint64_t> keys;
};

ErrorSums sums_of(std::span<const double> sums, Role role) {
  return {sums[0], sums[1 + index_of(role)], sums[3], sums[4]};
}

double mean_label(const RowColumns& rows) {
  stats::CompensatedSum sum;
  for (const double label : rows.label_value) sum.add(label);
  return sum.value() / static_cast<double>(rows.rows);
}

double squared_error(const ScoreTable& table, Role role, std::size_t row) {
  const double score =
      std::visit([&](const auto& scores) { return static_cast<double>(scores[row]); }, table.model(role).scores);
  return (score - table.rows.label_value[row]) * (score - table.rows.label_value[row]);
}

RowMoments moments_of(const ScopeCase& scope, const Grouping& grouping) {
  const ScoreTable& table = scope.cache.table();
  const double centre = mean_label(table.rows);
  RowMoments rows;
  for (std::size_t row = 0; row < table.rows.rows; ++row) {
    if (grouping.code(row) != scope.group) continue;
    const double label = table.rows.label_value[row] - centre;
    rows.moments.insert(rows.moments.end(),
                        {1.0, scope.candidate ? squared_error(table, Role::candidate, row) : 0.0,
                         scope.production ? squared_error(table, Role::production, row) : 0.0, label, label * label});
    if (!table.rows.id_hash.empty()) rows.keys.push_back(table.rows.id_hash[row]);
  }
  return rows;
}

/// What is wrong with the columns, where they cannot be read row by row.
std::optional<Error> shape_trouble(const ScopeCase& scope) {
  const ScoreTable& table = scope.cache.table();
  if (table.rows.label_value.size() != table.rows.rows)
    return Error{ErrorKind::data, Reason::data_invalid, "The golden rows carry no numeric labels."};
  for (const Role role : both_roles) {
    const std::size_t size = std::visit([](const auto& scores) { return scores.size(); }, table.model(role).scores);
    if (scope.usable(role) && size != table.rows.rows)
      return Error{ErrorKind::model, Reason::wrong_shape,
                   fmt::format("The {} model does not give one value a row.", to_string(role))};
  }
  return std::nullopt;
}

/// RMSE and R² as functions of rows, squared errors, labels and squared labels.
std::vector<stats::PairedEstimate> linearise(ScopeCase& scope, ErrorMetric metric) {
  const ScoreTable& table = scope.cache.table();
  const double centre = mean_label(table.rows);
  const SumsOfRows of{
      .sums = 4,
      .terms =
          [&](std::size_t row, Role role, std::span<double> out) {
            const double label = table.rows.label_value[row] - centre;
            out[0] = 1.0;
            out[1] = squared_error(table, role, row);
            out[2] = label;
            out[3] = label * label;
          },
      .metric = [metric](std::span<const double> sums) { return metric({sums[0], sums[1], sums[2], sums[3]}); },
      // a sum of centred labels is near 0 by chance: it may move as far as labels of their size would move it
      .scales = [](std::span<const double> sums,
                   std::span<double> scales) { scales[2] = std::sqrt(sums[0] * sums[3]); }};
  return linearise_sums(scope.cache, scope.planned.slice, of);
}

void judge_linearised(ScopeCase& scope, const stats::PairedEstimate& estimate, Direction direction) {
  CheckResult& result = scope.result;
  const Weighing& weighing = scope.cache.weighing();
  result.method = scope.relative() ? "linearised paired t" : "linearised t";
  fill_linearised(result, estimate, weighing, alpha_of(scope.planned), scope.fixed());
  if (!scope.candidate || (scope.relative() && !scope.production)) return;
  if (!estimate.candidate || (scope.relative() && !estimate.production))
    return not_assessable(result, Reason::undefined, "The labels do not vary here, so the metric has no value.");
  if (!scope.fixed() && refuse_few_units(result, estimate.candidate->units, estimate.candidate->kish, weighing)) return;
  const bool alike = scope.relative() && estimate.difference && estimate.difference->zero_variance();
  judge_limit(scope, {.candidate = estimate.candidate->mean,
                      .production = estimate.production ? estimate.production->mean : 0.0,
                      .direction = direction,
                      .discordant = std::nullopt,
                      .baseline_events = std::nullopt,
                      .tails = [&](double factor, double limit) -> std::optional<Tail> {
                        return alike ? std::nullopt : linearised_tail(estimate, factor, limit);
                      },
                      .units = estimate.candidate->units,
                      .std_error =
                          [&](double factor) {
                            const auto contrast = estimate.contrast(factor);
                            return contrast ? contrast->std_error : 0.0;
                          },
                      .no_variation = errors_alike});
}

void judge_resampled(ScopeCase& scope, stats::PairedBootstrap& bootstrap, const stats::PairedEstimate& linearised,
                     Direction direction) {
  CheckResult& result = scope.result;
  result.method = "paired Poisson bootstrap";
  fill_resampled(scope, bootstrap);
  if (!scope.candidate || (scope.relative() && !scope.production)) return;
  const stats::PairedValue& seen = bootstrap.observed();
  if (!seen.candidate || (scope.relative() && !seen.production))
    return not_assessable(result, Reason::undefined, "The labels do not vary here, so the metric has no value.");
  if (!scope.fixed() && result.rows < min_loss_rows)
    return not_assessable(result, Reason::too_few_rows,
                          fmt::format("The metric needs at least {} rows; there are {}.", min_loss_rows, result.rows));
  const auto spread = scope.relative() ? bootstrap.interval(1.0, alpha_of(scope.planned)) : std::nullopt;
  const bool alike =
      spread && !(spread->low < spread->high);  // a percent margin would see the spread of production alone
  ResampledTails resampled{scope, bootstrap, direction, &linearised, false};
  const bool judged = judge_limit(scope, {.candidate = *seen.candidate,
                                          .production = seen.production.value_or(0.0),
                                          .direction = direction,
                                          .discordant = std::nullopt,
                                          .baseline_events = std::nullopt,
                                          .tails = [&](double factor, double limit) -> std::optional<Tail> {
                                            return alike ? std::nullopt : resampled.at(factor, limit);
                                          },
                                          .units = result.rows,
                                          .std_error = [&](double) { return half_width_error(scope); },
                                          .no_variation = errors_alike});
  if (!judged && resampled.undefined)
    not_assessable(result, Reason::undefined, "More than 1 % of the resamples leave the metric undefined.");
}

}  // namespace

std::vector<CheckResult> judge_error_metric(const PlannedCheck& planned, const Evidence& evidence, ErrorMetric metric,
                                            Direction direction) {
  std::vector<stats::PairedEstimate> linearised;  // of all scopes, made by the first
  return judge_scopes(planned, evidence, [&](ScopeCase& scope) {
    if (const auto trouble = shape_trouble(scope)) return fail_with(scope.result, *trouble);
    if (linearised.empty()) linearised = linearise(scope, metric);
    if (!scope.cache.weighing().plain()) return judge_linearised(scope, linearised[scope.group], direction);
    const RowMoments rows = moments_of(scope, *scope.cache.grouping(planned.slice));
    stats::PairedBootstrap bootstrap{
        stats::row_source(rows.moments, moments_per_row, rows.keys, scope.plan.runtime.seed),
        [metric](std::span<const double> sums) {
          return stats::PairedValue{metric(sums_of(sums, Role::candidate)), metric(sums_of(sums, Role::production))};
        }};
    judge_resampled(scope, bootstrap, linearised[scope.group], direction);
  });
}

}  // namespace modelgate
