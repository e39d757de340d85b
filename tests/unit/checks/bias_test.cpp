// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gate/stats/two_rates.hpp"
#include "table_builder.hpp"

namespace modelgate {
namespace {

struct GroupRows {
  std::string group;
  std::vector<RowsOf> cells;
};

ScoreTable grouped(const std::vector<GroupRows>& groups) {
  std::vector<RowsOf> cells;
  std::vector<std::string> values;
  for (const GroupRows& group : groups)
    for (const RowsOf& cell : group.cells) {
      cells.push_back(cell);
      values.insert(values.end(), cell.count, group.group);
    }
  ScoreTable table = table_of(cells);
  add_column(table, "sex", values);
  return table;
}

/// F: 100 positives, 60 found; M: 100 positives, 80 found; both 200 negatives with 20 alarms.
ScoreTable unequal() {
  return grouped({{"F", {{1, 1, 1, 60}, {1, 0, 1, 20}, {1, 0, 0, 20}, {0, 1, 1, 20}, {0, 0, 0, 180}}},
                  {"M", {{1, 1, 1, 80}, {1, 0, 0, 20}, {0, 1, 1, 20}, {0, 0, 0, 180}}}});
}

TEST(Bias, TheLargestGapIsJudgedByNewcombe) {
  const CheckResult result = judge_one(bias("equal_opportunity_difference", LimitWord::max, 0.05, {"sex"}), unequal());
  EXPECT_NEAR(*result.candidate.value, 0.20, 1e-12);
  EXPECT_NEAR(*result.production.value, 0.0, 1e-12);
  ASSERT_EQ(result.pairs.size(), 1U);
  EXPECT_EQ(result.pairs[0].first, "M");
  EXPECT_EQ(result.pairs[0].second, "F");
  const auto interval = stats::newcombe_interval({80, 100}, {60, 100}, 0.05);
  EXPECT_NEAR(result.candidate.interval->low, interval->low, 1e-9);
  EXPECT_EQ(result.parts.at(0).label, "M vs F, tpr");
  EXPECT_LT(result.parts.at(0).p_fail, 0.05);
  EXPECT_FALSE(result.parts.at(0).hard_margin_excluded);
  EXPECT_TRUE(proven(judge_one(bias("equal_opportunity_difference", LimitWord::max, 0.35, {"sex"}), unequal())));
}

TEST(Bias, EqualizedOddsLooksAtBothRates) {
  const CheckResult result = judge_one(bias("equalized_odds_difference", LimitWord::max, 0.35, {"sex"}), unequal());
  EXPECT_EQ(result.parts.size(), 2U);
  EXPECT_EQ(result.groups.size(), 4U);
  EXPECT_NEAR(*result.candidate.value, 0.20, 1e-12);
  EXPECT_TRUE(proven(result));
}

TEST(Bias, AnEqualPairWithFewRowsIsNotProvenFair) {
  const ScoreTable small = grouped({{"F", {{1, 1, 1, 20}, {1, 0, 0, 5}}}, {"M", {{1, 1, 1, 20}, {1, 0, 0, 5}}}});
  const CheckResult result = judge_one(bias("equal_opportunity_difference", LimitWord::max, 0.10, {"sex"}), small);
  EXPECT_FALSE(proven(result));
  EXPECT_EQ(result.outcome, Outcome::inconclusive);
  EXPECT_GT(result.parts.at(0).p_fail, 0.5);
  EXPECT_TRUE(result.parts.at(0).hard_margin_excluded);
}

TEST(Bias, RatiosAreJudgedByKoopmanTheSmallerOverTheLarger) {
  const ScoreTable table = grouped({{"F", {{0, 1, 1, 100}, {0, 0, 0, 300}}}, {"M", {{0, 1, 1, 200}, {0, 0, 0, 200}}}});
  const CheckResult result = judge_one(bias("demographic_parity_ratio", LimitWord::min, 0.8, {"sex"}), table);
  EXPECT_NEAR(*result.candidate.value, 0.5, 1e-12);
  EXPECT_NEAR(*result.value_all_groups, 0.5, 1e-12);
  EXPECT_LT(result.parts.at(0).p_fail, 0.001);
  EXPECT_DOUBLE_EQ(result.parts.at(0).p_fail, *stats::koopman_p_at_least({100, 400}, {200, 400}, 0.8));
  EXPECT_EQ(result.pairs.at(0).first, "F");
  EXPECT_TRUE(proven(judge_one(bias("demographic_parity_ratio", LimitWord::min, 0.4, {"sex"}), table)));
}

TEST(Bias, AGroupWithoutASelectedRowCannotFormARatio) {
  const ScoreTable none = grouped({{"F", {{0, 0, 0, 100}}}, {"M", {{0, 0, 0, 100}}}});
  const CheckResult result = judge_one(bias("demographic_parity_ratio", LimitWord::min, 0.8, {"sex"}), none);
  EXPECT_EQ(result.outcome, Outcome::not_assessable);
  EXPECT_EQ(result.reason, Reason::too_few_events);
  EXPECT_FALSE(proven(result));
}

TEST(Bias, ASmallGroupIsNamedAndLeavesTheAttributeNotAssessable) {
  ScoreTable table = grouped(
      {{"F", {{1, 1, 1, 500}, {1, 0, 0, 100}}}, {"M", {{1, 1, 1, 500}, {1, 0, 0, 100}}}, {"X", {{1, 0, 0, 5}}}});
  const CheckResult result = judge_one(bias("equal_opportunity_difference", LimitWord::max, 0.10, {"sex"}), table);
  EXPECT_EQ(result.outcome, Outcome::not_assessable);
  EXPECT_EQ(result.reason, Reason::too_few_rows);
  EXPECT_THAT(result.detail, testing::HasSubstr("X (tpr: 5)"));
  EXPECT_EQ(result.parts.size(), 1U);  // F against M still stands, so that a proven gap can fail
  EXPECT_TRUE(result.parts[0].passes);
  ASSERT_EQ(result.groups.size(), 3U);
  EXPECT_FALSE(result.groups[2].assessable);
  EXPECT_NEAR(*result.candidate.value, 0.0, 1e-12);
  EXPECT_NEAR(*result.value_all_groups, 500.0 / 600.0, 1e-12);  // fairlearn counts X
}

TEST(Bias, AGroupWithoutPositivesIsNotAssessableNeverZero) {
  const ScoreTable table = grouped({{"F", {{1, 1, 1, 100}}}, {"M", {{0, 0, 0, 100}}}});
  const CheckResult result = judge_one(bias("equal_opportunity_difference", LimitWord::max, 0.10, {"sex"}), table);
  EXPECT_EQ(result.outcome, Outcome::not_assessable);
  EXPECT_TRUE(result.parts.empty());
  EXPECT_NEAR(*result.value_all_groups, 1.0, 1e-12);  // fairlearn's convention, beside it
}

TEST(Bias, OneGroupAloneHasNothingToCompare) {
  const ScoreTable table = grouped({{"F", {{1, 1, 1, 100}, {0, 0, 0, 100}}}});
  const CheckResult result = judge_one(bias("demographic_parity_difference", LimitWord::max, 0.10, {"sex"}), table);
  EXPECT_EQ(result.outcome, Outcome::not_assessable);
  EXPECT_TRUE(result.parts.empty());
}

TEST(Bias, NoGroupHarmedJudgesEveryGroupAgainstProduction) {
  const CheckResult result = judge_one(bias("tpr", LimitWord::max_regression, 0.05, {"sex"}), unequal());
  ASSERT_EQ(result.parts.size(), 2U);
  EXPECT_EQ(result.parts[0].label, "F");
  EXPECT_LT(result.parts[0].p_fail, 0.001);  // 60 found of 100 against 80
  EXPECT_DOUBLE_EQ(*result.parts[0].discordant, 20.0);
  EXPECT_TRUE(result.parts[1].p_fail > 0.5);
  EXPECT_NEAR(*result.difference.value, -0.20, 1e-12);  // the harmed group's
  EXPECT_NEAR(*result.candidate.value, 0.60, 1e-12);
}

TEST(Bias, MoreFalseAlarmsAreHarm) {
  const ScoreTable table = grouped({{"F", {{0, 1, 0, 60}, {0, 0, 0, 440}}}, {"M", {{0, 0, 1, 60}, {0, 0, 0, 440}}}});
  const CheckResult fpr = judge_one(bias("fpr", LimitWord::max_regression, 0.05, {"sex"}), table);
  EXPECT_LT(fpr.parts.at(0).p_fail, 0.001);
  EXPECT_TRUE(fpr.parts.at(1).passes);
  EXPECT_GT(*fpr.difference.value, 0.0);
  const CheckResult tnr = judge_one(bias("tnr", LimitWord::max_regression, 0.05, {"sex"}), table);
  EXPECT_LT(tnr.parts.at(0).p_fail, 0.001);
  EXPECT_LT(*tnr.difference.value, 0.0);
}

TEST(Bias, MissesAreHarmInFnr) {
  const CheckResult result = judge_one(bias("fnr", LimitWord::max_regression, 0.05, {"sex"}), unequal());
  EXPECT_LT(result.parts.at(0).p_fail, 0.001);
  EXPECT_NEAR(*result.difference.value, 0.20, 1e-12);
}

TEST(Bias, ACrossingOfAttributesComparesEveryObservedPair) {
  ScoreTable table = unequal();
  std::vector<std::string> band;
  for (std::size_t row = 0; row < table.rows.rows; ++row) band.push_back(row % 2 == 0 ? "18-29" : "30+");
  add_column(table, "age_band", band);
  const CheckResult result =
      judge_one(bias("demographic_parity_difference", LimitWord::max, 0.5, {"sex", "age_band"}), table);
  EXPECT_EQ(result.groups.size(), 4U);
  EXPECT_EQ(result.pairs.size(), 6U);
  EXPECT_EQ(result.groups[0].group, "F, 18-29");
}

TEST(Bias, AFixedPopulationIsJudgedByTheGapItself) {
  EXPECT_TRUE(proven(
      judge_one(bias("equal_opportunity_difference", LimitWord::max, 0.20, {"sex"}), unequal(), Population::fixed)));
  const CheckResult fail =
      judge_one(bias("equal_opportunity_difference", LimitWord::max, 0.19, {"sex"}), unequal(), Population::fixed);
  EXPECT_EQ(fail.parts.at(0).p_fail, 0.0);
}

}  // namespace
}  // namespace modelgate
