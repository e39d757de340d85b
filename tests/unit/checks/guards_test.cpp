// SPDX-License-Identifier: Apache-2.0
// What the data cannot answer is never a pass.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "table_builder.hpp"

namespace modelgate {
namespace {

ScoreTable scored(std::size_t positives, std::size_t negatives) {
  std::vector<std::int32_t> labels;
  std::vector<double> candidate, production;
  for (std::size_t row = 0; row < positives + negatives; ++row) {
    labels.push_back(row < positives ? 1 : 0);
    candidate.push_back(static_cast<double>((row * 37) % 101) / 101.0);
    production.push_back(static_cast<double>((row * 53) % 97) / 97.0);
  }
  return table_of(labels, candidate, production);
}

void expect_not_assessable(const CheckResult& result, Reason reason) {
  EXPECT_EQ(result.outcome, Outcome::not_assessable) << result.id << ": " << result.detail;
  EXPECT_EQ(to_string(result.reason), to_string(reason)) << result.id;
  EXPECT_TRUE(result.parts.empty()) << result.id;
  EXPECT_TRUE(result.detail.ends_with(".")) << result.detail;
}

TEST(Guards, AucNeedsTwentyRowsOfEachLabel) {
  const PlannedCheck check = accuracy("roc_auc", LimitWord::max_regression, 0.5);
  expect_not_assessable(judge_one(check, scored(19, 200)), Reason::too_few_events);
  expect_not_assessable(judge_one(check, scored(200, 19)), Reason::too_few_events);
  EXPECT_EQ(judge_one(check, scored(20, 20)).parts.size(), 1U);
}

TEST(Guards, OneClassAloneLeavesMetricsUndefined) {
  const ScoreTable negatives = table_of({{0, 0, 0, 200}});
  for (const char* metric : {"recall", "precision", "f1", "balanced_accuracy"})
    for (const LimitWord word : {LimitWord::min, LimitWord::max_regression}) {
      const CheckResult result = judge_one(accuracy(metric, word, 0.01), negatives);
      expect_not_assessable(result, Reason::undefined);
      EXPECT_FALSE(result.candidate.value) << metric;
    }
  expect_not_assessable(judge_one(accuracy("specificity", LimitWord::min, 0.01), table_of({{1, 1, 1, 200}})),
                        Reason::undefined);
  expect_not_assessable(judge_one(accuracy("roc_auc", LimitWord::min, 0.01), scored(0, 200)), Reason::too_few_events);
}

TEST(Guards, PrecisionWithoutAPredictedPositiveIsUndefinedNotZero) {
  expect_not_assessable(judge_one(accuracy("precision", LimitWord::min, 0.0), table_of({{1, 0, 1, 50}, {0, 0, 0, 50}})),
                        Reason::undefined);
}

TEST(Guards, PerfectRankingIsJudgedByIndependentPairs) {
  std::vector<std::int32_t> labels(600, 0);
  std::vector<double> scores(600, 0.1);
  for (std::size_t row = 0; row < 300; ++row) labels[row] = 1, scores[row] = 0.9;
  const ScoreTable table = table_of(labels, scores, scores);
  EXPECT_TRUE(proven(judge_one(accuracy("roc_auc", LimitWord::max_regression, 0.01), table)));  // 268 pairs are enough
  EXPECT_FALSE(proven(judge_one(accuracy("roc_auc", LimitWord::max_regression, 0.005), table)));
  EXPECT_TRUE(proven(judge_one(accuracy("roc_auc", LimitWord::min, 0.99), table)));
  EXPECT_FALSE(proven(judge_one(accuracy("roc_auc", LimitWord::min, 0.995), table)));
}

TEST(Guards, IdenticalLossesHaveNoVariance) {
  const ScoreTable table = scored(100, 100);
  ScoreTable same = table;
  same.models[1].scores = same.models[0].scores;
  for (const char* metric : {"log_loss", "brier_score"}) {
    expect_not_assessable(judge_one(accuracy(metric, LimitWord::max_regression, 0.1), same), Reason::zero_variance);
    const CheckResult alike = judge_one(percent(accuracy(metric, LimitWord::max_regression, 0.1)), same);
    expect_not_assessable(alike, Reason::zero_variance);
    EXPECT_TRUE(alike.detail.contains("(an export), judge that by parity")) << "what to do is said: " << alike.detail;
  }
  std::vector<double> labels, values;
  for (int row = 0; row < 50; ++row) labels.push_back(row), values.push_back(row + 0.1 * (row % 4));
  for (const char* metric : {"mae", "rmse", "r2"}) {
    PlannedCheck check = accuracy(metric, LimitWord::max_regression, 0.1);
    expect_not_assessable(judge_one(check, regression_of(labels, values, values)), Reason::zero_variance);
    EXPECT_TRUE(proven(judge_one(check, regression_of(labels, values, values), Population::fixed))) << metric;
  }
  expect_not_assessable(
      judge_one(percent(accuracy("rmse", LimitWord::max_regression, 0.1)), regression_of(labels, values, values)),
      Reason::zero_variance);
}

TEST(Guards, ConstantLabelsLeaveR2Undefined) {
  std::vector<double> labels(50, 1e6), values;
  for (int row = 0; row < 50; ++row) values.push_back(1e6 + row);
  expect_not_assessable(judge_one(accuracy("r2", LimitWord::min, 0.0), regression_of(labels, values, values)),
                        Reason::undefined);
}

TEST(Guards, APercentMarginOfAnAbsentErrorIsRefused) {
  std::vector<double> labels, worse;
  for (int row = 0; row < 50; ++row) labels.push_back(row), worse.push_back(row + 0.1 * (row % 4));
  for (const char* metric : {"mae", "rmse"})
    expect_not_assessable(
        judge_one(percent(accuracy(metric, LimitWord::max_regression, 0.1)), regression_of(labels, worse, labels)),
        Reason::undefined);
}

TEST(Guards, NonFiniteScoresAreAnErrorWithCountAndRow) {
  for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    ScoreTable table = scored(100, 100);
    std::get<std::vector<double>>(table.models[0].scores)[41] = bad;
    for (const char* metric : {"accuracy", "f1", "roc_auc", "log_loss", "brier_score"}) {
      const CheckResult result = judge_one(accuracy(metric, LimitWord::min, 0.0), table);
      EXPECT_EQ(result.outcome, Outcome::error) << metric;
      EXPECT_EQ(result.reason, Reason::non_finite) << metric;
      EXPECT_NE(result.detail.find("row 42"), std::string::npos) << result.detail;
      EXPECT_TRUE(result.parts.empty()) << metric;
      EXPECT_TRUE(result.production.value) << metric;
      EXPECT_FALSE(result.candidate.value) << metric;
    }
  }
}

TEST(Guards, AFailedCandidateIsAnErrorEverywhereAndProductionStillShows) {
  ScoreTable table = scored(100, 100);
  add_column(table, "sex", std::vector<std::string>(200, "F"));
  table.models[0].error = Error{ErrorKind::model, Reason::model_crashed, "The candidate's worker died."};
  table.models[0].scores = std::vector<double>{};
  for (const RegisteredCheck& check : registry()) {
    if (!has(check.spec.tasks, Task::binary) || is_measured(check.spec.family)) continue;
    PlannedCheck wanted = planned(check.spec.family, std::string(check.spec.metric),
                                  has(check.spec.limits, LimitWord::max_regression) ? LimitWord::max_regression
                                  : has(check.spec.limits, LimitWord::min)          ? LimitWord::min
                                                                                    : LimitWord::max,
                                  0.1);
    if (check.spec.family == Family::bias) wanted.attribute = Scope{{"sex"}, {}};
    if (check.spec.parameter == MetricParameter::share) wanted.parameter = 0.2;
    Plan plan;
    plan.costs.emplace();
    const CheckResult result = judge_one(wanted, table, plan);
    EXPECT_EQ(result.outcome, Outcome::error) << check.spec.metric;
    EXPECT_EQ(result.reason, Reason::model_crashed) << check.spec.metric;
    EXPECT_EQ(result.detail, "The candidate's worker died.") << check.spec.metric;
    EXPECT_FALSE(result.candidate.value) << check.spec.metric;
    // separated labels have no calibration slope
    if (check.spec.family == Family::accuracy && !check.spec.needs_production &&
        check.spec.metric != "calibration_slope") {
      EXPECT_TRUE(result.production.value) << check.spec.metric;
    }
  }
}

TEST(Guards, AFailedProductionLeavesAbsoluteLimitsStanding) {
  ScoreTable table = scored(100, 100);
  table.models[1].error = Error{ErrorKind::model, Reason::timeout, "Production took too long."};
  for (const char* metric : {"accuracy", "f1", "roc_auc", "balanced_accuracy", "recall"}) {
    const CheckResult absolute = judge_one(accuracy(metric, LimitWord::min, 0.01), table);
    EXPECT_EQ(absolute.parts.size(), 1U) << metric << absolute.detail;
    EXPECT_FALSE(absolute.production.value) << metric;
    const CheckResult relative = judge_one(accuracy(metric, LimitWord::max_regression, 0.01), table);
    EXPECT_EQ(relative.outcome, Outcome::error) << metric;
    EXPECT_EQ(relative.reason, Reason::timeout) << metric;
    EXPECT_TRUE(relative.candidate.value) << metric;
  }
}

TEST(Guards, ScoresThatAreNoProbabilitiesAreAnError) {
  ScoreTable table = scored(100, 100);
  std::get<std::vector<double>>(table.models[0].scores)[7] = 1.5;
  const CheckResult result = judge_one(accuracy("log_loss", LimitWord::max, 5.0), table);
  EXPECT_EQ(result.outcome, Outcome::error);
  EXPECT_EQ(result.reason, Reason::wrong_shape);
  EXPECT_NE(result.detail.find("row 8"), std::string::npos);
  EXPECT_EQ(judge_one(accuracy("roc_auc", LimitWord::min, 0.1), table).parts.size(), 1U);  // ranks alone are enough
}

TEST(Guards, ClassOutputsCannotServeScoreMetrics) {
  for (const char* metric : {"roc_auc", "log_loss", "brier_score"})
    EXPECT_EQ(
        judge_one(accuracy(metric, LimitWord::max_regression, 0.1), table_of({{1, 1, 1, 50}, {0, 0, 0, 50}})).outcome,
        Outcome::error)
        << metric;
}

TEST(Guards, ZeroRowsAreAnError) {
  const CheckResult result = judge_one(accuracy("accuracy", LimitWord::min, 0.0), table_of(std::vector<RowsOf>{}));
  EXPECT_EQ(result.outcome, Outcome::error);
  EXPECT_EQ(result.reason, Reason::data_invalid);
}

TEST(Guards, ALimitThatIsNotANumberNeverPasses) {
  for (const char* metric : {"accuracy", "f1", "balanced_accuracy", "roc_auc", "log_loss"})
    for (const LimitWord word : {LimitWord::min, LimitWord::max, LimitWord::max_regression})
      for (const Population population : {Population::sample, Population::fixed})
        EXPECT_FALSE(proven(judge_one(accuracy(metric, word, std::nan("")), scored(100, 100), population))) << metric;
}

TEST(Guards, UnknownMetricIsAnError) {
  EXPECT_EQ(judge_one(accuracy("no_such", LimitWord::min, 0.1), scored(30, 30)).outcome, Outcome::error);
}

}  // namespace
}  // namespace modelgate
