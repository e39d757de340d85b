// SPDX-License-Identifier: Apache-2.0
#include "checks/evaluate.hpp"

#include <gtest/gtest.h>

#include "checks/cache.hpp"
#include "table_builder.hpp"

namespace modelgate {
namespace {

ScoreTable table() {
  std::vector<std::int32_t> labels;
  std::vector<double> candidate, production;
  std::vector<std::string> sex;
  for (std::size_t row = 0; row < 600; ++row) {
    labels.push_back(row % 4 == 0 ? 1 : 0);
    candidate.push_back(static_cast<double>((row * 37 + labels.back() * 60) % 151) / 151.0);
    production.push_back(static_cast<double>((row * 41 + labels.back() * 60) % 157) / 157.0);
    sex.push_back(row % 3 == 0 ? "F" : "M");
  }
  ScoreTable made = table_of(labels, candidate, production);
  add_column(made, "sex", sex);
  return made;
}

Plan plan_of_everything() {
  Plan plan;
  for (const char* metric : {"accuracy", "f1", "roc_auc", "log_loss", "balanced_accuracy", "recall"}) {
    plan.checks.push_back(accuracy(metric, LimitWord::max_regression, 0.05));
    plan.checks.push_back(sliced(accuracy(metric, LimitWord::max_regression, 0.05), {"sex"}));
  }
  plan.checks.push_back(bias("equalized_odds_difference", LimitWord::max, 0.2, {"sex"}));
  return plan;
}

TEST(EvaluateAll, ThreadsDoNotShow) {
  const ScoreTable rows = table();
  const Plan plan = plan_of_everything();
  const auto one = evaluate_all(plan, Evidence{plan, &rows, nullptr, nullptr}, 1);
  const auto eight = evaluate_all(plan, Evidence{plan, &rows, nullptr, nullptr}, 8);
  ASSERT_EQ(one.size(), 6U * 3U + 1U);
  ASSERT_EQ(one.size(), eight.size());
  for (std::size_t at = 0; at < one.size(); ++at) {
    EXPECT_EQ(one[at].id, eight[at].id);
    EXPECT_EQ(one[at].candidate.value, eight[at].candidate.value);
    ASSERT_EQ(one[at].parts.size(), eight[at].parts.size());
    for (std::size_t part = 0; part < one[at].parts.size(); ++part) {
      EXPECT_EQ(one[at].parts[part].p_fail, eight[at].parts[part].p_fail);
      EXPECT_EQ(one[at].parts[part].passes, eight[at].parts[part].passes);
    }
    EXPECT_GE(one[at].seconds, 0.0);
  }
}

TEST(EvaluateAll, ResultsStandInTheOrderOfThePlan) {
  const ScoreTable rows = table();
  const Plan plan = plan_of_everything();
  const auto results = evaluate_all(plan, Evidence{plan, &rows, nullptr, nullptr}, 4);
  EXPECT_EQ(results[0].id, "accuracy.accuracy.max_regression");
  EXPECT_EQ(results[1].id, "accuracy.accuracy.max_regression.sex=F");
  EXPECT_EQ(results[2].id, "accuracy.accuracy.max_regression.sex=M");
  EXPECT_EQ(results.back().planned.metric, "equalized_odds_difference");
}

TEST(EvaluateAll, UnselectedChecksAreJudgedButNeverErrors) {
  ScoreTable rows = table();
  Plan plan = plan_of_everything();
  for (PlannedCheck& check : plan.checks) check.selected = false;
  for (const CheckResult& result : evaluate_all(plan, Evidence{plan, &rows, nullptr, nullptr}, 2))
    EXPECT_FALSE(result.parts.empty());
  rows.models[0].error = Error{ErrorKind::model, Reason::model_crashed, "Died."};
  for (const CheckResult& result : evaluate_all(plan, Evidence{plan, &rows, nullptr, nullptr}, 2)) {
    EXPECT_EQ(result.outcome, Outcome::not_assessable);
    EXPECT_TRUE(result.parts.empty());
  }
}

TEST(EvaluateAll, WithoutATableEveryDatasetCheckIsAnError) {
  const Plan plan = plan_of_everything();
  const auto results = evaluate_all(plan, Evidence{plan, nullptr, nullptr, nullptr}, 2);
  ASSERT_EQ(results.size(), plan.checks.size());
  for (const CheckResult& result : results) EXPECT_EQ(result.outcome, Outcome::error) << result.id;
}

TEST(EvaluateAll, AnEmptyPlanGivesNoResults) {
  const Plan plan;
  EXPECT_TRUE(evaluate_all(plan, Evidence{plan, nullptr, nullptr, nullptr}, 2).empty());
}

TEST(Cells, ManyClassesCountLikeFew) {
  ScoreTable rows;
  rows.task = Task::multiclass;
  rows.rows.rows = 3000;
  for (Predictions& model : rows.models) {
    model.kind = OutputKind::klass;
    model.present = true;
  }
  for (std::size_t row = 0; row < 3000; ++row) {
    rows.rows.label_class.push_back(static_cast<std::int32_t>(row % 300));
    rows.models[0].classes.push_back(static_cast<std::int32_t>(row % 5 == 0 ? (row + 1) % 300 : row % 300));
    rows.models[1].classes.push_back(static_cast<std::int32_t>(row % 300));
  }
  const CheckResult result = judge_one(accuracy("accuracy", LimitWord::max_regression, 0.01), rows);
  EXPECT_NEAR(*result.candidate.value, 0.8, 1e-12);
  EXPECT_NEAR(*result.production.value, 1.0, 1e-12);
  EXPECT_EQ(result.flips->right_to_wrong, 600U);
}

TEST(Cells, ALabelThatIsNoClassIsAnErrorThatNamesTheRow) {
  ScoreTable rows = table();
  rows.rows.label_class[9] = 7;
  const CheckResult result = judge_one(accuracy("accuracy", LimitWord::max_regression, 0.01), rows);
  EXPECT_EQ(result.outcome, Outcome::error);
  EXPECT_NE(result.detail.find("row 10"), std::string::npos);
}

TEST(Groups, MoreThanAThousandPairsAreAnError) {
  ScoreTable rows = table_of({{1, 1, 1, 2000}});
  std::vector<std::string> a, b;
  for (std::size_t row = 0; row < 2000; ++row) {
    a.push_back(std::to_string(row / 40));
    b.push_back(std::to_string(row % 40));
  }
  add_column(rows, "a", a);
  add_column(rows, "b", b);
  const CheckResult result = judge_one(sliced(accuracy("accuracy", LimitWord::min, 0.5), {"a", "b"}), rows);
  EXPECT_EQ(result.outcome, Outcome::error);
  EXPECT_EQ(result.reason, Reason::data_invalid);
}

}  // namespace
}  // namespace modelgate
