// SPDX-License-Identifier: Apache-2.0
#include "checks/flips.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checks/check.hpp"
#include "tests/unit/checks/table_builder.hpp"

namespace modelgate {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Four right-to-wrong rows with label 1, two with label 0, one back, three unchanged.
ScoreTable table() {
  ScoreTable made = table_of({{1, 0, 1, 4}, {0, 1, 0, 2}, {1, 1, 0, 1}, {0, 0, 0, 3}});
  add_column(made, "region", {"n", "n", "n", "s", "s", "s", "n", "s", "s", "s"});
  add_column(made, "one", std::vector<std::string>(10, "same"));
  return made;
}

CheckResult blocked(const PlannedCheck& check) {
  CheckResult made;
  made.planned = check;
  made.outcome = Outcome::fail;
  made.blocking = true;
  return made;
}

Flips explained(const PlannedCheck& check, std::vector<std::pair<std::string, std::string>> slice = {},
                std::size_t suppress_below = 0) {
  std::vector<CheckResult> results{blocked(check)};
  results[0].slice = std::move(slice);
  explain_flips(table(), results, suppress_below);
  return results[0].flips.value_or(Flips{});
}

TEST(Flips, AreTheRowsThatProductionHadRight) { EXPECT_THAT(flipped_rows(table()), ElementsAre(0, 1, 2, 3, 4, 5)); }

TEST(Flips, NeedBothModels) {
  ScoreTable one = table();
  one.models[index_of(Role::production)].present = false;
  EXPECT_THAT(flipped_rows(one), IsEmpty());
  std::vector<CheckResult> results{blocked(accuracy("accuracy", LimitWord::max_regression, 0.01))};
  explain_flips(one, results, 0);
  EXPECT_FALSE(results[0].flips);
}

TEST(Flips, RankSlicesByWhatIsBeyondTheirShare) {
  const Flips flips = explained(accuracy("accuracy", LimitWord::max_regression, 0.01));
  EXPECT_EQ(flips.rows, 10U);
  EXPECT_EQ(flips.right_to_wrong, 6U);
  EXPECT_EQ(flips.wrong_to_right, 1U);
  ASSERT_EQ(flips.slices.size(), 1U) << "a column of one value, and a slice below its share, say nothing";
  EXPECT_EQ(flips.slices[0].value, "n");
  EXPECT_EQ(flips.slices[0].right_to_wrong, 3U);
  EXPECT_EQ(flips.slices[0].rows, 4U);
}

TEST(Flips, OfRecallAreThoseOfItsClass) {
  const Flips flips = explained(accuracy("recall", LimitWord::max_regression, 0.01));
  EXPECT_EQ(flips.rows, 5U);
  EXPECT_EQ(flips.right_to_wrong, 4U);
}

TEST(Flips, StayInTheirSlice) {
  const Flips flips = explained(accuracy("accuracy", LimitWord::max_regression, 0.01), {{"region", "s"}});
  EXPECT_EQ(flips.rows, 6U);
  EXPECT_EQ(flips.right_to_wrong, 3U);
  EXPECT_EQ(explained(accuracy("accuracy", LimitWord::max_regression, 0.01), {{"region", "x"}}).rows, 0U);
}

TEST(Flips, NameNoSliceAtTheOverallShare) {
  ScoreTable even = table_of({{1, 0, 1, 20}, {1, 1, 1, 80}});
  std::vector<std::string> halves;
  for (int row = 0; row < 100; ++row) halves.emplace_back(row % 20 < 10 ? "a" : "b");
  halves[10] = "a";  // one of the flips more than its share
  add_column(even, "half", halves);
  std::vector<CheckResult> results{blocked(accuracy("accuracy", LimitWord::max_regression, 0.01))};
  explain_flips(even, results, 0);
  ASSERT_TRUE(results[0].flips);
  EXPECT_EQ(results[0].flips->right_to_wrong, 20U);
  EXPECT_THAT(results[0].flips->slices, IsEmpty());
}

TEST(Flips, SuppressSmallSlices) {
  EXPECT_THAT(explained(accuracy("accuracy", LimitWord::max_regression, 0.01), {}, 4).slices, IsEmpty());
}

TEST(Flips, AreAskedOfBlockingDecisionsOnly) {
  std::vector<CheckResult> results{blocked(accuracy("accuracy", LimitWord::max_regression, 0.01)),
                                   blocked(accuracy("roc_auc", LimitWord::max_regression, 0.01)),
                                   blocked(accuracy("accuracy", LimitWord::max_regression, 0.01))};
  results[0].blocking = false;
  results[2].outcome = Outcome::not_assessable;
  explain_flips(table(), results, 0);
  for (const CheckResult& result : results) EXPECT_FALSE(result.flips);
}

TEST(Flips, OfSeveralLabelsNeedAllOfThemRight) {
  ScoreTable several;
  several.task = Task::multilabel;
  several.rows.rows = 3;
  several.rows.class_names = {"x", "y"};
  several.rows.label_bits = {1, 0, 1, 1, 0, 0};
  for (Predictions& model : several.models) {
    model.present = true;
    model.width = 2;
  }
  several.models[0].scores = std::vector<double>{0.9, 0.1, 0.9, 0.2, 0.1, 0.5};
  several.models[1].scores = std::vector<double>{0.9, 0.1, 0.9, 0.8, 0.1, 0.1};
  EXPECT_THAT(flipped_rows(several), ElementsAre(1, 2)) << "0.5 is at the threshold, so decided";
}

}  // namespace
}  // namespace modelgate
