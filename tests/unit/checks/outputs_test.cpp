// SPDX-License-Identifier: Apache-2.0
// Outputs beside outputs: of two models (parity), of one model asked again (determinism).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <initializer_list>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "gate/core/measured.hpp"
#include "gate/verdict/decide.hpp"
#include "table_builder.hpp"

namespace modelgate {
namespace {

using testing::HasSubstr;
using testing::Not;

PlannedCheck parity(const std::string& metric, double max, SameWithin tolerance = {}) {
  PlannedCheck check = planned(Family::parity, metric, LimitWord::max, max);
  check.tolerance = tolerance;
  return check;
}

/// 40 rows, of which some scores of the candidate are moved.
ScoreTable moved(std::initializer_list<std::pair<std::size_t, double>> moves) {
  std::vector<double> production(40);
  for (std::size_t row = 0; row < production.size(); ++row) production[row] = static_cast<double>(row) / 64;
  std::vector<double> candidate = production;
  for (const auto& [row, by] : moves) candidate[row] += by;
  return table_of(std::vector<std::int32_t>(40, 0), candidate, production);
}

bool fails(const CheckResult& result) {
  return result.outcome == Outcome::inconclusive && result.parts.size() == 1 && result.parts[0].p_fail == 0.0;
}

TEST(Parity, OfEqualOutputsIsZeroInEveryMetric) {
  for (const char* metric : {"max_abs_difference", "mean_abs_difference", "mismatched_rows", "decision_flips"}) {
    const CheckResult result = judge_one(parity(metric, 0.0), moved({}));
    EXPECT_TRUE(proven(result)) << metric << result.detail;
    EXPECT_EQ(result.candidate.value, 0.0) << metric;
    EXPECT_EQ(result.rows, 40U);
    EXPECT_EQ(result.method, exact_rows_method);
    EXPECT_FALSE(result.candidate.interval);
    EXPECT_THAT(result.detail, HasSubstr("No row of 40")) << metric;
  }
}

TEST(Parity, TellsTheLargestTheMeanAndTheShare) {
  const ScoreTable table = moved({{3, 0.25}, {7, -0.5}});
  const CheckResult largest = judge_one(parity("max_abs_difference", 0.5), table);
  EXPECT_TRUE(proven(largest));
  EXPECT_DOUBLE_EQ(*largest.candidate.value, 0.5);
  EXPECT_EQ(largest.detail, "2 of 40 rows differ. Most of all row 8 by 0.5, row 4 by 0.25.");
  EXPECT_TRUE(fails(judge_one(parity("max_abs_difference", 0.49), table)));
  const CheckResult mean = judge_one(parity("mean_abs_difference", 0.01), table);
  EXPECT_TRUE(fails(mean));
  EXPECT_NEAR(*mean.candidate.value, 0.75 / 40, 1e-15);
  const CheckResult share = judge_one(parity("mismatched_rows", 0.05), table);
  EXPECT_TRUE(proven(share)) << "a share at the limit keeps it";
  EXPECT_DOUBLE_EQ(*share.candidate.value, 0.05);
}

TEST(Parity, AllowsNoSlackBesideZero) {
  EXPECT_TRUE(fails(judge_one(parity("max_abs_difference", 0.0), moved({{0, 1e-14}}))));
  EXPECT_TRUE(fails(judge_one(parity("mismatched_rows", 0.0), moved({{0, 1e-300}}))));
}

TEST(Parity, WhatIsWithinTheToleranceIsTheSame) {
  const ScoreTable table = moved({{3, 1e-7}, {7, 1e-3}});
  const CheckResult share = judge_one(parity("mismatched_rows", 0.0, {1e-6}), table);
  EXPECT_TRUE(fails(share));
  EXPECT_EQ(share.detail, "1 of 40 rows differ by more than 1e-06. Most of all row 8 by 0.001.");
  EXPECT_TRUE(proven(judge_one(parity("mismatched_rows", 0.0, {1e-2}), table)));
}

TEST(Parity, TheLargerOfBothTolerancesHolds) {
  const ScoreTable table = moved({{1, 1e-4}, {32, 1e-3}});  // of 1/64 and of 0.5
  const CheckResult absolute = judge_one(parity("mismatched_rows", 0.0, {2e-4}), table);
  EXPECT_EQ(absolute.detail, "1 of 40 rows differ by more than 0.0002. Most of all row 33 by 0.001.");
  const CheckResult relative = judge_one(parity("mismatched_rows", 0.0, {.relative = 0.003}), table);
  EXPECT_EQ(relative.detail, "1 of 40 rows differ by more than 0.003 of the number. Most of all row 2 by 0.0001.");
  EXPECT_TRUE(proven(judge_one(parity("mismatched_rows", 0.0, {2e-4, 0.003}), table)));
  const CheckResult both = judge_one(parity("mismatched_rows", 0.0, {2e-5, 2e-5}), table);
  EXPECT_THAT(both.detail, HasSubstr("2 of 40 rows differ by more than 2e-05 and 2e-05 of the number."));
  EXPECT_TRUE(fails(judge_one(parity("mismatched_rows", 0.0, {.relative = 1.0}), moved({{0, 1e-9}, {2, -1.0}}))))
      << "numbers of unlike sign";
}

TEST(Parity, ZeroAndMinusZeroAreTheSame) {
  ScoreTable table = moved({});
  std::get<std::vector<double>>(table.models[0].scores)[0] = -0.0;
  EXPECT_TRUE(proven(judge_one(parity("mismatched_rows", 0.0), table)));
}

TEST(Parity, ATinyShareIsNotShownAsNone) {
  std::vector<double> production(100'000, 0.25);
  std::vector<double> candidate = production;
  candidate[5] = 0.26;
  const ScoreTable table = table_of(std::vector<std::int32_t>(100'000, 0), candidate, production);
  Plan plan;
  plan.checks = {parity("mismatched_rows", 0.0)};
  const Verdict verdict = decide(plan, judge(plan.checks[0], table));
  EXPECT_EQ(verdict.checks.at(0).outcome, Outcome::fail);
  EXPECT_THAT(verdict.checks[0].message, HasSubstr("mismatched_rows 0.00001000: beyond the allowed 0.0000."));
  EXPECT_EQ(verdict.exit_code, ExitCode::block);
}

TEST(Parity, CountsFlipsInBothDirectionsWithEachModelsThreshold) {
  ScoreTable table = table_of({0, 0, 0, 0}, {0.6, 0.4, 0.2, 0.9}, {0.4, 0.6, 0.1, 0.8});
  const CheckResult result = judge_one(parity("decision_flips", 0.25), table);
  EXPECT_TRUE(fails(result));
  EXPECT_DOUBLE_EQ(*result.candidate.value, 0.5);
  EXPECT_EQ(result.detail, "2 of 4 rows are decided differently. They are row 1, row 2.");
  table.models[0].positive_threshold = 0.95;
  EXPECT_DOUBLE_EQ(*judge_one(parity("decision_flips", 0.25), table).candidate.value, 0.5);  // rows 2 and 4
}

TEST(Parity, OfClassesIsOfDecisions) {
  const ScoreTable table = table_of({{0, 1, 1, 6}, {1, 0, 1, 2}});
  EXPECT_DOUBLE_EQ(*judge_one(parity("mismatched_rows", 1.0), table).candidate.value, 0.25);
  EXPECT_DOUBLE_EQ(*judge_one(parity("decision_flips", 1.0), table).candidate.value, 0.25);
}

TEST(Parity, OfSeveralLabelsLooksAtEach) {
  const ScoreTable table =
      multilabel_of({"cat", "dog"}, {0, 0, 0, 0, 0, 0}, {0.1, 0.9, 0.4, 0.4, 0.2, 0.2}, {0.1, 0.9, 0.4, 0.6, 0.2, 0.3});
  EXPECT_NEAR(*judge_one(parity("max_abs_difference", 1.0), table).candidate.value, 0.2, 1e-15);
  EXPECT_NEAR(*judge_one(parity("mean_abs_difference", 1.0), table).candidate.value, 0.3 / 6, 1e-15);
  EXPECT_NEAR(*judge_one(parity("mismatched_rows", 1.0), table).candidate.value, 2.0 / 3, 1e-15);
  EXPECT_NEAR(*judge_one(parity("decision_flips", 1.0), table).candidate.value, 1.0 / 3, 1e-15);
}

TEST(Parity, NeedsNoLabels) {
  ScoreTable table = moved({{3, 0.5}});
  table.rows.label_class.clear();
  for (const char* metric : {"max_abs_difference", "mismatched_rows", "decision_flips"})
    EXPECT_TRUE(fails(judge_one(parity(metric, 0.0), table))) << metric;
}

TEST(Parity, IsJudgedInEverySlice) {
  ScoreTable table = moved({{3, 0.25}});
  std::vector<std::string> sites(40, "north");
  for (std::size_t row = 20; row < 40; ++row) sites[row] = "south";
  add_column(table, "site", sites);
  const auto results = judge(sliced(parity("mismatched_rows", 0.0), {"site"}), table);
  ASSERT_EQ(results.size(), 2U);
  EXPECT_TRUE(fails(results[0]));
  EXPECT_DOUBLE_EQ(*results[0].candidate.value, 0.05);
  EXPECT_TRUE(proven(results[1]));
  EXPECT_EQ(results[1].id, "parity.mismatched_rows.max.site=south");
}

TEST(Parity, OfSinglePrecisionBesideDoubleIsExact) {
  ScoreTable table = table_of({0, 0}, {0.1, 0.5}, {0.1, 0.5});
  table.models[0].scores = std::vector<float>{0.1F, 0.5F};
  const CheckResult result = judge_one(parity("max_abs_difference", 1.0), table);
  EXPECT_DOUBLE_EQ(*result.candidate.value, std::abs(static_cast<double>(0.1F) - 0.1));
}

TEST(Parity, OfOutputsThatCannotBeComparedIsAnError) {
  ScoreTable kinds = moved({});
  kinds.models[0].kind = OutputKind::score;
  const CheckResult other = judge_one(parity("max_abs_difference", 1.0), kinds);
  EXPECT_EQ(other.outcome, Outcome::error);
  EXPECT_EQ(other.reason, Reason::wrong_shape);
  EXPECT_EQ(other.detail, "The candidate puts out scores and production probabilities, which cannot be compared.");
  ScoreTable widths = moved({});
  widths.models[1].width = 2;
  EXPECT_EQ(judge_one(parity("mismatched_rows", 1.0), widths).reason, Reason::wrong_shape);
  ScoreTable absent = moved({});
  absent.models[1].present = false;
  EXPECT_EQ(judge_one(parity("mismatched_rows", 1.0), absent).reason, Reason::no_baseline);
}

TEST(Parity, OfNoNumberIsAnErrorOfEitherModel) {
  for (const std::size_t side : {0U, 1U}) {
    ScoreTable table = moved({});
    std::get<std::vector<double>>(table.models[side].scores)[9] = std::nan("");
    const CheckResult result = judge_one(parity("mismatched_rows", 1.0), table);
    EXPECT_EQ(result.outcome, Outcome::error) << side;
    EXPECT_EQ(result.reason, Reason::non_finite) << side;
  }
}

TEST(Parity, ALimitThatIsNoNumberNeverPasses) {
  EXPECT_FALSE(proven(judge_one(parity("max_abs_difference", std::nan("")), moved({}))));
}

TEST(Parity, OfNumbersTooFarApartToSubtractIsAFail) {
  constexpr double most = std::numeric_limits<double>::max();
  const ScoreTable table = regression_of({0, 0}, {most, 0}, {-most, 0});
  const CheckResult result = judge_one(parity("max_abs_difference", most), table);
  EXPECT_TRUE(fails(result));
  EXPECT_FALSE(result.candidate.value);
}

TEST(Parity, NamesTheRowsFurthestApart) {
  ScoreTable table = moved({{30, 0.375}});
  for (double& score : std::get<std::vector<double>>(table.models[0].scores)) score += 0.125;
  const CheckResult result = judge_one(parity("max_abs_difference", 1.0), table);
  EXPECT_THAT(result.detail, HasSubstr("40 of 40 rows differ. Most of all row 31 by 0.5, row 1 by 0.125, "));
  EXPECT_THAT(result.detail, HasSubstr("row 4 by 0.125 and 35 more."));
  ASSERT_EQ(result.changed_rows.size(), most_named_rows);
  EXPECT_EQ(result.changed_rows[0].row, 30U);
  EXPECT_EQ(result.changed_rows[19].row, 18U);
}

// determinism

PlannedCheck repeats(double max = 0.0, SameWithin tolerance = {}) {
  PlannedCheck check = planned(Family::determinism, "mismatched_rows", LimitWord::max, max);
  check.tolerance = tolerance;
  return check;
}

RepeatedOutputs asked_again(std::vector<ChangedRow> changed = {}, std::size_t rows = 40) {
  RepeatedOutputs repeated{.answers = 9, .fresh_answers = 1, .rows = rows};
  for (const ChangedRow& row : changed) repeated.differences.push_back(row.difference);
  repeated.most = std::move(changed);
  return repeated;
}

CheckResult judged(const PlannedCheck& check, ScoreTable table, ModelSource source = ModelSource::live) {
  Plan plan;
  for (ModelSpec& model : plan.models) model.source = source;
  return judge_one(check, table, plan);
}

/// Each model's answers, held to the exact tolerance and to 1e-6.
ScoreTable with_repeats(const std::optional<RepeatedOutputs>& candidate,
                        const std::optional<RepeatedOutputs>& production = {}) {
  ScoreTable table = moved({});
  for (const Role role : both_roles) {
    const auto& found = role == Role::candidate ? candidate : production;
    if (!found) continue;
    RepeatedOutputs close = *found;
    close.same = {1e-6};
    std::erase_if(close.differences, [](double difference) { return difference <= 1e-6; });
    std::erase_if(close.most, [](const ChangedRow& row) { return row.difference <= 1e-6; });
    table.repeated[index_of(role)] = {*found, close};
  }
  return table;
}

TEST(Determinism, OfAModelThatRepeatsItselfPasses) {
  const CheckResult result = judged(repeats(), with_repeats(asked_again(), asked_again()));
  EXPECT_TRUE(proven(result)) << result.detail;
  EXPECT_EQ(result.candidate.value, 0.0);
  EXPECT_EQ(result.production.value, 0.0);
  EXPECT_EQ(result.detail,
            "All golden rows were given again, to the same worker and, while its time lasted, to a second one. No row "
            "of 40 changes.");
}

TEST(Determinism, NamesTheRowsThatChange) {
  const CheckResult result = judged(repeats(), with_repeats(asked_again({{16, 0.5, 6}, {2, 0.25, 7}}, 20)));
  EXPECT_TRUE(fails(result));
  EXPECT_DOUBLE_EQ(*result.candidate.value, 0.1);
  EXPECT_EQ(result.rows, 20U);
  EXPECT_EQ(
      result.detail,
      "20 of 40 golden rows were given again, to the same worker and, while its time lasted, to a second one. 2 of 20 "
      "rows change. Most of "
      "all row 17 by 0.5 in its answer 6, row 3 by 0.25 in its answer 7. Look for state that it keeps, dropout left on "
      "(model.eval()), or memory that it reads before writing.");
}

TEST(Determinism, WhatIsWithinTheToleranceIsTheSame) {
  const ScoreTable table = with_repeats(asked_again({{16, 0.5, 6}, {2, 1e-7, 7}}));
  const CheckResult some = judged(repeats(0.0, {1e-6}), table);
  EXPECT_TRUE(fails(some));
  EXPECT_THAT(some.detail, HasSubstr("1 of 40 rows change by more than 1e-06. Most of all row 17 by 0.5"));
  ASSERT_EQ(some.changed_rows.size(), 1U);
  EXPECT_EQ(some.changed_rows[0].answer, 6U);
  const CheckResult none = judged(repeats(0.0, {1e-6}), with_repeats(asked_again({{2, 1e-7, 7}})));
  EXPECT_TRUE(proven(none));
  EXPECT_THAT(none.detail, HasSubstr("No row of 40 changes by more than 1e-06; the most by 1e-07."));
}

TEST(Determinism, ANumberThatBecameNoneIsToldSo) {
  const double infinite = std::numeric_limits<double>::infinity();
  const CheckResult result = judged(repeats(0.0, {1e-6}), with_repeats(asked_again({{0, infinite, 2}})));
  EXPECT_TRUE(fails(result));
  EXPECT_THAT(result.detail, HasSubstr("row 1 to or from no finite number in its answer 2."));
}

TEST(Determinism, HeldToAToleranceThatNobodyAskedForIsAnError) {
  EXPECT_EQ(judged(repeats(0.0, {0.25}), with_repeats(asked_again())).outcome, Outcome::error);
}

TEST(Determinism, ToldOfProductionWithoutJudgingIt) {
  const CheckResult result = judged(repeats(), with_repeats(asked_again(), asked_again({{4, 0.5, 3}})));
  EXPECT_TRUE(proven(result));
  EXPECT_DOUBLE_EQ(*result.production.value, 0.025);
  EXPECT_THAT(result.detail, HasSubstr("Of production: 1 of 40 rows change."));
}

TEST(Determinism, ToldWhyProductionCouldNotBeAskedAgain) {
  RepeatedOutputs broken = asked_again();
  broken.error = Error{ErrorKind::model, Reason::model_crashed, "production: the worker died.\n\nat line 3"};
  const CheckResult result = judged(repeats(), with_repeats(asked_again(), broken));
  EXPECT_TRUE(proven(result));
  EXPECT_FALSE(result.production.value);
  EXPECT_THAT(result.detail, testing::EndsWith("Production could not be asked again. production: the worker died."));
}

TEST(Determinism, OfRecordedPredictionsCannotBeKnown) {
  const CheckResult result = judged(repeats(), moved({}), ModelSource::recorded);
  EXPECT_EQ(result.outcome, Outcome::not_assessable);
  EXPECT_THAT(result.detail, HasSubstr("Recorded predictions hold each answer once"));
}

TEST(Determinism, OfAModelThatWasNotAskedAgainIsAnError) {
  EXPECT_EQ(judged(repeats(), moved({})).outcome, Outcome::error);
  RepeatedOutputs broken = asked_again();
  broken.error = Error{ErrorKind::model, Reason::model_crashed, "candidate: the worker died."};
  const CheckResult result = judged(repeats(), with_repeats(broken));
  EXPECT_EQ(result.reason, Reason::model_crashed);
  EXPECT_EQ(judged(repeats(), with_repeats(asked_again({}, 0))).outcome, Outcome::error);
}

TEST(Determinism, OfTooFewAnswersIsNoPassButAChangeIsAFail) {
  RepeatedOutputs few = asked_again();
  few.answers = 4;
  EXPECT_EQ(judged(repeats(), with_repeats(few)).outcome, Outcome::not_assessable);
  RepeatedOutputs alone = asked_again();
  alone.answers = 8;
  alone.fresh_answers = 0;
  EXPECT_EQ(judged(repeats(), with_repeats(alone)).outcome, Outcome::not_assessable);
  RepeatedOutputs changed = asked_again({{4, 0.5, 3}});
  changed.answers = 4;
  EXPECT_TRUE(fails(judged(repeats(), with_repeats(changed))));
}

TEST(Outputs, TakeNothingOfTheErrorBudget) {
  const ScoreTable table = with_repeats(asked_again({{4, 0.5, 3}}));
  Plan plan;
  plan.models[0].source = ModelSource::live;
  plan.checks = {repeats(), parity("mismatched_rows", 0.0)};
  std::vector<CheckResult> results;
  for (const PlannedCheck& check : plan.checks) results.push_back(judge_one(check, table, plan));
  CheckResult beside = results[0];
  beside.planned = accuracy("recall", LimitWord::min, 0.5);
  beside.parts[0].p_fail = 0.04;
  results.push_back(beside);
  const Verdict verdict = decide(plan, results);
  EXPECT_EQ(verdict.checks[0].outcome, Outcome::fail);
  EXPECT_EQ(verdict.checks[1].outcome, Outcome::pass);
  EXPECT_EQ(verdict.checks[2].outcome, Outcome::fail) << "0.04 alone is below 0.05";
  EXPECT_DOUBLE_EQ(verdict.checks[2].parts[0].p_adjusted, 0.04);
}

}  // namespace
}  // namespace modelgate
