// SPDX-License-Identifier: Apache-2.0
#include "gate/selftest/seed.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/selftest/tables.hpp"

namespace modelgate::test {
namespace {

/// Loss of accuracy against the reference, in margins of 4 points.
struct AccuracyLoss {
  const ScoreTable& table;
  double operator()(const Predictions& model) const {
    return (accuracy_of(table, table.models[1]) - accuracy_of(table, model)) / 0.04;
  }
};

TEST(Seeder, HitsTheTrueLossExactlyEvenWhereNoWholeRowDoes) {
  const ScoreTable table = binary_table(60);  // a row is 1/60: the margin is 2.4 rows
  const Worsening worsening = turned_answers(table, table.models[1], 7);
  const AccuracyLoss loss{table};
  Seeder seeder(worsening, [&](const Predictions& of) { return loss(of); });
  for (const double target : {0.0, 0.5, 1.0, 2.0}) {
    const auto model = seeder.find(target);
    ASSERT_TRUE(model.has_value()) << target;
    const double here = loss(worsening.at(model->step));
    const double next = loss(worsening.at(model->step + 1));
    EXPECT_NEAR((1 - model->chance_of_next) * here + model->chance_of_next * next, target, 1e-9);
    EXPECT_DOUBLE_EQ(model->loss, target);
  }
}

TEST(Seeder, MakesAnEqualModelThatDiffersFromTheReference) {
  const ScoreTable table = binary_table(60);
  const Worsening worsening = turned_answers(table, table.models[1], 7);
  Seeder seeder(worsening, AccuracyLoss{table});
  const auto model = seeder.find(0.0);
  ASSERT_TRUE(model.has_value());
  EXPECT_NE(floats_of(worsening.at(model->step)), floats_of(table.models[1]));
}

TEST(Seeder, SaysWhereNoModelIsThatBad) {
  const ScoreTable table = binary_table(60);
  const Worsening worsening = turned_answers(table, table.models[1], 7);
  Seeder seeder(worsening, AccuracyLoss{table});
  EXPECT_FALSE(seeder.find(26.0).has_value());
  EXPECT_FALSE(seeder.find(-10.0).has_value()) << "not even the first is that good";
  Seeder undefined(worsening, [](const Predictions&) { return std::optional<double>{}; });
  EXPECT_FALSE(undefined.find(1.0).has_value());
}

TEST(Seeder, EvaluatesNoModelTwice) {
  const ScoreTable table = binary_table(600);
  const Worsening worsening = turned_answers(table, table.models[1], 7);
  int evaluated = 0;
  Seeder seeder(worsening, [&](const Predictions& of) {
    ++evaluated;
    return AccuracyLoss{table}(of);
  });
  ASSERT_TRUE(seeder.find(1.0).has_value());
  const int once = evaluated;
  ASSERT_TRUE(seeder.find(1.0).has_value());
  EXPECT_EQ(evaluated, once);
}

}  // namespace
}  // namespace modelgate::test
