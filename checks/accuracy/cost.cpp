// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "checks/accuracy/accuracy_checks.hpp"
#include "checks/accuracy/rates.hpp"
#include "checks/accuracy/row_means.hpp"
#include "checks/cells.hpp"
#include "checks/explain.hpp"

namespace modelgate {
namespace {

constexpr Explanation explanation{
    .what_it_checks =
        "The mean cost of a row's decision by the gate file's `costs`: `fp` and `fn` of a binary task, "
        "or each class's wrong decisions of a multiclass task; what is right costs nothing.",
    .why_it_blocks =
        "A missed fraud and a needless call do not weigh alike. Cost says whether the candidate is better where it "
        "matters, at the thresholds that ship.",
    .statistic_and_source =
        "The linearised t of the mean (HC1, units − 1 degrees of freedom): against production on the difference of "
        "both "
        "models' costs row by row, percent margins on candidate − (1 + r)·production. With fewer than 10 rows whose "
        "costs differ t is too narrow; then the share of dearer rows, bounded by its score interval, times the highest "
        "cost must stay below the margin, and no fail is given.",
    .parameters_and_defaults =
        "`costs` at the top of the gate file: required. `max`: the most a row may cost on average. `max_regression`: "
        "the most it may exceed production (`0.05`, or `5%` of production). `min_improvement`: the least it must fall. "
        "`slices`, `min_rows` (20), `confidence` (95%, one-sided), `hard_margin` (3 × the margin, for `guard`).",
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when =
        "Fewer than 20 rows: not assessable. Rare, dear errors widen the interval most. No `costs`: an error.",
    .example =
        "costs: {fp: 1, fn: 20}\nchecks:\n  accuracy:\n    - {metric: expected_cost, "
        "max_regression: 5%}",
};

using CostMatrix = std::vector<std::vector<double>>;  // [label][decision]

Result<CostMatrix> matrix_of(const Plan& plan) {
  if (!plan.costs) return usage_error("expected_cost needs \"costs\" in the gate file.");
  CostMatrix matrix = plan.costs->matrix;
  if (matrix.empty() && plan.task == Task::binary)
    matrix = {{0.0, plan.costs->false_positive}, {plan.costs->false_negative, 0.0}};
  double highest = 0.0;
  for (const std::vector<double>& row : matrix) {
    if (row.size() != matrix.size()) return usage_error("The matrix of \"costs\" is not square.");
    for (const double cost : row) {
      if (!std::isfinite(cost) || cost < 0.0) return usage_error("A cost of \"costs\" is not a number of 0 or more.");
      highest = std::max(highest, cost);
    }
  }
  if (!(highest > 0.0)) return usage_error("The \"costs\" of a wrong decision are missing or all 0.");
  return matrix;
}

double highest_of(const CostMatrix& matrix) {
  double highest = 0.0;
  for (const std::vector<double>& row : matrix) highest = std::max(highest, std::ranges::max(row));
  return highest;
}

Result<std::vector<double>> row_costs(const ScoreTable& table, Role role, const CostMatrix& matrix) {
  const std::size_t classes = matrix.size();
  const Result<std::vector<std::uint32_t>> decided = row_decisions(table, role, classes);
  if (!decided) return std::unexpected(decided.error());
  if (table.rows.label_class.size() != table.rows.rows) return data_error("The golden rows carry no class labels.");
  std::vector<double> costs(table.rows.rows);
  for (std::size_t row = 0; row < costs.size(); ++row) {
    const auto label = static_cast<std::size_t>(table.rows.label_class[row]);
    if (label >= classes || (*decided)[row] >= classes)
      return data_error(
          fmt::format("\"costs\" names {} classes, but label or decision of row {} is another.", classes, row + 1));
    costs[row] = matrix[label][(*decided)[row]];
  }
  return costs;
}

Result<std::vector<GroupMeans>> costs_by_group(const PlannedCheck& planned, const Evidence& evidence,
                                               const CostMatrix& matrix) {
  if (const Result<Grouping>& grouping = evidence.cache->grouping(planned.slice); !grouping)
    return std::unexpected(grouping.error());
  RowNumbers costs;
  for (const Role role : both_roles) {
    if (evidence.cache->trouble(role) != nullptr) continue;
    Result<std::vector<double>> column = row_costs(*evidence.table, role, matrix);
    if (!column) return std::unexpected(column.error());
    costs[index_of(role)] = *std::move(column);
  }
  return mean_numbers(*evidence.cache, planned.slice, costs, Direction::lower_is_better, 0.0);
}

std::vector<CheckResult> judge_cost(const PlannedCheck& planned, const Evidence& evidence) {
  const Result<CostMatrix> matrix = matrix_of(evidence.plan);
  std::optional<Result<std::vector<GroupMeans>>> means;
  if (matrix && evidence.cache != nullptr && evidence.table->rows.rows > 0)
    means = costs_by_group(planned, evidence, *matrix);
  return judge_scopes(planned, evidence, [&](ScopeCase& scope) {
    if (!matrix) return fail_with(scope.result, matrix.error());
    if (!means) return;
    if (!*means) return fail_with(scope.result, means->error());
    const GroupMeans& here = (**means)[scope.group];
    judge_mean_numbers(scope, here, Direction::lower_is_better, 0.0, highest_of(*matrix));
    const auto& cells = scope.cache.cells(planned.slice);
    if (cells && scope.candidate && scope.production) scope.result.flips = flips_of((*cells)[scope.group]);
  });
}

}  // namespace

RegisteredCheck expected_cost_check() {
  static const std::string text = markdown(explanation);
  CheckSpec spec = loss_spec("expected_cost", flags(Task::binary, Task::multiclass),
                             "Mean cost of a row's decision by the costs of the gate file.", text);
  spec.needs_costs = spec.honours_weight = spec.honours_cluster = true;
  return {spec, judge_cost, nullptr};
}

}  // namespace modelgate
