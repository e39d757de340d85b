// SPDX-License-Identifier: Apache-2.0
#include "gate/selftest/worsen.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/unit/selftest/tables.hpp"

namespace modelgate::test {
namespace {

TEST(TurnedAnswers, StartBetterAndLoseOneRightAnswerAStep) {
  const ScoreTable table = binary_table(100);
  const Worsening worsening = turned_answers(table, table.models[1], 3);
  EXPECT_EQ(worsening.steps, 80U) << "the right answers of the reference";
  const double first = accuracy_of(table, worsening.at(0));
  EXPECT_GT(first, 0.8);
  for (const std::size_t step : {1U, 7U, 80U})
    EXPECT_NEAR(accuracy_of(table, worsening.at(step)), first - 0.01 * static_cast<double>(step), 1e-12);
}

TEST(TurnedAnswers, StayProbabilities) {
  const ScoreTable table = binary_table(100);
  const Worsening worsening = turned_answers(table, table.models[1], 3);
  for (const float score : floats_of(worsening.at(80))) {
    EXPECT_GE(score, 0.0F);
    EXPECT_LE(score, 1.0F);
  }
}

TEST(TurnedAnswers, OfAModelThatSaysYesToEveryRowStillFindANo) {
  ScoreTable table = binary_table(9);
  table.models[1].scores = std::vector<float>(9, 0.5F);
  const Worsening worsening = turned_answers(table, table.models[1], 3);
  EXPECT_EQ(worsening.steps, 3U);
  EXPECT_LE(accuracy_of(table, worsening.at(3)), 6.0 / 9.0);
}

TEST(TurnedAnswers, OfSeveralClassesSwapTheTruthWithItsRival) {
  ScoreTable table;
  table.task = Task::multiclass;
  table.rows.rows = 2;
  table.rows.class_names = {"a", "b", "c"};
  table.rows.label_class = {0, 2};
  Predictions& model = table.models[1];
  model.width = 3;
  model.scores = std::vector<float>{0.5F, 0.2F, 0.3F, 0.1F, 0.2F, 0.7F};
  const Worsening worsening = turned_answers(table, model, 3);
  ASSERT_EQ(worsening.steps, 2U);
  EXPECT_EQ(floats_of(worsening.at(2)), (std::vector<float>{0.3F, 0.2F, 0.5F, 0.1F, 0.7F, 0.2F}));
}

TEST(TurnedAnswers, OfBareClassesNameAnotherClass) {
  ScoreTable table;
  table.task = Task::multiclass;
  table.rows.rows = 3;
  table.rows.class_names = {"a", "b", "c"};
  table.rows.label_class = {0, 2, 1};
  Predictions& model = table.models[1];
  model.kind = OutputKind::klass;
  model.classes = {0, 2, 1};
  const Worsening worsening = turned_answers(table, model, 3);
  const Predictions worst = worsening.at(3);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NE(worst.classes[i], table.rows.label_class[i]);
    EXPECT_LT(worst.classes[i], 3);
  }
}

TEST(TurnedAnswers, OfLabelsCountEveryLabelOfEveryRow) {
  ScoreTable table;
  table.task = Task::multilabel;
  table.rows.rows = 2;
  table.rows.class_names = {"x", "y"};
  table.rows.label_bits = {1, 0, 0, 1};
  Predictions& model = table.models[1];
  model.width = 2;
  model.scores = std::vector<float>{0.9F, 0.1F, 0.2F, 0.8F};
  EXPECT_EQ(turned_answers(table, model, 3).steps, 4U);
}

TEST(MixedScores, EndAsTheScoresOfOtherRows) {
  const ScoreTable table = binary_table(100);
  const Worsening worsening = mixed_scores(table, table.models[1], 3);
  const std::vector<float> first = floats_of(worsening.at(0));
  for (const float score : floats_of(worsening.at(worsening.steps)))
    EXPECT_NE(std::ranges::find(first, score), first.end());
  EXPECT_GE(accuracy_of(table, worsening.at(0)), accuracy_of(table, table.models[1]));
}

TEST(MixedScores, KeepRowsOfProbabilitiesAtASumOfOne) {
  ScoreTable table;
  table.task = Task::multiclass;
  table.rows.rows = 50;
  table.rows.class_names = {"a", "b"};
  std::vector<float> scores;
  for (int i = 0; i < 50; ++i) {
    table.rows.label_class.push_back(i % 2);
    scores.push_back(0.02F * static_cast<float>(i));
    scores.push_back(1.0F - scores.back());
  }
  Predictions& model = table.models[1];
  model.width = 2;
  model.scores = scores;
  const Worsening worsening = mixed_scores(table, model, 3);
  for (const std::size_t step : {std::size_t{0}, worsening.steps / 3, worsening.steps}) {
    const std::vector<float> mixed = floats_of(worsening.at(step));
    for (std::size_t i = 0; i < mixed.size(); i += 2) EXPECT_NEAR(mixed[i] + mixed[i + 1], 1.0F, 1e-5F);
  }
}

TEST(StretchedErrors, GrowFromBetterToFarWorse) {
  ScoreTable table;
  table.task = Task::regression;
  table.rows.rows = 200;
  std::vector<double> predicted;
  for (int i = 0; i < 200; ++i) {
    table.rows.label_value.push_back(i);
    predicted.push_back(i + (i % 2 == 0 ? 1.0 : -1.0));
  }
  Predictions& model = table.models[1];
  model.kind = OutputKind::value;
  model.scores = predicted;
  const Worsening worsening = stretched_errors(table, model, 3);
  const auto error = [&](std::size_t step) {
    const auto values = std::get<std::vector<double>>(worsening.at(step).scores);
    double sum = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) sum += std::abs(values[i] - table.rows.label_value[i]);
    return sum / 200.0;
  };
  EXPECT_LT(error(0), 1.0);
  EXPECT_GT(error(worsening.steps / 2), error(0));
  EXPECT_GT(error(worsening.steps), 10.0);
}

}  // namespace
}  // namespace modelgate::test
