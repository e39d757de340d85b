// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "gate/core/check_id.hpp"
#include "table_builder.hpp"

namespace modelgate {
namespace {

using testing::ElementsAre;

/// 100 rows of north (all right), 60 of south (candidate wrong on 30), 10 of west.
ScoreTable regions() {
  ScoreTable table = table_of({{1, 1, 1, 50}, {0, 0, 0, 50}, {1, 0, 1, 30}, {0, 0, 0, 30}, {1, 1, 1, 10}});
  std::vector<std::string> region(100, "north"), band;
  region.insert(region.end(), 60, "south");
  region.insert(region.end(), 10, "west");
  for (std::size_t row = 0; row < 170; ++row) band.push_back(row % 2 == 0 ? "18-29" : "30+");
  add_column(table, "region", region);
  add_column(table, "age_band", band);
  return table;
}

std::vector<std::string> ids(const std::vector<CheckResult>& results) {
  std::vector<std::string> all;
  for (const CheckResult& result : results) all.push_back(result.id);
  return all;
}

const PlannedCheck check = accuracy("accuracy", LimitWord::max_regression, 0.05);

TEST(Slices, OneResultAValueSortedBytewise) {
  const auto results = judge(sliced(check, {"region"}), regions());
  EXPECT_THAT(ids(results), ElementsAre("accuracy.accuracy.max_regression.region=north",
                                        "accuracy.accuracy.max_regression.region=south",
                                        "accuracy.accuracy.max_regression.region=west"));
  EXPECT_TRUE(proven(results[0]));
  EXPECT_EQ(results[0].rows, 100U);
  EXPECT_THAT(results[0].slice, ElementsAre(testing::Pair("region", "north")));
  EXPECT_LT(results[1].parts.at(0).p_fail, 1e-4);
  EXPECT_DOUBLE_EQ(*results[1].difference.value, -0.5);
}

TEST(Slices, SmallSlicesAreNotAssessable) {
  PlannedCheck small = sliced(check, {"region"});
  const auto results = judge(small, regions());
  EXPECT_EQ(results[2].outcome, Outcome::not_assessable);
  EXPECT_EQ(results[2].reason, Reason::too_few_rows);
  EXPECT_EQ(results[2].rows, 10U);
  small.min_rows = 10;
  EXPECT_NE(judge(small, regions())[2].outcome, Outcome::not_assessable);
}

TEST(Slices, DeclaredValuesAloneAreJudgedAndAbsentOnesAreNotAssessable) {
  const auto results = judge(sliced(check, {"region"}, {"south", "east"}), regions());
  EXPECT_THAT(ids(results), ElementsAre("accuracy.accuracy.max_regression.region=east",
                                        "accuracy.accuracy.max_regression.region=south"));
  EXPECT_EQ(results[0].outcome, Outcome::not_assessable);
  EXPECT_EQ(results[0].reason, Reason::absent_slice);
  EXPECT_TRUE(results[0].parts.empty());
}

TEST(Slices, ACrossingHasTheObservedPairs) {
  const auto results = judge(sliced(check, {"region", "age_band"}), regions());
  ASSERT_EQ(results.size(), 6U);
  EXPECT_EQ(results[0].id, "accuracy.accuracy.max_regression.region=north.age_band=18-29");
  EXPECT_EQ(results[3].id, "accuracy.accuracy.max_regression.region=south.age_band=30+");
  EXPECT_EQ(results[3].rows, 30U);
  EXPECT_THAT(results[3].slice, ElementsAre(testing::Pair("region", "south"), testing::Pair("age_band", "30+")));
}

TEST(Slices, UnseenPairsOfACrossingAreNoResults) {
  ScoreTable table = table_of({{1, 1, 1, 40}, {0, 0, 0, 40}});
  std::vector<std::string> a(40, "x"), b(40, "p");
  a.insert(a.end(), 40, "y");
  b.insert(b.end(), 40, "q");
  add_column(table, "a", a);
  add_column(table, "b", b);
  EXPECT_EQ(judge(sliced(check, {"a", "b"}), table).size(), 2U);
}

TEST(Slices, OddCharactersOfAValueLeaveTheIdSafe) {
  ScoreTable table = table_of({{1, 1, 1, 30}});
  add_column(table, "region", std::vector<std::string>(30, "São/Paulo"));
  const auto results = judge(sliced(check, {"region"}), table);
  EXPECT_EQ(results.at(0).id, check.base_id + ".region=" + id_text("São/Paulo"));
  EXPECT_TRUE(is_id_text(results.at(0).id));
  EXPECT_EQ(results.at(0).slice.at(0).second, "São/Paulo");
}

TEST(Slices, AnUnknownColumnIsAnErrorNotAnEmptyAnswer) {
  const auto results = judge(sliced(check, {"nowhere"}), regions());
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].outcome, Outcome::error);
  EXPECT_EQ(results[0].reason, Reason::data_invalid);
}

TEST(Slices, AColumnWithoutValuesIsNotAssessable) {
  ScoreTable table = regions();
  table.rows.categories[0].values.clear();
  std::ranges::fill(table.rows.categories[0].codes, std::uint16_t{0});
  const auto results = judge(sliced(check, {"region"}), table);
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].reason, Reason::absent_slice);
}

TEST(Slices, OneClassSlicesAreUndefinedForRecall) {
  ScoreTable table = table_of({{1, 1, 1, 50}, {0, 0, 0, 50}});
  std::vector<std::string> region(50, "positive");
  region.insert(region.end(), 50, "negative");
  add_column(table, "region", region);
  const auto results = judge(sliced(accuracy("recall", LimitWord::max_regression, 0.2), {"region"}), table);
  EXPECT_EQ(results.at(0).reason, Reason::undefined);
  EXPECT_EQ(results.at(0).outcome, Outcome::not_assessable);
  EXPECT_EQ(results.at(1).parts.size(), 1U);
}

TEST(Slices, EveryMetricAgreesWithATableOfTheSliceAlone) {
  std::vector<std::int32_t> labels;
  std::vector<double> candidate, production;
  std::vector<std::string> region;
  for (std::size_t row = 0; row < 900; ++row) {
    labels.push_back(row % 3 == 0 ? 1 : 0);
    candidate.push_back(static_cast<double>((row * 37 + labels.back() * 40) % 151) / 151.0);
    production.push_back(static_cast<double>((row * 59 + labels.back() * 50) % 157) / 157.0);
    region.push_back((row / 7) % 2 == 0 ? "a" : "b");
  }
  ScoreTable whole = table_of(labels, candidate, production);
  add_column(whole, "region", region);
  std::vector<std::int32_t> some_labels;
  std::vector<double> some_candidate, some_production;
  for (std::size_t row = 0; row < 900; ++row)
    if (region[row] == "b") {
      some_labels.push_back(labels[row]);
      some_candidate.push_back(candidate[row]);
      some_production.push_back(production[row]);
    }
  const ScoreTable alone = table_of(some_labels, some_candidate, some_production);
  for (const char* metric : {"accuracy", "recall", "specificity", "precision", "f1", "balanced_accuracy", "roc_auc",
                             "log_loss", "brier_score"}) {
    const PlannedCheck one = accuracy(metric, LimitWord::max_regression, 0.02);
    const CheckResult in_slice = judge(sliced(one, {"region"}), whole).at(1);
    const CheckResult by_itself = judge_one(one, alone);
    EXPECT_NEAR(*in_slice.difference.value, *by_itself.difference.value, 1e-12) << metric;
    EXPECT_NEAR(in_slice.difference.interval->low, by_itself.difference.interval->low, 1e-9) << metric;
    EXPECT_NEAR(in_slice.parts.at(0).p_fail, by_itself.parts.at(0).p_fail, 1e-9) << metric;
  }
}

}  // namespace
}  // namespace modelgate
