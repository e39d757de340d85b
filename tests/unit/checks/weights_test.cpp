// SPDX-License-Identifier: Apache-2.0
// Weighted, clustered, counted and reweighted rows against statsmodels, scikit-learn and plain numpy;
// references/weights.py writes the values.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "checks/evaluate.hpp"
#include "table_builder.hpp"

namespace modelgate {
namespace {

using Json = nlohmann::json;
constexpr double point = 1e-9;
constexpr double edge = 1e-6;

const Json& references() {
  static const Json all = Json::parse(std::ifstream(MODELGATE_SOURCE_DIR "/tests/unit/checks/references/weights.json"));
  return all;
}

std::vector<double> column(const char* name) { return references()["data"][name].get<std::vector<double>>(); }

ScoreTable binary() {
  return table_of(references()["data"]["label"].get<std::vector<std::int32_t>>(), column("candidate"),
                  column("production"));
}

ScoreTable regression() {
  return regression_of(column("value"), column("candidate_value"), column("production_value"));
}

void weigh(ScoreTable& table, const Json& of) {
  if (of.contains("weight") && of["weight"].is_string())
    table.rows.weight = column(of["weight"].get<std::string>().c_str());
  if (!of["cluster"].get<bool>()) return;
  table.rows.cluster.codes = references()["data"]["unit"].get<std::vector<std::uint32_t>>();
  const std::uint32_t units = 1 + *std::ranges::max_element(table.rows.cluster.codes);
  for (std::uint32_t unit = 0; unit < units; ++unit) table.rows.cluster.keys.push_back(unit * 7919);
}

Plan plan_of(const ScoreTable& table, const Json& of) {
  Plan plan;
  plan.task = table.task;
  if (of.contains("weight") && of["weight"] == "frequency") plan.dataset.weight_kind = WeightKind::frequency;
  if (of.contains("target") && !of["target"].is_null()) plan.target_prevalence = of["target"].get<double>();
  return plan;
}

std::vector<CheckResult> judge_with(Plan plan, const PlannedCheck& check, const ScoreTable& table) {
  plan.checks = {check};
  return evaluate_all(plan, Evidence{plan, &table, nullptr, nullptr}, 1);
}

PlannedCheck regression_check(const std::string& metric, double margin) {
  return accuracy(metric, LimitWord::max_regression, margin);
}

void expect_estimate(const Estimate& seen, const Json& expected, const std::string& where) {
  ASSERT_TRUE(seen.value && seen.interval) << where;
  EXPECT_NEAR(*seen.value, expected["value"].get<double>(), point) << where;
  const double scale = std::max(1.0, std::abs(*seen.value));
  EXPECT_NEAR(seen.interval->low, expected["interval"][0].get<double>(), edge * scale) << where;
  EXPECT_NEAR(seen.interval->high, expected["interval"][1].get<double>(), edge * scale) << where;
}

void expect_metric(const Plan& plan, const ScoreTable& table, const std::string& metric, const Json& expected) {
  const std::string where = metric + " " + expected.dump();
  const CheckResult result = judge_with(plan, regression_check(metric, 0.05), table).front();
  ASSERT_EQ(result.parts.size(), 1U) << where << ": " << result.detail;
  expect_estimate(result.candidate, expected["candidate"], where);
  expect_estimate(result.production, expected["production"], where);
  expect_estimate(result.difference, expected["difference"], where);
  ASSERT_TRUE(result.units || plan.dataset.weight_kind == WeightKind::frequency) << where;
  EXPECT_EQ(result.units.value_or(expected["units"].get<std::size_t>()), expected["units"].get<std::size_t>()) << where;
  if (find_check(Family::accuracy, metric)->spec.direction == Direction::lower_is_better) return;
  if (!find_check(Family::accuracy, metric)->spec.percent_margin) return;
  // p_fail of a 10 % margin is the other tail of "candidate − 0.9 · production > 0"
  const CheckResult share = judge_with(plan, percent(regression_check(metric, 0.1)), table).front();
  ASSERT_EQ(share.parts.size(), 1U) << where << ": " << share.detail;
  EXPECT_NEAR(1.0 - share.parts[0].p_fail, expected["p_percent"].get<double>(), edge) << where;
}

TEST(Weights, BinaryMetricsEqualTheReferences) {
  for (const Json& of : references()["cases"]) {
    ScoreTable table = binary();
    weigh(table, of);
    for (const auto& [metric, expected] : of["binary"].items())
      expect_metric(plan_of(table, of), table, metric, expected);
  }
}

TEST(Weights, RegressionMetricsEqualTheReferences) {
  for (const Json& of : references()["cases"]) {
    ScoreTable table = regression();
    weigh(table, of);
    for (const auto& [metric, expected] : of["regression"].items())
      expect_metric(plan_of(table, of), table, metric, expected);
  }
}

TEST(Weights, TheAccuracyDifferenceIsTheSandwichOfStatsmodels) {
  std::size_t compared = 0;
  for (const Json& of : references()["cases"]) {
    if (!of.contains("sandwich_accuracy")) continue;
    ScoreTable table = binary();
    weigh(table, of);
    const CheckResult result = judge_with(plan_of(table, of), regression_check("accuracy", 0.05), table).front();
    EXPECT_NEAR(result.difference.interval->low, of["sandwich_accuracy"][0].get<double>(), edge);
    EXPECT_NEAR(result.difference.interval->high, of["sandwich_accuracy"][1].get<double>(), edge);
    ++compared;
  }
  EXPECT_GE(compared, 5U);
}

TEST(Weights, ExposureIsTheDenominatorOfARateOfErrors) {
  for (const Json& of : references()["exposure"]) {
    ScoreTable table = regression();
    weigh(table, of);
    table.rows.weight = column("exposure");
    Plan plan = plan_of(table, of);
    plan.dataset.weight_kind = WeightKind::exposure;
    const CheckResult result = judge_with(plan, regression_check("mae", 0.05), table).front();
    expect_estimate(result.candidate, of["mae"]["candidate"], "mae");
    expect_estimate(result.production, of["mae"]["production"], "mae");
    expect_estimate(result.difference, of["mae"]["difference"], "mae");
    for (const char* metric : {"rmse", "r2"})
      EXPECT_EQ(judge_with(plan, regression_check(metric, 0.05), table).front().outcome, Outcome::not_assessable);
  }
}

TEST(Weights, AFrequencyIsSoManyRows) {
  ScoreTable counted = binary();
  counted.rows.weight = column("frequency");
  ScoreTable expanded = binary();
  const ScoreTable once = binary();
  expanded.rows.rows = 0;
  expanded.rows.label_class.clear();
  for (Predictions& model : expanded.models) std::get<std::vector<double>>(model.scores).clear();
  for (std::size_t row = 0; row < once.rows.rows; ++row)
    for (double copy = 0; copy < counted.rows.weight[row]; ++copy) {
      ++expanded.rows.rows;
      expanded.rows.label_class.push_back(once.rows.label_class[row]);
      for (std::size_t model = 0; model < 2; ++model)
        std::get<std::vector<double>>(expanded.models[model].scores)
            .push_back(std::get<std::vector<double>>(once.models[model].scores)[row]);
    }
  Plan plan;
  plan.dataset.weight_kind = WeightKind::frequency;
  for (const char* metric : {"accuracy", "recall", "specificity", "precision", "f1", "balanced_accuracy", "roc_auc"}) {
    const CheckResult few = judge_with(plan, regression_check(metric, 0.05), counted).front();
    const CheckResult many = judge_with(Plan{}, regression_check(metric, 0.05), expanded).front();
    EXPECT_EQ(few.rows, many.rows) << metric;
    EXPECT_EQ(few.method, many.method) << metric;
    EXPECT_NEAR(*few.difference.value, *many.difference.value, 1e-12) << metric;
    EXPECT_NEAR(few.difference.interval->low, many.difference.interval->low, 1e-9) << metric;
    EXPECT_NEAR(few.parts.at(0).p_fail, many.parts.at(0).p_fail, 1e-9) << metric;
  }
}

TEST(Weights, EqualWeightsAndUnitsOfOneRowSayWhatTheSandwichSays) {
  ScoreTable table = binary();
  table.rows.weight.assign(table.rows.rows, 2.5);
  const CheckResult weighted = judge_with(Plan{}, regression_check("f1", 0.05), table).front();
  const CheckResult plain = judge_with(Plan{}, regression_check("f1", 0.05), binary()).front();
  EXPECT_EQ(plain.method, "linearised paired t");  // more than 50 rows of label 1
  EXPECT_NEAR(weighted.difference.interval->low, plain.difference.interval->low, 1e-10);
  EXPECT_FALSE(plain.units);
  EXPECT_EQ(weighted.units, table.rows.rows);
  EXPECT_NEAR(*weighted.kish, static_cast<double>(table.rows.rows), 1e-6);
  // rates of rows that weigh alike keep their score methods
  EXPECT_EQ(judge_with(Plan{}, regression_check("recall", 0.05), table).front().method, "Tango score");
}

TEST(Weights, FewUnitsAreNotAssessableHoweverManyRows) {
  ScoreTable table = binary();
  for (std::size_t row = 0; row < table.rows.rows; ++row)
    table.rows.cluster.codes.push_back(static_cast<std::uint32_t>(row % 19));
  table.rows.cluster.keys.resize(19);
  for (const char* metric : {"accuracy", "recall", "precision", "f1", "balanced_accuracy", "roc_auc", "log_loss"}) {
    const CheckResult result = judge_with(Plan{}, regression_check(metric, 0.05), table).front();
    EXPECT_EQ(result.outcome, Outcome::not_assessable) << metric;
    EXPECT_NE(result.detail.find("19"), std::string::npos) << result.detail;
  }
  ScoreTable values = regression();
  values.rows.cluster = table.rows.cluster;
  for (const char* metric : {"mae", "rmse", "r2"})
    EXPECT_EQ(judge_with(Plan{}, regression_check(metric, 0.05), values).front().outcome, Outcome::not_assessable);
}

TEST(Weights, WhereAFewUnitsWeighNearlyAllNothingIsJudged) {
  for (const bool clustered : {false, true}) {
    ScoreTable table = binary();
    const std::size_t rows = table.rows.rows;
    table.rows.weight.assign(rows, 1.0);
    table.rows.weight[3] = 1e9;
    if (clustered) weigh(table, Json{{"cluster", true}});
    for (const char* metric : {"accuracy", "roc_auc", "f1", "log_loss", "average_precision", "balanced_accuracy"}) {
      const CheckResult result = judge_with(plan_of(table, {}), regression_check(metric, 0.3), table).front();
      EXPECT_TRUE(result.parts.empty()) << metric;
      EXPECT_EQ(result.outcome, Outcome::not_assessable) << metric;
    }
    ScoreTable values = regression();
    values.rows.weight.assign(values.rows.rows, 1.0);
    values.rows.weight[3] = 1e9;
    for (const char* metric : {"mae", "rmse", "r2", "wape"})
      EXPECT_TRUE(judge_with(plan_of(values, {}), regression_check(metric, 1.0), values).front().parts.empty())
          << metric;
  }
}

TEST(Weights, ModelsThatAgreeEverywherePassOnlyByTheirEffectiveUnits) {
  ScoreTable table = table_of({{1, 1, 1, 300}, {0, 0, 0, 300}});
  for (std::size_t row = 0; row < table.rows.rows; ++row) table.rows.weight.push_back(row % 2 == 0 ? 1.0 : 1.5);
  EXPECT_TRUE(proven(judge_with(Plan{}, regression_check("accuracy", 0.01), table).front()));  // 268 would do
  EXPECT_FALSE(proven(judge_with(Plan{}, regression_check("accuracy", 0.004), table).front()));
  for (std::size_t row = 0; row < table.rows.rows; ++row)
    table.rows.cluster.codes.push_back(static_cast<std::uint32_t>(row / 3));
  table.rows.cluster.keys.resize(200);
  EXPECT_FALSE(proven(judge_with(Plan{}, regression_check("accuracy", 0.01), table).front()));  // 200 units do not
}

TEST(Weights, ATargetPrevalenceNeedsBothLabels) {
  Plan plan;
  plan.target_prevalence = 0.1;
  const CheckResult result =
      judge_with(plan, regression_check("accuracy", 0.05), table_of({{1, 1, 1, 100}, {1, 0, 1, 50}})).front();
  EXPECT_EQ(result.outcome, Outcome::error);
  EXPECT_NE(result.detail.find("target_prevalence"), std::string::npos);
}

ScoreTable shuffled(const ScoreTable& table) {
  ScoreTable other = table;
  for (std::size_t row = 0; row < table.rows.rows; ++row) {
    const std::size_t from = (row * 7 + 13) % table.rows.rows;  // 300 rows: a permutation
    other.rows.label_class[row] = table.rows.label_class[from];
    other.rows.weight[row] = table.rows.weight[from];
    other.rows.cluster.codes[row] = table.rows.cluster.codes[from];
    for (std::size_t model = 0; model < 2; ++model)
      std::get<std::vector<double>>(other.models[model].scores)[row] =
          std::get<std::vector<double>>(table.models[model].scores)[from];
  }
  return other;
}

TEST(Weights, TheOrderOfTheRowsAndTheThreadsDoNotShow) {
  ScoreTable table = binary();
  weigh(table, Json{{"weight", "weight"}, {"cluster", true}});
  const ScoreTable other = shuffled(table);
  Plan plan;
  plan.target_prevalence = 0.2;
  for (const char* metric : {"accuracy", "recall", "precision", "f1", "balanced_accuracy", "roc_auc", "log_loss"})
    plan.checks.push_back(accuracy(metric, LimitWord::max_regression, 0.05));
  const std::vector<CheckResult> one = evaluate_all(plan, Evidence{plan, &table, nullptr, nullptr}, 1);
  const std::vector<CheckResult> four = evaluate_all(plan, Evidence{plan, &other, nullptr, nullptr}, 4);
  ASSERT_EQ(one.size(), four.size());
  for (std::size_t at = 0; at < one.size(); ++at) {
    SCOPED_TRACE(one[at].id);
    EXPECT_EQ(one[at].parts.at(0).p_fail, four[at].parts.at(0).p_fail);
    EXPECT_EQ(one[at].difference.value, four[at].difference.value);
    EXPECT_EQ(one[at].difference.interval->low, four[at].difference.interval->low);
    EXPECT_EQ(one[at].kish, four[at].kish);
  }
}

}  // namespace
}  // namespace modelgate
