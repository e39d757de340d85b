// SPDX-License-Identifier: Apache-2.0
// Metrics of decisions against scikit-learn, their intervals against numpy and scipy; references/labels.py writes them.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "table_builder.hpp"

namespace modelgate {
namespace {

using Json = nlohmann::json;
constexpr std::array sides{"candidate", "production", "difference"};

const Json& references(const char* task) {
  static const Json all = Json::parse(std::ifstream(MODELGATE_SOURCE_DIR "/tests/unit/checks/references/labels.json"));
  return all[task];
}

std::vector<double> scores(const Json& data, const char* side) {
  return data[side]["scores"].get<std::vector<double>>();
}

ScoreTable binary() {
  const Json& data = references("binary");
  return table_of(data["labels"].get<std::vector<std::int32_t>>(), scores(data, "candidate"),
                  scores(data, "production"));
}

ScoreTable multiclass() {
  const Json& data = references("multiclass");
  ScoreTable table =
      table_of(data["labels"].get<std::vector<std::int32_t>>(), scores(data, "candidate"), scores(data, "production"));
  table.task = Task::multiclass;
  table.rows.class_names = {"a", "b", "c", "d", "e"};
  for (Predictions& model : table.models) model.width = 5;
  return table;
}

PlannedCheck check_of(const std::string& metric, LimitWord word) {
  PlannedCheck check = accuracy(metric, word, 0.05);
  if (const std::size_t at = metric.find('@'); at != std::string::npos)
    check.parameter = std::stod(metric.substr(at + 1));
  return check;
}

const Estimate& side_of(const CheckResult& result, std::string_view side) {
  return side == "candidate" ? result.candidate : side == "production" ? result.production : result.difference;
}

void expect_values(const ScoreTable& table, const Json& data, const Plan& plan = {}, const char* key = "values",
                   const std::string& klass = {}) {
  for (const auto& [metric, value] : data["candidate"][key].items()) {
    PlannedCheck check = check_of(metric, LimitWord::max_regression);
    check.klass = klass;
    const CheckResult result = judge_one(check, table, plan);
    ASSERT_TRUE(result.candidate.value && result.production.value) << metric << ": " << result.detail;
    const double production = data["production"][key][metric];
    EXPECT_NEAR(*result.candidate.value, value.get<double>(), 1e-9) << metric;
    EXPECT_NEAR(*result.production.value, production, 1e-9) << metric;
    EXPECT_NEAR(*result.difference.value, value.get<double>() - production, 1e-9) << metric;
    EXPECT_EQ(result.parts.size(), 1U) << metric << ": " << result.detail;
    EXPECT_TRUE(result.flips) << metric;
  }
}

/// Ends that a formula gives: the same to 1e-6.
void expect_intervals(const ScoreTable& table, const Json& data, const Plan& plan = {}) {
  for (const auto& [metric, of_side] : data["intervals"].items()) {
    const CheckResult result = judge_one(check_of(metric, LimitWord::max_regression), table, plan);
    for (const char* side : sides) {
      ASSERT_TRUE(side_of(result, side).interval) << metric << " " << side << ": " << result.detail;
      EXPECT_NEAR(side_of(result, side).interval->low, of_side[side][0].get<double>(), 1e-6) << metric << " " << side;
      EXPECT_NEAR(side_of(result, side).interval->high, of_side[side][1].get<double>(), 1e-6) << metric << " " << side;
    }
  }
}

/// Ends of resamples: within three Monte-Carlo standard errors, the reference's own (a tenth of the variance) counted.
void expect_resampled(const ScoreTable& table, const Json& data) {
  for (const auto& [metric, of_side] : data["resampled"].items()) {
    const CheckResult result = judge_one(check_of(metric, LimitWord::max_regression), table);
    for (const char* side : sides) {
      const Json& wanted = of_side[side];
      ASSERT_TRUE(side_of(result, side).interval) << metric << " " << side << ": " << result.detail;
      const std::array ends{side_of(result, side).interval->low, side_of(result, side).interval->high};
      for (std::size_t end = 0; end < 2; ++end)
        EXPECT_NEAR(ends[end], wanted["interval"][end].get<double>(),
                    3 * std::sqrt(1.1) * wanted["error"][end].get<double>())
            << metric << " " << side << " " << end;
    }
  }
}

TEST(LabelReferences, BinaryValuesEqualScikitLearn) { expect_values(binary(), references("binary")); }

TEST(LabelReferences, MulticlassValuesEqualScikitLearn) { expect_values(multiclass(), references("multiclass")); }

TEST(LabelReferences, IntervalsByFormulaEqualNumpyAndScipy) {
  expect_intervals(binary(), references("binary"));
  expect_intervals(multiclass(), references("multiclass"));
}

TEST(LabelReferences, ResampledIntervalsEqualNumpysBootstrap) {
  expect_resampled(binary(), references("binary"));
  expect_resampled(multiclass(), references("multiclass"));
}

TEST(LabelReferences, NegativeFlipsEqualTheirCountAndWilson) {
  const Json& flips = references("multiclass")["flips"];
  const CheckResult result = judge_one(accuracy("negative_flips", LimitWord::max, 0.2), multiclass());
  EXPECT_NEAR(result.candidate.value.value(), flips["share"].get<double>(), 1e-9);
  EXPECT_NEAR(result.candidate.interval->low, flips["interval"][0].get<double>(), 1e-6);
  EXPECT_NEAR(result.candidate.interval->high, flips["interval"][1].get<double>(), 1e-6);
}

}  // namespace
}  // namespace modelgate
