// SPDX-License-Identifier: Apache-2.0
// Which groups are judged: the reference group, declared values, small groups, many groups.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "checks/bias/gaps.hpp"
#include "gate/verdict/decide.hpp"
#include "table_builder.hpp"

namespace modelgate {
namespace {

using testing::HasSubstr;

struct GroupRows {
  std::string group;
  std::size_t found;      ///< rows of label 1 decided 1
  std::size_t missed;     ///< rows of label 1 decided 0
  std::size_t quiet = 0;  ///< rows of label 0 decided 0
};

ScoreTable table_by(const std::vector<GroupRows>& groups, const std::string& column = "sex") {
  std::vector<RowsOf> cells;
  std::vector<std::string> values;
  for (const GroupRows& group : groups) {
    cells.push_back({1, 1, 1, group.found});
    cells.push_back({1, 0, 0, group.missed});
    cells.push_back({0, 0, 0, group.quiet});
    values.insert(values.end(), group.found + group.missed + group.quiet, group.group);
  }
  ScoreTable table = table_of(cells);
  add_column(table, column, values);
  return table;
}

ScoreTable four_groups() {
  return table_by({{"A", 400, 100}, {"B", 390, 110}, {"C", 300, 200}, {"(missing)", 395, 105}});
}

PlannedCheck opportunity(double max = 0.1) {
  return bias("equal_opportunity_difference", LimitWord::max, max, {"sex"});
}

TEST(BiasGroups, AReferenceGroupCutsThePairs) {
  PlannedCheck check = opportunity();
  EXPECT_EQ(judge_one(check, four_groups()).pairs.size(), 6U);
  check.reference_group = "A";
  const CheckResult result = judge_one(check, four_groups());
  ASSERT_EQ(result.pairs.size(), 3U);
  for (const PairGap& pair : result.pairs) EXPECT_TRUE(pair.first == "A" || pair.second == "A");
  EXPECT_EQ(result.pairs.front().second, "C");  // worst first
  EXPECT_THAT(result.method, HasSubstr("to the reference"));
}

TEST(BiasGroups, AnAbsentReferenceGroupIsNotAssessableAndNamesTheGroupsThereAre) {
  PlannedCheck check = opportunity(0.9);
  check.reference_group = "Z";
  const CheckResult result = judge_one(check, four_groups());
  EXPECT_EQ(result.outcome, Outcome::not_assessable);
  EXPECT_EQ(result.reason, Reason::absent_slice);
  EXPECT_TRUE(result.parts.empty());
  EXPECT_THAT(result.detail, HasSubstr("\"Z\""));
  EXPECT_THAT(result.detail, HasSubstr("\"(missing)\", \"A\", \"B\", \"C\""));
}

TEST(BiasGroups, ASmallReferenceGroupIsNotAssessableEvenWhereSmallGroupsAreListed) {
  PlannedCheck check = opportunity(0.9);
  check.reference_group = "A";
  check.small_groups_listed = true;
  const CheckResult result = judge_one(check, table_by({{"A", 5, 5}, {"B", 400, 100}, {"C", 400, 100}}));
  EXPECT_EQ(result.outcome, Outcome::not_assessable);
  EXPECT_THAT(result.detail, HasSubstr("reference group A is too small"));
}

TEST(BiasGroups, AReferenceGroupOfACrossingIsNamedAsReportsNameIt) {
  ScoreTable table = four_groups();
  std::vector<std::string> band;
  for (std::size_t row = 0; row < table.rows.rows; ++row) band.push_back(row % 2 == 0 ? "18-29" : "30+");
  add_column(table, "age_band", band);
  PlannedCheck check = bias("equal_opportunity_difference", LimitWord::max, 0.9, {"sex", "age_band"});
  check.reference_group = "A, 18-29";
  EXPECT_EQ(judge_one(check, table).pairs.size(), 7U);
  check.reference_group = "A & 18-29";
  EXPECT_EQ(judge_one(check, table).outcome, Outcome::not_assessable);
}

TEST(BiasGroups, TwoGroupsOfOneNameCannotBeTheReference) {
  ScoreTable table = table_by({{"A, B", 400, 100}, {"A", 400, 100}});
  std::vector<std::string> other;
  for (std::size_t row = 0; row < table.rows.rows; ++row) other.push_back(row < 500 ? "C" : "B, C");
  add_column(table, "other", other);
  PlannedCheck check = bias("equal_opportunity_difference", LimitWord::max, 0.9, {"sex", "other"});
  check.reference_group = "A, B, C";
  const CheckResult result = judge_one(check, table);
  EXPECT_EQ(result.outcome, Outcome::not_assessable);
  EXPECT_THAT(result.detail, HasSubstr("2 groups are called"));
}

TEST(BiasGroups, SmallGroupsAreListedNeverJudgedWhereThePlanSaysSo) {
  const ScoreTable table = table_by({{"A", 400, 100}, {"B", 400, 100}, {"X", 0, 5}});
  PlannedCheck check = opportunity();
  EXPECT_EQ(decided(check, table), Outcome::not_assessable);
  check.small_groups_listed = true;
  EXPECT_EQ(decided(check, table), Outcome::pass);
  const CheckResult result = judge_one(check, table);
  ASSERT_EQ(result.groups.size(), 3U);
  EXPECT_FALSE(result.groups[2].assessable);
  EXPECT_NEAR(*result.value_all_groups, 0.8, 1e-12);
  PlannedCheck relative = bias("tpr", LimitWord::max_regression, 0.1, {"sex"});
  EXPECT_EQ(decided(relative, table), Outcome::not_assessable);
  relative.small_groups_listed = true;
  EXPECT_EQ(decided(relative, table), Outcome::pass);
}

TEST(BiasGroups, WithOneLargeGroupLeftThereIsNothingToCompare) {
  PlannedCheck check = opportunity();
  check.small_groups_listed = true;
  const CheckResult result = judge_one(check, table_by({{"A", 400, 100}, {"X", 0, 5}}));
  EXPECT_EQ(result.outcome, Outcome::not_assessable);
  EXPECT_THAT(result.detail, HasSubstr("needs two groups"));
}

TEST(BiasGroups, ASmallGroupDoesNotHideAProvenGap) {
  EXPECT_EQ(decided(opportunity(), table_by({{"A", 400, 100}, {"B", 200, 300}, {"X", 0, 5}})), Outcome::fail);
}

TEST(BiasGroups, OnlyDeclaredGroupsAreJudgedAndTheOthersListed) {
  PlannedCheck check = opportunity();
  EXPECT_EQ(decided(check, four_groups()), Outcome::fail);
  check.attribute->values = {"A", "B"};
  const CheckResult result = judge_one(check, four_groups());
  EXPECT_EQ(result.pairs.size(), 1U);
  EXPECT_EQ(result.groups.size(), 4U);
  EXPECT_EQ(std::ranges::count_if(result.groups, &GroupRate::declared), 2);
  EXPECT_EQ(decided(check, four_groups()), Outcome::pass);
}

TEST(BiasGroups, ADeclaredGroupThatIsAbsentIsNeverAPass) {
  PlannedCheck check = opportunity();
  check.attribute->values = {"A", "B", "Q"};
  const CheckResult result = judge_one(check, four_groups());
  EXPECT_EQ(result.outcome, Outcome::not_assessable);
  EXPECT_EQ(result.reason, Reason::absent_slice);
  EXPECT_THAT(result.detail, HasSubstr("Q"));
  check.small_groups_listed = true;
  EXPECT_EQ(decided(check, four_groups()), Outcome::not_assessable);
  PlannedCheck relative = bias("tpr", LimitWord::max_regression, 0.1, {"sex"});
  relative.attribute->values = {"A", "Q"};
  EXPECT_EQ(decided(relative, four_groups()), Outcome::not_assessable);
}

TEST(BiasGroups, MissingIsAGroupOfItsOwn) {
  const CheckResult result = judge_one(opportunity(), four_groups());
  EXPECT_EQ(result.groups.front().group, "(missing)");
  EXPECT_TRUE(result.groups.front().assessable);
}

TEST(BiasGroups, TheSentenceNamesTheHarmedGroupBothRatesAndBothSizes) {
  PlannedCheck check = opportunity();
  check.attribute->values = {"A", "C"};
  EXPECT_EQ(judge_one(check, four_groups()).detail,
            "C has the lower tpr: 0.6000 (300 of 500 positive rows) against 0.8000 (400 of 500 positive rows) of A.");
  check.attribute->values = {"A", "B"};
  EXPECT_THAT(judge_one(check, four_groups()).detail,
              HasSubstr("Over all groups, also those that are not judged: 0.2000."));
}

TEST(BiasGroups, WhereALargerGapRestsOnFewRowsTheProvenOneIsTold) {
  const CheckResult result = judge_one(opportunity(), table_by({{"A", 4000, 1000}, {"B", 3000, 2000}, {"X", 11, 10}}));
  EXPECT_EQ(result.shown, "A vs X, tpr");
  EXPECT_THAT(result.detail, HasSubstr("B has the lower tpr"));
  EXPECT_THAT(result.detail, HasSubstr("That difference is 0.2000, interval ["));
}

TEST(BiasGroups, AThousandGroupsAreJudgedAllAndListedWorstFirst) {
  std::vector<GroupRows> groups;
  for (std::size_t i = 0; i < 1000; ++i)
    groups.push_back({"g" + std::to_string(1000 + i), 100 + i % 40, i == 7 ? 400 : 100 - i % 40});
  PlannedCheck check = opportunity(0.25);
  const CheckResult result = judge_one(check, table_by(groups));
  ASSERT_EQ(result.pairs.size(), most_pairs);
  ASSERT_EQ(result.parts.size(), most_pairs);
  EXPECT_EQ(result.pairs_left_out, 1000U * 999U / 2U - most_pairs);
  EXPECT_EQ(result.pairs.front().second, "g1007");
  for (std::size_t at = 1; at + 2 < most_pairs; ++at) {  // the last two places may be kept for other pairs
    EXPECT_LE(result.parts[at - 1].p_fail, result.parts[at].p_fail);
  }
  EXPECT_EQ(decided(check, table_by(groups)), Outcome::fail);
  check.limit.value = 0.95;
  EXPECT_EQ(decided(check, table_by(groups)), Outcome::pass);
}

TEST(BiasGroups, UnlistedPairsStillCostTheErrorBudget) {
  CheckResult result;
  result.planned = opportunity();
  result.outcome = Outcome::inconclusive;
  result.parts = {Part{.label = "A vs B, tpr", .p_fail = 0.001}};
  result.pairs = {PairGap{.first = "A", .second = "B"}};
  EXPECT_EQ(decide({}, {result}, {}).checks.front().outcome, Outcome::fail);
  result.pairs_left_out = 999;
  EXPECT_EQ(decide({}, {result}, {}).checks.front().outcome, Outcome::inconclusive);
}

TEST(BiasGroups, OneClassAgainstTheOthersIsJudgedWhereItIsNamed) {
  ScoreTable table = table_of({{0, 0, 0, 100},
                               {1, 1, 1, 80},
                               {1, 2, 2, 20},
                               {2, 2, 2, 60},
                               {2, 1, 1, 40},
                               {0, 0, 0, 100},
                               {1, 1, 1, 50},
                               {1, 0, 0, 50},
                               {2, 2, 2, 100}});
  table.task = Task::multiclass;
  table.rows.class_names = {"ant", "bee", "cat"};
  add_column(table, "sex", [] {
    std::vector<std::string> values(300, "F");
    values.resize(600, "M");
    return values;
  }());
  PlannedCheck check = opportunity();
  EXPECT_EQ(judge_one(check, table).outcome, Outcome::error);  // which class is meant?
  check.klass = "bee";
  EXPECT_NEAR(*judge_one(check, table).candidate.value, 0.3, 1e-12);
  check.klass = "cat";
  EXPECT_NEAR(*judge_one(check, table).candidate.value, 0.4, 1e-12);
  check.klass = "dog";
  EXPECT_EQ(judge_one(check, table).outcome, Outcome::error);
  EXPECT_NEAR(*judge_one(bias("accuracy_difference", LimitWord::max, 0.1, {"sex"}), table).candidate.value, 1.0 / 30,
              1e-12);
}

TEST(BiasGroups, AbsoluteLimitsHoldInEveryGroup) {
  EXPECT_EQ(decided(bias("tpr", LimitWord::min, 0.5, {"sex"}), four_groups()), Outcome::pass);
  const CheckResult low = judge_one(bias("tpr", LimitWord::min, 0.7, {"sex"}), four_groups());
  EXPECT_EQ(low.shown, "C");
  EXPECT_NEAR(*low.candidate.value, 0.6, 1e-12);
  EXPECT_EQ(decided(bias("tpr", LimitWord::min, 0.7, {"sex"}), four_groups()), Outcome::fail);
  EXPECT_EQ(decided(bias("fnr", LimitWord::max, 0.3, {"sex"}), four_groups()), Outcome::fail);
}

TEST(BiasGroups, PredictiveValuesRestOnTheRowsDecidedPositive) {
  ScoreTable table =
      table_of({{1, 1, 1, 90}, {0, 1, 0, 60}, {0, 0, 0, 300}, {1, 1, 1, 90}, {0, 1, 1, 10}, {0, 0, 0, 350}});
  std::vector<std::string> values(450, "F");
  values.resize(900, "M");
  add_column(table, "sex", values);
  const CheckResult result = judge_one(bias("ppv", LimitWord::max_regression, 0.1, {"sex"}), table);
  ASSERT_EQ(result.groups.size(), 2U);
  EXPECT_EQ(result.groups[0].n, 150U);
  EXPECT_NEAR(*result.groups[0].candidate.value, 0.6, 1e-12);
  EXPECT_NEAR(*result.difference.value, -0.4, 1e-12);
  EXPECT_EQ(result.shown, "F");
  EXPECT_EQ(result.detail, "F is worst off of 2 groups, over 150 rows decided positive.");
  EXPECT_EQ(decided(bias("ppv", LimitWord::max_regression, 0.1, {"sex"}), table), Outcome::fail);
}

TEST(BiasGroups, BrierAndResidualsWithinGroups) {
  ScoreTable table = table_of({1, 0, 1, 0}, {0.9, 0.2, 0.6, 0.5}, {0.9, 0.1, 0.8, 0.1});
  std::vector<std::string> values;
  for (int copy = 0; copy < 60; ++copy) {
    if (copy > 0) {
      for (std::size_t row = 0; row < 4; ++row) {
        table.rows.label_class.push_back(table.rows.label_class[row]);
        for (Predictions& model : table.models) {
          auto& scores = std::get<std::vector<double>>(model.scores);
          scores.push_back(scores[row] + 0.001 * (copy % 7));
        }
      }
    }
    for (const char* group : {"F", "F", "M", "M"}) values.emplace_back(group);
  }
  table.rows.rows = values.size();
  add_column(table, "sex", values);
  EXPECT_EQ(decided(bias("brier_score", LimitWord::max_regression, 0.01, {"sex"}), table), Outcome::fail);
  const CheckResult result = judge_one(bias("brier_score", LimitWord::max_regression, 0.01, {"sex"}), table);
  EXPECT_EQ(result.shown, "M");
  EXPECT_EQ(result.groups.size(), 2U);
}

TEST(BiasGroups, AMeanResidualIsHarmBothWays) {
  std::vector<double> labels;
  std::vector<double> values;
  std::vector<std::string> groups;
  for (int row = 0; row < 400; ++row) {
    labels.push_back(100.0);
    const double shift = row % 2 == 0 ? 0.0 : -3.0;
    values.push_back(100.0 + shift + (row / 2 % 5) - 2.0);
    groups.emplace_back(row % 2 == 0 ? "N" : "S");
  }
  ScoreTable table = regression_of(labels, values, values);
  add_column(table, "region", groups);
  const CheckResult result = judge_one(bias("mean_bias", LimitWord::max, 1.0, {"region"}), table);
  EXPECT_EQ(result.shown, "S");
  EXPECT_NEAR(*result.candidate.value, -3.0, 1e-9);
  EXPECT_LT(result.parts.at(1).p_fail, 1e-6);
  EXPECT_TRUE(result.parts.at(0).passes);
  EXPECT_EQ(decided(bias("mean_bias", LimitWord::max, 5.0, {"region"}), table), Outcome::pass);
}

TEST(BiasGroups, FewClustersOfManyRowsAreNotEnough) {
  ScoreTable table = table_by({{"A", 400, 100}, {"B", 390, 110}});
  table.rows.cluster.name = "user";
  for (std::uint32_t row = 0; row < table.rows.rows; ++row) table.rows.cluster.codes.push_back(row % 10);
  table.rows.cluster.keys.resize(10);
  const CheckResult result = judge_one(opportunity(0.5), table);
  EXPECT_EQ(result.outcome, Outcome::not_assessable);
  EXPECT_THAT(result.detail, HasSubstr("A (tpr: 10 units)"));
}

TEST(BiasGroups, AWeightedRateIsNotShownAsAShareOfRows) {
  ScoreTable table = table_by({{"A", 400, 100}, {"B", 390, 110}});
  for (std::size_t row = 0; row < table.rows.rows; ++row) table.rows.weight.push_back(row % 3 == 0 ? 2.0 : 0.5);
  const CheckResult result = judge_one(opportunity(), table);
  EXPECT_FALSE(result.groups.at(0).events);
  EXPECT_THAT(result.detail, HasSubstr("(of 500 positive rows)"));
  EXPECT_THAT(result.method, HasSubstr("linearised t"));
}

TEST(BiasGroups, AgreementEverywhereInClustersIsNoCertainty) {
  ScoreTable table = table_by({{"A", 60, 0}, {"B", 60, 0}});
  table.rows.cluster.name = "user";
  for (std::uint32_t row = 0; row < table.rows.rows; ++row) table.rows.cluster.codes.push_back(row / 2);
  table.rows.cluster.keys.resize(60);
  const CheckResult result = judge_one(opportunity(0.05), table);
  ASSERT_TRUE(result.candidate.interval);
  EXPECT_GT(result.candidate.interval->high, 0.05);  // 30 users a group without a miss
  EXPECT_FALSE(proven(result));
}

TEST(BiasGroups, ConstantLabelsLeaveTheOtherRateNotAssessable) {
  const CheckResult result = judge_one(bias("equalized_odds_difference", LimitWord::max, 0.1, {"sex"}),
                                       table_by({{"A", 90, 10}, {"B", 90, 10}}));
  EXPECT_EQ(result.outcome, Outcome::not_assessable);
  EXPECT_THAT(result.detail, HasSubstr("A (fpr: 0)"));
}

TEST(BiasGroups, ConstantDecisionsHaveNoGapAndNoRatio) {
  const ScoreTable none = table_by({{"A", 0, 500, 500}, {"B", 0, 500, 500}});
  EXPECT_EQ(decided(opportunity(), none), Outcome::pass);
  EXPECT_EQ(decided(bias("equal_opportunity_ratio", LimitWord::min, 0.8, {"sex"}), none), Outcome::not_assessable);
  EXPECT_EQ(decided(bias("predictive_parity_difference", LimitWord::max, 0.1, {"sex"}), none), Outcome::not_assessable);
}

}  // namespace
}  // namespace modelgate
