// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "table_builder.hpp"

namespace modelgate {
namespace {

/// 1,000 rows, both right on 880; only the candidate right on b, only production on c, neither on the rest.
ScoreTable paired(std::size_t b, std::size_t c, std::size_t rows = 1000) {
  return table_of({{1, 1, 1, 300}, {0, 0, 0, 580}, {1, 1, 0, b}, {1, 0, 1, c}, {1, 0, 0, rows - 880 - b - c}});
}

TEST(Limits, WilsonDecidesAccuracyAgainstAMinimum) {
  const ScoreTable table = paired(20, 0);  // 900 of 1,000
  const CheckResult pass = judge_one(accuracy("accuracy", LimitWord::min, 0.88), table);
  EXPECT_TRUE(proven(pass));
  EXPECT_EQ(pass.method, "Wilson score");
  EXPECT_NEAR(pass.candidate.interval->low, 0.8833, 5e-4);  // 90 % Wilson, by hand
  EXPECT_NEAR(pass.candidate.interval->high, 0.9145, 5e-4);
  const CheckResult open = judge_one(accuracy("accuracy", LimitWord::min, 0.89), table);
  EXPECT_FALSE(proven(open));
  EXPECT_GT(open.parts.at(0).p_fail, 0.05);
  EXPECT_TRUE(open.parts.at(0).hard_margin_excluded);  // the estimate is on the good side
  EXPECT_GT(open.rows_needed.value_or(0), 1000U);
  const CheckResult fail = judge_one(accuracy("accuracy", LimitWord::min, 0.93), table);
  EXPECT_LT(fail.parts.at(0).p_fail, 0.001);
  EXPECT_FALSE(fail.parts.at(0).hard_margin_excluded);
}

TEST(Limits, TangoDecidesARegressionOnTheDiscordantRows) {
  const CheckResult worse = judge_one(accuracy("accuracy", LimitWord::max_regression, 0.01), paired(5, 60));
  EXPECT_EQ(worse.method, "Tango score");
  EXPECT_DOUBLE_EQ(*worse.difference.value, -0.055);
  EXPECT_LT(worse.parts.at(0).p_fail, 1e-4);
  EXPECT_DOUBLE_EQ(*worse.parts.at(0).discordant, 65.0);
  EXPECT_EQ(worse.flips->right_to_wrong, 60U);
  EXPECT_EQ(worse.flips->wrong_to_right, 5U);
  EXPECT_FALSE(worse.parts.at(0).hard_margin_excluded);
  EXPECT_TRUE(proven(judge_one(accuracy("accuracy", LimitWord::max_regression, 0.01), paired(60, 5))));
}

TEST(Limits, AnImprovementMustBeProven) {
  EXPECT_TRUE(proven(judge_one(accuracy("accuracy", LimitWord::min_improvement, 0.02), paired(60, 5))));
  const CheckResult equal = judge_one(accuracy("accuracy", LimitWord::min_improvement, 0.02), paired(30, 30));
  EXPECT_FALSE(proven(equal));
  EXPECT_LT(equal.parts.at(0).p_fail, 0.05);
}

TEST(Limits, ModelsThatAgreeEverywherePassByTangosNumberOfRows) {
  const auto agree = [](std::size_t rows) { return table_of({{1, 1, 1, rows / 2}, {0, 0, 0, rows / 2}}); };
  EXPECT_FALSE(proven(judge_one(accuracy("accuracy", LimitWord::max_regression, 0.01), agree(266))));
  EXPECT_TRUE(proven(judge_one(accuracy("accuracy", LimitWord::max_regression, 0.01), agree(270))));
  const CheckResult few = judge_one(accuracy("accuracy", LimitWord::max_regression, 0.01), agree(100));
  EXPECT_NE(few.detail.find("agree"), std::string::npos);
  EXPECT_GE(few.rows_needed.value_or(0), 268U);
  EXPECT_LE(few.rows_needed.value_or(0), 270U);
}

TEST(Limits, AgreementNeverProvesAResampledMetricOnFewRows) {
  for (const char* metric : {"f1", "precision", "balanced_accuracy"}) {
    const auto agree = [](std::size_t rows) {
      return table_of({{1, 1, 1, rows / 2 - 5}, {0, 1, 1, 5}, {1, 0, 0, 5}, {0, 0, 0, rows / 2 - 5}});
    };
    const PlannedCheck check = accuracy(metric, LimitWord::max_regression, 0.01);
    EXPECT_FALSE(proven(judge_one(check, agree(100)))) << metric;
    EXPECT_FALSE(proven(judge_one(percent(check), agree(100)))) << metric;
    EXPECT_TRUE(proven(judge_one(check, agree(2000)))) << metric;
    EXPECT_TRUE(proven(judge_one(percent(check), agree(2000)))) << metric;
  }
}

TEST(Limits, PercentMarginsAreSharesOfProduction) {
  const CheckResult loss = judge_one(percent(accuracy("recall", LimitWord::max_regression, 0.10)), paired(0, 60));
  EXPECT_EQ(loss.method, "Nam-Blackwelder score");
  EXPECT_NEAR(*loss.margin, 0.10 * 360 / 420, 1e-12);
  EXPECT_LT(loss.parts.at(0).p_fail, 0.001);  // recall 300/420 against 360/420: −16.7 %
  EXPECT_TRUE(proven(judge_one(percent(accuracy("recall", LimitWord::max_regression, 0.30)), paired(0, 60))));
}

TEST(Limits, APercentMarginNeedsTenBaselineEvents) {
  const ScoreTable rare = table_of({{1, 1, 1, 9}, {1, 0, 0, 30}, {0, 0, 0, 900}});
  for (const char* metric : {"recall", "f1", "precision"}) {
    const CheckResult result = judge_one(percent(accuracy(metric, LimitWord::max_regression, 0.10)), rare);
    EXPECT_EQ(result.outcome, Outcome::not_assessable) << metric;
    EXPECT_EQ(result.reason, Reason::too_few_events) << metric;
    EXPECT_TRUE(result.parts.empty()) << metric;
  }
}

TEST(Limits, AFixedPopulationHasNoSamplingError) {
  const PlannedCheck exact = accuracy("accuracy", LimitWord::max_regression, 0.01);
  const CheckResult edge = judge_one(exact, paired(0, 10), Population::fixed);  // −0.01 exactly: allowed
  EXPECT_TRUE(proven(edge));
  EXPECT_EQ(edge.difference.interval->low, edge.difference.interval->high);
  const CheckResult beyond = judge_one(exact, paired(0, 11), Population::fixed);
  EXPECT_FALSE(proven(beyond));
  EXPECT_EQ(beyond.parts.at(0).p_fail, 0.0);
  EXPECT_FALSE(beyond.parts.at(0).discordant);
  EXPECT_TRUE(proven(judge_one(accuracy("f1", LimitWord::min, 0.8), paired(20, 0), Population::fixed)));
}

TEST(Limits, F1AgainstALimitUsesItsBinomialShare) {
  // TP 80, FP 10, FN 10: F1 = 160/180, J = 80/100.
  const ScoreTable table = table_of({{1, 1, 1, 80}, {0, 1, 1, 10}, {1, 0, 0, 10}, {0, 0, 0, 900}});
  const CheckResult result = judge_one(accuracy("f1", LimitWord::min, 0.8), table);
  EXPECT_NEAR(*result.candidate.value, 160.0 / 180.0, 1e-12);
  EXPECT_NEAR(result.candidate.interval->low, 2 * 0.7264 / 1.7264, 2e-3);  // Wilson of 80/100 at 90 %: [0.7264, 0.8575]
  EXPECT_NEAR(result.candidate.interval->high, 2 * 0.8575 / 1.8575, 2e-3);
  EXPECT_TRUE(proven(result));
  EXPECT_FALSE(proven(judge_one(accuracy("f1", LimitWord::min, 0.86), table)));
}

TEST(Limits, LowerIsBetterForLosses) {
  std::vector<double> labels, good, bad;
  for (int row = 0; row < 200; ++row) {
    labels.push_back(row % 7);
    good.push_back(row % 7 + (row % 3) * 0.1);
    bad.push_back(row % 7 + (row % 3) * 0.1 + 1 + 0.1 * (row % 5));
  }
  for (const char* metric : {"mae", "rmse"}) {
    EXPECT_TRUE(proven(judge_one(accuracy(metric, LimitWord::max_regression, 0.1), regression_of(labels, good, bad))))
        << metric;
    const CheckResult worse =
        judge_one(accuracy(metric, LimitWord::max_regression, 0.1), regression_of(labels, bad, good));
    EXPECT_FALSE(proven(worse)) << metric;
    EXPECT_LT(worse.parts.at(0).p_fail, 0.001) << metric;
    EXPECT_GT(*worse.difference.value, 0.0) << metric;
    EXPECT_TRUE(proven(
        judge_one(percent(accuracy(metric, LimitWord::min_improvement, 0.5)), regression_of(labels, good, bad))));
    EXPECT_TRUE(proven(judge_one(accuracy(metric, LimitWord::max, 0.5), regression_of(labels, good, bad)))) << metric;
  }
  EXPECT_TRUE(proven(judge_one(accuracy("r2", LimitWord::min, 0.9), regression_of(labels, good, bad))));
  EXPECT_LT(
      judge_one(accuracy("r2", LimitWord::max_regression, 0.1), regression_of(labels, bad, good)).parts.at(0).p_fail,
      0.001);
}

TEST(Limits, HardMarginDefaultsToThreeTimesTheMargin) {
  // −0.005 with an interval down to about −0.0215: margin 0.01 open, 0.03 excluded, 0.02 not.
  const ScoreTable table = paired(50, 55);
  PlannedCheck check = accuracy("accuracy", LimitWord::max_regression, 0.01);
  EXPECT_FALSE(proven(judge_one(check, table)));
  EXPECT_TRUE(judge_one(check, table).parts.at(0).hard_margin_excluded);
  check.hard_margin = 0.02;
  EXPECT_FALSE(judge_one(check, table).parts.at(0).hard_margin_excluded);
}

}  // namespace
}  // namespace modelgate
