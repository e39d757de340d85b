// SPDX-License-Identifier: Apache-2.0
#include "table_builder.hpp"

#include <algorithm>

#include "checks/cache.hpp"
#include "checks/evaluate.hpp"
#include "checks/pictures/draw.hpp"
#include "gate/verdict/decide.hpp"

namespace modelgate {

ScoreTable table_of(const std::vector<RowsOf>& cells) {
  ScoreTable table;
  for (Predictions& model : table.models) {
    model.kind = OutputKind::klass;
    model.present = true;
  }
  for (const RowsOf& cell : cells) {
    table.rows.rows += cell.count;
    table.rows.label_class.insert(table.rows.label_class.end(), cell.count, cell.label);
    table.models[0].classes.insert(table.models[0].classes.end(), cell.count, cell.candidate);
    table.models[1].classes.insert(table.models[1].classes.end(), cell.count, cell.production);
  }
  return table;
}

ScoreTable table_of(std::vector<std::int32_t> labels, std::vector<double> candidate, std::vector<double> production,
                    double threshold) {
  ScoreTable table;
  table.rows.rows = labels.size();
  table.rows.label_class = std::move(labels);
  table.models[0].scores = std::move(candidate);
  table.models[1].scores = std::move(production);
  for (Predictions& model : table.models) {
    model.present = true;
    model.positive_threshold = threshold;
  }
  return table;
}

ScoreTable regression_of(std::vector<double> labels, std::vector<double> candidate, std::vector<double> production) {
  ScoreTable table = table_of({}, std::move(candidate), std::move(production));
  table.task = Task::regression;
  table.rows.rows = labels.size();
  table.rows.label_value = std::move(labels);
  for (Predictions& model : table.models) model.kind = OutputKind::value;
  return table;
}

ScoreTable multilabel_of(std::vector<std::string> labels, std::vector<std::uint8_t> bits, std::vector<double> candidate,
                         std::vector<double> production, double threshold) {
  ScoreTable table = table_of({}, std::move(candidate), std::move(production), threshold);
  table.task = Task::multilabel;
  table.rows.rows = bits.size() / labels.size();
  table.rows.label_bits = std::move(bits);
  for (Predictions& model : table.models) model.width = labels.size();
  table.rows.class_names = std::move(labels);
  return table;
}

void add_column(ScoreTable& table, const std::string& name, const std::vector<std::string>& values) {
  CategoryColumn column{name, values, {}};
  std::ranges::sort(column.values);
  column.values.erase(std::ranges::unique(column.values).begin(), column.values.end());
  for (const std::string& value : values)
    column.codes.push_back(static_cast<std::uint16_t>(std::ranges::find(column.values, value) - column.values.begin()));
  table.rows.categories.push_back(std::move(column));
}

namespace {

UnitColumn unit_column(const std::string& name, const std::vector<std::uint32_t>& codes) {
  const std::size_t units = codes.empty() ? 0 : *std::ranges::max_element(codes) + 1U;
  UnitColumn column{name, std::vector<std::uint64_t>(units), codes};
  for (std::size_t unit = 0; unit < units; ++unit) column.keys[unit] = 0x9E3779B97F4A7C15ULL * (unit + 1);
  return column;
}

}  // namespace

void add_clusters(ScoreTable& table, const std::vector<std::uint32_t>& codes) {
  table.rows.cluster = unit_column("unit", codes);
}

ScoreTable ranking_of(std::vector<double> relevances, std::vector<double> candidate, std::vector<double> production,
                      const std::vector<std::uint32_t>& queries) {
  ScoreTable table = regression_of(std::move(relevances), std::move(candidate), std::move(production));
  table.task = Task::ranking;
  table.rows.query = unit_column("query", queries);
  for (Predictions& model : table.models) model.kind = OutputKind::score;
  return table;
}

PlannedCheck planned(Family family, const std::string& metric, LimitWord word, double value) {
  PlannedCheck check;
  check.family = family;
  check.metric = metric;
  if (const std::size_t at = metric.find('@'); at != std::string::npos)
    check.parameter = std::stod(metric.substr(at + 1));
  check.limit = {word, value, false, std::to_string(value)};
  check.base_id = std::string(to_string(family)) + "." + metric + "." + std::string(to_string(word));
  if (const RegisteredCheck* registered = find_check(family, metric)) check.spec = &registered->spec;
  return check;
}

PlannedCheck accuracy(const std::string& metric, LimitWord word, double value) {
  return planned(Family::accuracy, metric, word, value);
}

PlannedCheck bias(const std::string& metric, LimitWord word, double value, std::vector<std::string> columns) {
  PlannedCheck check = planned(Family::bias, metric, word, value);
  check.attribute = Scope{std::move(columns), {}};
  return check;
}

PlannedCheck percent(PlannedCheck check) {
  check.limit.relative = true;
  return check;
}

PlannedCheck sliced(PlannedCheck check, std::vector<std::string> columns, std::vector<std::string> values) {
  check.slice = Scope{std::move(columns), std::move(values)};
  return check;
}

std::vector<CheckResult> judge(const PlannedCheck& check, const ScoreTable& table, Population population) {
  Plan plan;
  plan.dataset.population = population;
  return judge(check, table, std::move(plan));
}

std::vector<CheckResult> judge(const PlannedCheck& check, const ScoreTable& table, Plan plan) {
  plan.task = table.task;
  plan.checks = {check};
  return evaluate_all(plan, Evidence{plan, &table, nullptr, nullptr}, 1);
}

std::vector<CheckResult> drawn(const PlannedCheck& check, const ScoreTable& table, Plan plan, unsigned threads) {
  plan.task = table.task;
  plan.checks = {check};
  const auto cache = make_cache(&table, plan);
  const Evidence evidence{plan, &table, nullptr, cache.get()};
  std::vector<CheckResult> results = evaluate_all(plan, evidence, 1);
  draw_pictures(evidence, results, threads);
  return results;
}

CheckResult judge_one(const PlannedCheck& check, const ScoreTable& table, Population population) {
  std::vector<CheckResult> results = judge(check, table, population);
  return results.size() == 1 ? results.front() : CheckResult{};
}

CheckResult judge_one(const PlannedCheck& check, const ScoreTable& table, Plan plan) {
  std::vector<CheckResult> results = judge(check, table, std::move(plan));
  return results.size() == 1 ? results.front() : CheckResult{};
}

Outcome decided(const PlannedCheck& check, const ScoreTable& table) {
  Plan plan;
  plan.checks = {check};
  return decide(plan, evaluate_all(plan, Evidence{plan, &table, nullptr, nullptr}, 1), {}).checks.front().outcome;
}

bool proven(const CheckResult& result) {
  return result.outcome == Outcome::inconclusive && !result.parts.empty() &&
         std::ranges::all_of(result.parts, [](const Part& part) { return part.passes && !part.on_the_line; });
}

}  // namespace modelgate
