// SPDX-License-Identifier: Apache-2.0
// Values of scikit-learn and fairlearn on recorded double scores; make_references.py writes them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "table_builder.hpp"

namespace modelgate {
namespace {

using Json = nlohmann::json;
constexpr double exact = 1e-9;

const Json& references() {
  static const Json all = Json::parse(std::ifstream(MODELGATE_SOURCE_DIR "/tests/unit/checks/references.json"));
  return all;
}

std::vector<double> scores(const Json& data, const char* side) {
  return data[side]["scores"].get<std::vector<double>>();
}

ScoreTable binary_table() {
  const Json& data = references()["binary"];
  return table_of(data["labels"].get<std::vector<std::int32_t>>(), scores(data, "candidate"),
                  scores(data, "production"), data["threshold"].get<double>());
}

ScoreTable multiclass_table() {
  const Json& data = references()["multiclass"];
  ScoreTable table =
      table_of(data["labels"].get<std::vector<std::int32_t>>(), scores(data, "candidate"), scores(data, "production"));
  table.task = Task::multiclass;
  table.rows.class_names = {"ant", "bee", "cat", "dog"};
  for (Predictions& model : table.models) model.width = 4;
  return table;
}

LimitWord absolute_word(const std::string& metric) {
  return find_check(Family::accuracy, metric)->spec.direction == Direction::higher_is_better ? LimitWord::min
                                                                                             : LimitWord::max;
}

void expect_values(const ScoreTable& table, const Json& data, const char* key, const std::string& klass = {}) {
  for (const auto& [metric, value] : data["candidate"][key].items()) {
    for (const LimitWord word : {LimitWord::max_regression, absolute_word(metric)}) {
      PlannedCheck check = accuracy(metric, word, 0.05);
      check.klass = klass;
      const CheckResult result = judge_one(check, table);
      ASSERT_TRUE(result.candidate.value && result.production.value) << metric << ": " << result.detail;
      const double production = data["production"][key][metric];
      EXPECT_NEAR(*result.candidate.value, value.get<double>(), exact * std::max(1.0, std::abs(value.get<double>())))
          << metric;
      EXPECT_NEAR(*result.production.value, production, exact * std::max(1.0, std::abs(production))) << metric;
      EXPECT_NEAR(*result.difference.value, value.get<double>() - production,
                  exact * std::max(1.0, std::abs(production)))
          << metric;
      ASSERT_EQ(result.parts.size(), 1U) << metric << ": " << result.detail;
      EXPECT_TRUE(result.candidate.interval && result.difference.interval) << metric;
      EXPECT_LE(result.candidate.interval->low, *result.candidate.value) << metric;
      EXPECT_GE(result.candidate.interval->high, *result.candidate.value) << metric;
    }
  }
}

TEST(References, BinaryMetricsEqualScikitLearn) { expect_values(binary_table(), references()["binary"], "values"); }

TEST(References, MulticlassMetricsEqualScikitLearn) {
  expect_values(multiclass_table(), references()["multiclass"], "values");
}

TEST(References, MetricsOfOneClassEqualScikitLearn) {
  expect_values(multiclass_table(), references()["multiclass"], "class_2", "cat");
}

TEST(References, RegressionMetricsEqualScikitLearn) {
  const Json& data = references()["regression"];
  expect_values(
      regression_of(data["labels"].get<std::vector<double>>(), scores(data, "candidate"), scores(data, "production")),
      data, "values");
}

TEST(References, BiasValuesOverAllGroupsEqualFairlearn) {
  const Json& data = references()["bias"];
  const auto recorded = data["scores"].get<std::vector<double>>();
  ScoreTable table = table_of(data["labels"].get<std::vector<std::int32_t>>(), recorded, recorded);
  add_column(table, "group", data["groups"].get<std::vector<std::string>>());
  for (const auto& [metric, value] : data["values"].items()) {
    const LimitWord word = metric.ends_with("ratio") ? LimitWord::min : LimitWord::max;
    const CheckResult result = judge_one(bias(metric, word, 0.5, {"group"}), table);
    ASSERT_TRUE(result.value_all_groups) << metric;
    EXPECT_NEAR(*result.value_all_groups, value.get<double>(), exact) << metric;
    PlannedCheck every_group = bias(metric, word, 0.5, {"group"});
    every_group.min_group_size = 1;
    EXPECT_NEAR(*judge_one(every_group, table).candidate.value, value.get<double>(), exact) << metric;
  }
}

TEST(References, ThresholdIsComparedAtTheScoresOwnPrecision) {
  ScoreTable table = table_of({1, 0}, {0, 0}, {0, 0}, 0.31);
  for (Predictions& model : table.models) model.scores = std::vector<float>{0.31F, 0.30999F};
  const CheckResult result = judge_one(accuracy("accuracy", LimitWord::min, 0.5), table);
  EXPECT_DOUBLE_EQ(*result.candidate.value, 1.0);  // 0.31F < 0.31 in double, but is the threshold in float
}

}  // namespace
}  // namespace modelgate
