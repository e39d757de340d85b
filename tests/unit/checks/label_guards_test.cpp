// SPDX-License-Identifier: Apache-2.0
// What metrics of decisions say where the data cannot answer, and where few rows speak.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "table_builder.hpp"

namespace modelgate {
namespace {

using testing::HasSubstr;

ScoreTable classes_of(const std::vector<RowsOf>& cells) {
  ScoreTable table = table_of(cells);
  table.task = Task::multiclass;
  table.rows.class_names = {"ant", "bee", "cat"};
  return table;
}

/// Two labels over `rows` rows, "often" on every second, "seldom" on the first `seldom`; both models are right but for
/// the candidate's first `wrong` decisions on "often".
ScoreTable labels_of(std::size_t rows, std::size_t seldom, std::size_t wrong = 0) {
  std::vector<std::uint8_t> bits;
  for (std::size_t row = 0; row < rows; ++row) bits.insert(bits.end(), {row % 2 == 0, row < seldom});
  std::vector<double> right(bits.begin(), bits.end());
  std::vector<double> candidate = right;
  for (std::size_t row = 0; row < wrong; ++row) candidate[2 * row] = 1.0 - candidate[2 * row];
  return multilabel_of({"often", "seldom"}, std::move(bits), std::move(candidate), std::move(right));
}

Plan costly(double false_positive, double false_negative) {
  Plan plan;
  plan.costs = CostSpec{false_positive, false_negative, {}};
  return plan;
}

void expect_not_assessable(const CheckResult& result, Reason reason, const std::string& words) {
  EXPECT_EQ(result.outcome, Outcome::not_assessable) << result.planned.metric << result.detail;
  EXPECT_EQ(result.reason, reason) << result.planned.metric << result.detail;
  EXPECT_TRUE(result.parts.empty()) << result.planned.metric;
  EXPECT_THAT(result.detail, HasSubstr(words)) << result.planned.metric;
}

const PlannedCheck flip_budget = accuracy("negative_flips", LimitWord::max, 0.01);

TEST(LabelGuards, ConstantLabelsDefineNoAgreement) {
  for (const char* metric : {"matthews_corrcoef", "cohen_kappa"}) {
    const CheckResult result = judge_one(accuracy(metric, LimitWord::max_regression, 0.05),
                                         table_of({{1, 1, 1, 80}, {1, 0, 1, 10}, {1, 1, 0, 10}}));
    expect_not_assessable(result, Reason::undefined, "denominator");
  }
}

TEST(LabelGuards, AModelThatAlwaysSaysTheSameHasNoCorrelationAndKappaZero) {
  const ScoreTable table = table_of({{1, 1, 1, 80}, {0, 1, 0, 80}});
  expect_not_assessable(judge_one(accuracy("matthews_corrcoef", LimitWord::min, 0.1), table), Reason::undefined,
                        "denominator");
  const CheckResult kappa = judge_one(accuracy("cohen_kappa", LimitWord::min, 0.1), table);
  EXPECT_DOUBLE_EQ(kappa.candidate.value.value(), 0.0);
  EXPECT_LT(kappa.parts.at(0).p_fail, 0.01);
}

TEST(LabelGuards, OneClassAloneLeavesWeightedAveragesUndefined) {
  for (const char* metric : {"precision_weighted", "f1_weighted"})
    expect_not_assessable(
        judge_one(accuracy(metric, LimitWord::max_regression, 0.05), classes_of({{1, 1, 1, 90}, {1, 2, 1, 10}})),
        Reason::undefined, "denominator");
}

TEST(LabelGuards, AClassNeverDecidedForLeavesWeightedPrecisionUndefined) {
  const ScoreTable table = classes_of({{0, 0, 0, 50}, {1, 1, 1, 50}, {2, 1, 2, 20}});
  expect_not_assessable(judge_one(accuracy("precision_weighted", LimitWord::min, 0.5), table), Reason::undefined,
                        "denominator");
  EXPECT_EQ(judge_one(accuracy("f1_weighted", LimitWord::min, 0.5), table).parts.size(), 1U);
}

TEST(LabelGuards, AnAbsentClassInASliceIsNotAssessableForThatClass) {
  ScoreTable table = classes_of({{0, 0, 0, 40}, {1, 1, 1, 40}, {0, 0, 0, 30}, {2, 2, 2, 30}});
  std::vector<std::string> region(80, "north");
  region.resize(140, "south");
  add_column(table, "region", region);
  for (const char* metric : {"recall", "precision", "f1"}) {
    PlannedCheck bees = sliced(accuracy(metric, LimitWord::max_regression, 0.2), {"region"});
    bees.klass = "bee";
    const std::vector<CheckResult> results = judge(bees, table);
    ASSERT_EQ(results.size(), 2U);
    EXPECT_EQ(results[0].parts.size(), 1U) << metric << results[0].detail;
    EXPECT_EQ(results[1].outcome, Outcome::not_assessable) << metric;
    EXPECT_EQ(results[1].reason, Reason::undefined) << metric;
  }
}

TEST(LabelGuards, FlipsNeedAProductionModelAlthoughTheirLimitIsAbsolute) {
  ScoreTable table = table_of({{1, 1, 1, 300}, {0, 0, 0, 300}});
  table.models[1].error = Error{ErrorKind::model, Reason::timeout, "Production took too long."};
  const CheckResult result = judge_one(flip_budget, table);
  EXPECT_EQ(result.outcome, Outcome::error);
  EXPECT_EQ(result.reason, Reason::timeout);
  table.models[1] = {};
  EXPECT_EQ(judge_one(flip_budget, table).outcome, Outcome::error);
}

TEST(LabelGuards, FlipsAreJudgedByTheUpperEndOfTheirShare) {
  EXPECT_FALSE(proven(judge_one(flip_budget, table_of({{1, 1, 1, 100}, {0, 0, 0, 100}}))));  // 268 rows are needed
  const CheckResult none = judge_one(flip_budget, table_of({{1, 1, 1, 200}, {0, 0, 0, 200}}));
  EXPECT_TRUE(proven(none));
  EXPECT_FALSE(none.production.value || none.difference.value);
  const CheckResult many = judge_one(flip_budget, table_of({{1, 0, 1, 30}, {0, 0, 1, 40}, {0, 0, 0, 330}}));
  EXPECT_DOUBLE_EQ(many.candidate.value.value(), 30.0 / 400);  // accuracy rose, flips still count
  EXPECT_LT(many.parts.at(0).p_fail, 1e-6);
  EXPECT_EQ(many.flips->right_to_wrong, 30U);
  EXPECT_EQ(many.flips->wrong_to_right, 40U);
}

TEST(LabelGuards, TopKCountsLaterClassesFirstAmongEqualScores) {
  ScoreTable table = table_of({0, 1, 2, 2}, {.4, .4, .2, .1, .8, .1, .5, .3, .2, .2, .6, .2},
                              {.4, .4, .2, .1, .8, .1, .5, .3, .2, .2, .6, .2});
  table.task = Task::multiclass;
  for (Predictions& model : table.models) model.width = 3;
  PlannedCheck first = accuracy("top_k_accuracy", LimitWord::min, 0.1);
  first.parameter = 1;
  EXPECT_DOUBLE_EQ(judge_one(first, table).candidate.value.value(), 0.25);  // row 1 ties: class 1 goes first
  first.parameter = 2;
  EXPECT_DOUBLE_EQ(judge_one(first, table).candidate.value.value(), 0.75);
  first.parameter = 3;
  expect_not_assessable(judge_one(first, table), Reason::undefined, "ask for fewer");
  first.parameter = 0;
  EXPECT_EQ(judge_one(first, table).outcome, Outcome::error);
}

TEST(LabelGuards, TopKOfAModelThatPutsOutClassesIsAnError) {
  PlannedCheck check = accuracy("top_k_accuracy", LimitWord::min, 0.1);
  check.parameter = 2;
  EXPECT_EQ(judge_one(check, classes_of({{0, 0, 0, 50}, {1, 1, 1, 50}})).outcome, Outcome::error);
}

TEST(LabelGuards, CostsThatAreMissingOrSenselessAreAnError) {
  const PlannedCheck check = accuracy("expected_cost", LimitWord::max_regression, 0.05);
  const ScoreTable table = table_of({{1, 1, 1, 100}, {1, 0, 1, 20}, {0, 0, 0, 100}});
  EXPECT_EQ(judge_one(check, table).outcome, Outcome::error);
  EXPECT_THAT(judge_one(check, table).detail, HasSubstr("costs"));
  EXPECT_EQ(judge_one(check, table, costly(0.0, 0.0)).outcome, Outcome::error);
  EXPECT_EQ(judge_one(check, table, costly(-1.0, 2.0)).outcome, Outcome::error);
  EXPECT_EQ(judge_one(check, table, costly(std::nan(""), 2.0)).outcome, Outcome::error);
  Plan wide = costly(1.0, 1.0);
  wide.costs->matrix = {{0, 1}, {1, 0}};
  EXPECT_EQ(judge_one(check, classes_of({{2, 2, 2, 60}, {0, 0, 0, 60}}), wide).outcome, Outcome::error);
}

TEST(LabelGuards, CostsOfModelsThatAgreeEverywhereAreBoundedByTheDearestMistake) {
  const PlannedCheck check = accuracy("expected_cost", LimitWord::max_regression, 0.05);
  const auto agree = [](std::size_t n) { return table_of({{1, 1, 1, n / 2}, {1, 0, 0, n / 4}, {0, 0, 0, n / 4}}); };
  EXPECT_FALSE(proven(judge_one(check, agree(400), costly(1.0, 10.0))));  // 2.71·(1 − m)/m rows, m = 0.005: 538
  EXPECT_TRUE(proven(judge_one(check, agree(560), costly(1.0, 10.0))));
  EXPECT_TRUE(proven(judge_one(check, agree(80), costly(1.0, 1.0))));
}

TEST(LabelGuards, FewRowsThatDifferNeverFailAndHardlyPass) {
  const PlannedCheck check = accuracy("expected_cost", LimitWord::max_regression, 0.02);
  const CheckResult result =
      judge_one(check, table_of({{1, 1, 1, 400}, {0, 0, 0, 400}, {1, 0, 1, 6}}), costly(1.0, 1.0));
  EXPECT_DOUBLE_EQ(result.parts.at(0).discordant.value(), 6.0);
  EXPECT_TRUE(proven(result));
  EXPECT_GT(result.difference.interval->high, 6.0 / 806 * 1.9);  // t would stop at 1.67 times the estimate
}

TEST(LabelGuards, ALabelWithTooFewRowsIsNamed) {
  for (const char* metric : {"f1_macro", "precision_macro", "recall_macro", "roc_auc_macro"}) {
    const PlannedCheck check = accuracy(metric, LimitWord::max_regression, 0.3);
    expect_not_assessable(judge_one(check, labels_of(200, 12)), Reason::too_few_events, "\"seldom\"");
    expect_not_assessable(judge_one(check, labels_of(200, 0)), Reason::too_few_events, "\"seldom\"");
    const CheckResult enough = judge_one(check, labels_of(200, 60, 12));
    EXPECT_EQ(enough.parts.size(), 1U) << metric << enough.detail;
  }
  EXPECT_EQ(judge_one(accuracy("f1_micro", LimitWord::max_regression, 0.3), labels_of(200, 0)).parts.size(), 1U);
  expect_not_assessable(judge_one(accuracy("roc_auc_macro", LimitWord::min, 0.3), labels_of(200, 190)),
                        Reason::too_few_events, "\"seldom\"");
}

TEST(LabelGuards, LabelsThatNobodySetsLeaveMicroF1Undefined) {
  ScoreTable table = multilabel_of({"a", "b"}, std::vector<std::uint8_t>(80, 0), std::vector<double>(80, 0.0),
                                   std::vector<double>(80, 0.0));
  expect_not_assessable(judge_one(accuracy("f1_micro", LimitWord::min, 0.1), table), Reason::undefined, "no value");
  EXPECT_EQ(judge_one(accuracy("hamming_loss", LimitWord::max, 0.2), table).parts.size(), 1U);
}

TEST(LabelGuards, MultilabelModelsThatAgreeEverywhereNeedRowsForTheMargin) {
  for (const char* metric : {"subset_accuracy", "hamming_loss", "f1_micro", "f1_macro", "precision_macro",
                             "recall_macro", "roc_auc_macro"}) {
    const PlannedCheck check = accuracy(metric, LimitWord::max_regression, 0.01);
    const CheckResult few = judge_one(check, labels_of(60, 30));
    EXPECT_FALSE(proven(few)) << metric;
    EXPECT_EQ(few.parts.size(), 1U) << metric << few.detail;
    EXPECT_TRUE(proven(judge_one(check, labels_of(4000, 2000)))) << metric;
  }
}

TEST(LabelGuards, AWorseMultilabelCandidateFailsEveryAverage) {
  for (const char* metric :
       {"subset_accuracy", "hamming_loss", "f1_micro", "f1_macro", "precision_macro", "recall_macro"}) {
    const CheckResult result = judge_one(accuracy(metric, LimitWord::max_regression, 0.02), labels_of(400, 200, 200));
    ASSERT_EQ(result.parts.size(), 1U) << metric << result.detail;
    EXPECT_LT(result.parts.at(0).p_fail, 1e-6) << metric;
    EXPECT_EQ(result.flips->right_to_wrong, 200U) << metric;
    EXPECT_EQ(result.flips->wrong_to_right, 0U) << metric;
  }
}

TEST(LabelGuards, FewRowsAreNoMean) {
  for (const char* metric : {"hamming_loss", "f1_micro"})
    expect_not_assessable(judge_one(accuracy(metric, LimitWord::max_regression, 0.1), labels_of(18, 9, 4)),
                          Reason::too_few_rows, "at least 20 rows");
}

TEST(LabelGuards, OneLabelIsJudgedAsABinaryTask) {
  PlannedCheck check = accuracy("recall", LimitWord::max_regression, 0.05);
  check.klass = "often";
  const CheckResult result = judge_one(check, labels_of(400, 100, 40));
  EXPECT_DOUBLE_EQ(result.candidate.value.value(), 0.9);
  EXPECT_EQ(result.method, "Tango score");
  EXPECT_EQ(result.planned.klass, "often");
  EXPECT_EQ(result.flips->right_to_wrong, 40U);
  check.klass = "never";
  EXPECT_EQ(judge_one(check, labels_of(400, 100)).outcome, Outcome::error);
  check.klass.clear();
  EXPECT_THAT(judge_one(check, labels_of(400, 100)).detail, HasSubstr("class: NAME"));
}

TEST(LabelGuards, OutputsThatDoNotCoverTheLabelsAreAnError) {
  ScoreTable table = labels_of(100, 50);
  std::get<std::vector<double>>(table.models[0].scores).pop_back();
  for (const char* metric : {"subset_accuracy", "hamming_loss", "f1_macro", "roc_auc_macro"})
    EXPECT_EQ(judge_one(accuracy(metric, LimitWord::max_regression, 0.1), table).outcome, Outcome::error) << metric;
  EXPECT_EQ(judge_one(flip_budget, table).outcome, Outcome::error);
}

TEST(LabelGuards, ANaNOfOneLabelSpoilsTheModelForAll) {
  ScoreTable table = labels_of(100, 50);
  std::get<std::vector<double>>(table.models[0].scores)[7] = std::nan("");
  PlannedCheck often = accuracy("recall", LimitWord::min, 0.1);
  often.klass = "often";
  for (const PlannedCheck& check : {often, accuracy("subset_accuracy", LimitWord::min, 0.1),
                                    accuracy("roc_auc_macro", LimitWord::max_regression, 0.1)})
    EXPECT_EQ(judge_one(check, table).reason, Reason::non_finite) << check.metric;
}

}  // namespace
}  // namespace modelgate
