// SPDX-License-Identifier: Apache-2.0
#include "checks/accuracy/moments.hpp"

#include <fmt/format.h>

#include <array>
#include <span>
#include <utility>

#include "checks/accuracy/means.hpp"
#include "checks/accuracy/rates.hpp"
#include "checks/scope_case.hpp"
#include "gate/stats/bootstrap.hpp"

namespace modelgate {
namespace {

constexpr std::size_t moments_per_row = 5;  // 1, e²(candidate), e²(production), y, y²

struct RowMoments {
  std::vector<double> moments;
  std::vector<std::uint64_t> keys;
};

ErrorSums sums_of(std::span<const double> sums, Role role) {
  return {sums[0], sums[1 + index_of(role)], sums[3], sums[4]};
}

double mean_label(const RowColumns& rows) {
  double sum = 0.0;
  for (const double label : rows.label_value) sum += label;
  return sum / static_cast<double>(rows.rows);
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

void fill_estimates(ScopeCase& scope, stats::PairedBootstrap& bootstrap) {
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

std::optional<Tail> tail_at(stats::PairedBootstrap& bootstrap, double factor, double limit, double alpha,
                            bool& undefined) {
  const auto judged = bootstrap.judge(factor, limit, alpha);
  undefined = judged && judged->too_many_undefined;
  if (!judged || undefined || judged->zero_width) return std::nullopt;
  return Tail{judged->p_at_most, judged->p_at_least, judged->on_the_line};
}

void judge_limit(ScopeCase& scope, stats::PairedBootstrap& bootstrap, Direction direction) {
  CheckResult& result = scope.result;
  const stats::PairedValue& seen = bootstrap.observed();
  if (!seen.candidate || (scope.relative() && !seen.production))
    return not_assessable(result, Reason::undefined, "The labels do not vary here, so the metric has no value.");
  if (!scope.fixed() && result.rows < min_loss_rows)
    return not_assessable(result, Reason::too_few_rows,
                          fmt::format("The metric needs at least {} rows; there are {}.", min_loss_rows, result.rows));
  const double production = seen.production.value_or(0.0);
  if (refuse_percent_margin(result, production, std::nullopt)) return;
  const Measured measured{.candidate = *seen.candidate,
                          .production = production,
                          .discordant = std::nullopt,
                          .label = {},
                          .direction = direction,
                          .fixed = scope.fixed()};
  result.margin = resolved_margin(scope.planned, production);
  const double alpha = alpha_of(scope.planned);
  bool undefined = false;
  const auto spread = scope.relative() ? bootstrap.interval(1.0, alpha) : std::nullopt;
  const bool alike =
      spread && !(spread->low < spread->high);  // a percent margin would see the spread of production alone
  const auto part = judge_part(scope.planned, measured, [&](double factor, double limit) {
    return alike ? std::nullopt : tail_at(bootstrap, factor, limit, alpha, undefined);
  });
  if (!part)
    return undefined
               ? not_assessable(result, Reason::undefined, "More than 1 % of the resamples leave the metric undefined.")
               : not_assessable(result, Reason::zero_variance, "The two models' errors do not differ in any row.");
  result.parts = {*part};
  const Estimate& judged = scope.relative() ? result.difference : result.candidate;
  if (judged.interval)
    result.rows_needed =
        rows_needed(result, measured, result.rows,
                    (judged.interval->high - judged.interval->low) / 2 / stats::normal_critical(alpha));
}

}  // namespace

std::vector<CheckResult> judge_error_metric(const PlannedCheck& planned, const Evidence& evidence, ErrorMetric metric,
                                            Direction direction) {
  return judge_scopes(planned, evidence, [&](ScopeCase& scope) {
    if (const auto trouble = shape_trouble(scope)) return fail_with(scope.result, *trouble);
    const RowMoments rows = moments_of(scope, *scope.cache.grouping(planned.slice));
    stats::PairedBootstrap bootstrap{
        stats::row_source(rows.moments, moments_per_row, rows.keys, scope.plan.runtime.seed),
        [metric](std::span<const double> sums) {
          return stats::PairedValue{metric(sums_of(sums, Role::candidate)), metric(sums_of(sums, Role::production))};
        }};
    scope.result.method = "paired Poisson bootstrap";
    fill_estimates(scope, bootstrap);
    if (scope.candidate && (!scope.relative() || scope.production)) judge_limit(scope, bootstrap, direction);
  });
}

}  // namespace modelgate
