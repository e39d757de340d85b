// SPDX-License-Identifier: Apache-2.0
// Regression, calibration and multiclass scores against scikit-learn and statsmodels (references/values.py).
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "table_builder.hpp"

namespace modelgate {
namespace {

using Json = nlohmann::json;
constexpr double exact = 1e-9;
constexpr double close = 1e-6;

const Json& references() {
  static const Json all = Json::parse(std::ifstream(MODELGATE_SOURCE_DIR "/tests/unit/checks/references/values.json"));
  return all;
}

std::vector<double> numbers(const Json& data, const char* key) { return data[key].get<std::vector<double>>(); }

ScoreTable table_for(const std::string& topic, const std::string& kind) {
  const Json& data = references()[topic];
  ScoreTable table = topic == "regression" ? regression_of(numbers(data, "labels"), numbers(data, "candidate"),
                                                           numbers(data, "production"))
                                           : table_of(data["labels"].get<std::vector<std::int32_t>>(),
                                                      numbers(data, "candidate"), numbers(data, "production"));
  if (topic == "multiclass") {
    table.task = Task::multiclass;
    table.rows.class_names = {"ant", "bee", "cat"};
    for (Predictions& model : table.models) model.width = 3;
  }
  if (kind == "weighted") table.rows.weight = numbers(data, "weight");
  if (kind == "clustered") add_clusters(table, data["cluster"].get<std::vector<std::uint32_t>>());
  return table;
}

LimitWord a_word(const std::string& metric) {
  const std::uint8_t words = find_check(Family::accuracy, metric)->spec.limits;
  return has(words, LimitWord::max_regression) ? LimitWord::max_regression : LimitWord::max;
}

void expect_estimate(const Estimate& estimate, const Json& reference, const std::string& what) {
  ASSERT_TRUE(estimate.value && estimate.interval) << what;
  EXPECT_NEAR(*estimate.value, reference["value"].get<double>(), exact * std::max(1.0, std::abs(*estimate.value)))
      << what;
  EXPECT_NEAR(estimate.interval->low, reference["interval"][0].get<double>(), close) << what;
  EXPECT_NEAR(estimate.interval->high, reference["interval"][1].get<double>(), close) << what;
}

void expect_references(const std::string& topic) {
  for (const auto& [metric, kinds] : references()[topic]["metrics"].items()) {
    for (const auto& [kind, expected] : kinds.items()) {
      const CheckResult result = judge_one(accuracy(metric, a_word(metric), 0.2), table_for(topic, kind));
      const std::string what = metric + ", " + kind + ": " + result.detail;
      expect_estimate(result.candidate, expected["candidate"], what + " candidate");
      expect_estimate(result.production, expected["production"], what + " production");
      expect_estimate(result.difference, expected["difference"], what + " difference");
      EXPECT_EQ(result.parts.size(), 1U) << what;
      EXPECT_EQ(result.units.has_value(), kind != "plain") << what;
    }
  }
}

TEST(Values, RegressionEqualsTheReferences) { expect_references("regression"); }
TEST(Values, RecalibrationEqualsStatsmodels) { expect_references("calibration"); }
TEST(Values, MulticlassScoresEqualScikitLearn) { expect_references("multiclass"); }

TEST(Values, ABandIsTwoRequirementsEachWithItsOwnSide) {
  for (const std::string metric : {"mean_bias", "calibration_intercept", "calibration_slope"}) {
    const std::string topic = metric == "mean_bias" ? "regression" : "calibration";
    const ScoreTable table = table_for(topic, "plain");
    const Json& interval = references()[topic]["metrics"][metric]["plain"]["candidate"]["interval"];
    const double low = interval[0];
    const double high = interval[1];
    EXPECT_TRUE(proven(judge_one(accuracy(metric, LimitWord::min, low - 1e-6), table))) << metric;
    EXPECT_FALSE(proven(judge_one(accuracy(metric, LimitWord::min, low + 1e-6), table))) << metric;
    EXPECT_TRUE(proven(judge_one(accuracy(metric, LimitWord::max, high + 1e-6), table))) << metric;
    EXPECT_FALSE(proven(judge_one(accuracy(metric, LimitWord::max, high - 1e-6), table))) << metric;
    EXPECT_LT(judge_one(accuracy(metric, LimitWord::max, low - 1e-6), table).parts.front().p_fail, 0.05) << metric;
    const CheckSpec& spec = find_check(Family::accuracy, metric)->spec;
    EXPECT_FALSE(has(spec.limits, LimitWord::max_regression)) << metric;
    EXPECT_FALSE(spec.percent_margin) << metric;
  }
}

std::vector<double> ramp(std::size_t rows, double step = 1.0) {
  std::vector<double> values(rows);
  for (std::size_t row = 0; row < rows; ++row) values[row] = step * static_cast<double>(row + 1);
  return values;
}

TEST(Values, AFlawlessModelIsNotAssessableBecauseErrorsAreUnbounded) {
  const std::vector<double> labels = ramp(60);
  for (const std::string metric : {"mse", "mape", "wape", "mase", "pinball@0.9"}) {
    const CheckResult result = judge_one(accuracy(metric, LimitWord::max, 0.5), regression_of(labels, labels, labels));
    EXPECT_EQ(result.outcome, Outcome::not_assessable) << metric;
    EXPECT_EQ(result.reason, Reason::zero_variance) << metric;
    EXPECT_EQ(*result.candidate.value, 0.0) << metric;
    const CheckResult relative =
        judge_one(accuracy(metric, LimitWord::max_regression, 0.5), regression_of(labels, labels, labels));
    EXPECT_EQ(relative.outcome, Outcome::not_assessable) << metric;
    const CheckResult fixed =
        judge_one(accuracy(metric, LimitWord::max, 0.5), regression_of(labels, labels, labels), Population::fixed);
    EXPECT_TRUE(proven(fixed)) << metric;
  }
}

TEST(Values, EqualModelsWithErrorsAreNotAssessable) {
  std::vector<double> values = ramp(60);
  for (std::size_t row = 0; row < values.size(); row += 3) values[row] += 2.0;
  for (const std::string metric : {"mse", "mape", "wape", "mase", "pinball@0.9"})
    EXPECT_EQ(
        judge_one(accuracy(metric, LimitWord::max_regression, 0.5), regression_of(ramp(60), values, values)).reason,
        Reason::zero_variance)
        << metric;
}

TEST(Values, APercentMarginAgainstAFlawlessModelIsRefused) {
  const std::vector<double> worse = ramp(60, 1.1);
  for (const std::string metric : {"mse", "mape", "wape", "mase", "pinball@0.9"})
    EXPECT_EQ(
        judge_one(percent(accuracy(metric, LimitWord::max_regression, 0.1)), regression_of(ramp(60), worse, ramp(60)))
            .reason,
        Reason::undefined)
        << metric;
}

TEST(Values, ALabelOfZeroLeavesMapeUndefinedAndSaysHowManyRows) {
  std::vector<double> labels = ramp(60);
  labels[10] = labels[20] = labels[30] = 0.0;
  const ScoreTable table = regression_of(labels, ramp(60, 1.1), ramp(60, 1.2));
  for (const Population population : {Population::sample, Population::fixed}) {
    const CheckResult result = judge_one(accuracy("mape", LimitWord::max, 0.5), table, population);
    EXPECT_EQ(result.outcome, Outcome::not_assessable);
    EXPECT_EQ(result.reason, Reason::undefined);
    EXPECT_NE(result.detail.find("3 of 60 rows have the label 0"), std::string::npos) << result.detail;
    EXPECT_FALSE(result.candidate.value);
  }
  EXPECT_EQ(judge_one(accuracy("wape", LimitWord::max, 0.5), table).parts.size(), 1U);
}

TEST(Values, MaseNeedsLabelsThatMove) {
  const std::vector<double> flat(60, 4.0);
  const CheckResult result = judge_one(accuracy("mase", LimitWord::max, 0.5), regression_of(flat, ramp(60), ramp(60)));
  EXPECT_EQ(result.outcome, Outcome::not_assessable);
  EXPECT_NE(result.detail.find("naive forecast"), std::string::npos) << result.detail;
  EXPECT_FALSE(find_check(Family::accuracy, "mase")->spec.honours_weight);
}

TEST(Values, NineteenRowsAreTooFew) {
  for (const std::string metric : {"mse", "mape", "wape", "mase", "pinball@0.9"}) {
    std::vector<double> values = ramp(19);
    values[3] += 1.0;
    const CheckResult result =
        judge_one(accuracy(metric, LimitWord::max, 9.0), regression_of(ramp(19), values, ramp(19)));
    EXPECT_EQ(result.reason, Reason::too_few_rows) << metric;
  }
}

TEST(Values, SeparatedLabelsHaveNoCalibrationSlope) {
  std::vector<std::int32_t> labels(80, 0);
  std::vector<double> scores(80);
  for (std::size_t row = 0; row < 80; ++row) {
    labels[row] = row < 40 ? 0 : 1;
    scores[row] = 0.1 + 0.01 * static_cast<double>(row);
  }
  EXPECT_EQ(judge_one(accuracy("calibration_slope", LimitWord::max, 1.2), table_of(labels, scores, scores)).reason,
            Reason::undefined);
  const CheckResult alike = judge_one(accuracy("calibration_slope", LimitWord::max, 1.2),
                                      table_of(labels, std::vector<double>(80, 0.3), scores));
  EXPECT_EQ(alike.reason, Reason::undefined);
  EXPECT_EQ(judge_one(accuracy("calibration_intercept", LimitWord::max, 2.0),
                      table_of(labels, std::vector<double>(80, 0.3), scores))
                .parts.size(),
            1U);
}

TEST(Values, RecalibrationNeedsTwentyRowsOfEachLabelAndProbabilities) {
  std::vector<std::int32_t> labels(100, 0);
  std::vector<double> scores(100);
  for (std::size_t row = 0; row < 100; ++row) scores[row] = 0.02 + 0.009 * static_cast<double>((row * 37) % 100);
  for (std::size_t row = 0; row < 19; ++row) labels[row * 5] = 1;
  EXPECT_EQ(judge_one(accuracy("calibration_slope", LimitWord::min, 0.5), table_of(labels, scores, scores)).reason,
            Reason::too_few_events);
  scores[4] = 1.5;
  const CheckResult outside =
      judge_one(accuracy("calibration_slope", LimitWord::min, 0.5), table_of(labels, scores, scores));
  EXPECT_EQ(outside.outcome, Outcome::error);
  EXPECT_NE(outside.detail.find("row 5"), std::string::npos) << outside.detail;
}

TEST(Values, TheCalibrationErrorStandsBesideEveryBrierScoreWithItsValueUnderPerfectCalibration) {
  const ScoreTable table = table_for("calibration", "plain");
  const CheckResult result = judge_one(accuracy("brier_score", LimitWord::max_regression, 0.02), table);
  ASSERT_TRUE(result.calibration && result.calibration->candidate && result.calibration->production);
  const Json& ece = references()["calibration"]["ece"];
  const auto expect_side = [&](const CalibrationError& one, const std::string& side) {
    EXPECT_NEAR(one.error, ece[side].get<double>(), exact);
    const Json& calibrated = ece[side + "_if_calibrated"];
    const double monte_carlo = calibrated[1].get<double>() / std::sqrt(200.0);  // 200 redraws
    EXPECT_NEAR(one.if_calibrated, calibrated[0].get<double>(), 3 * monte_carlo) << side;
    EXPECT_NEAR(one.if_calibrated_high, calibrated[2].get<double>(), 0.15 * calibrated[2].get<double>()) << side;
  };
  expect_side(*result.calibration->candidate, "candidate");
  expect_side(*result.calibration->production, "production");
  EXPECT_NE(result.detail.find("perfectly calibrated"), std::string::npos) << result.detail;
  EXPECT_FALSE(judge_one(accuracy("accuracy", LimitWord::min, 0.5), table).calibration);
}

TEST(Values, ManyRowsGiveTheSameCalibrationErrorUnderPerfectCalibrationAsRedrawnOnes) {
  // 15 × 2,000 rows take the normal road; the mean of |N(0, v)| over bins is known.
  std::vector<std::int32_t> labels;
  std::vector<double> scores;
  double expected = 0.0;
  for (int bin = 0; bin < 15; ++bin) {
    const double p = (bin + 0.5) / 15.0;
    for (int row = 0; row < 2000; ++row) {
      scores.push_back(p);
      labels.push_back(row < 2000 * p ? 1 : 0);
    }
    expected += std::sqrt(2000.0 * p * (1 - p) * 2.0 / 3.14159265358979) / 30000.0;
  }
  const CheckResult result = judge_one(accuracy("brier_score", LimitWord::max, 0.9), table_of(labels, scores, scores));
  ASSERT_TRUE(result.calibration);
  EXPECT_LT(result.calibration->candidate->error, 0.0005);
  EXPECT_NEAR(result.calibration->candidate->if_calibrated, expected, 0.05 * expected);
}

TEST(Values, TheCalibrationErrorOfASliceIsThatOfItsRows) {
  ScoreTable table = table_for("calibration", "plain");
  std::vector<std::string> half(table.rows.rows);
  for (std::size_t row = 0; row < half.size(); ++row) half[row] = row < 100 ? "first" : "second";
  add_column(table, "half", half);
  const auto results = judge(sliced(accuracy("brier_score", LimitWord::max, 0.9), {"half"}), table);
  ASSERT_EQ(results.size(), 2U);
  ScoreTable first = table_for("calibration", "plain");
  first.rows.rows = 100;
  first.rows.label_class.resize(100);
  for (Predictions& model : first.models) std::get<std::vector<double>>(model.scores).resize(100);
  const CheckResult alone = judge_one(accuracy("brier_score", LimitWord::max, 0.9), first);
  EXPECT_EQ(results[0].calibration->candidate->error, alone.calibration->candidate->error);
  EXPECT_EQ(results[0].calibration->candidate->if_calibrated, alone.calibration->candidate->if_calibrated);
  EXPECT_NE(results[1].calibration->candidate->error, alone.calibration->candidate->error);
}

TEST(Values, AClassWithoutRowsLeavesTheMeanAucUndefined) {
  ScoreTable table = table_for("multiclass", "plain");
  for (std::int32_t& label : table.rows.label_class) label = label == 2 ? 1 : label;
  const CheckResult result = judge_one(accuracy("roc_auc_ovr_macro", LimitWord::min, 0.5), table);
  EXPECT_EQ(result.outcome, Outcome::not_assessable);
  EXPECT_FALSE(result.candidate.value);
}

}  // namespace
}  // namespace modelgate
