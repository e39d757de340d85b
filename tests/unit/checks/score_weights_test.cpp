// SPDX-License-Identifier: Apache-2.0
// Frequencies and target prevalence in metrics of scores and values: each equals the table written out.
#include <gtest/gtest.h>

#include <cmath>

#include "checks/evaluate.hpp"
#include "table_builder.hpp"

namespace modelgate {
namespace {

constexpr std::size_t rows = 240;

double fraction(std::size_t row, double by) { return std::fmod(0.137 + by * static_cast<double>(row), 1.0); }

std::int32_t label_of(std::size_t row) { return fraction(row, 0.618034) < 0.3 ? 1 : 0; }

double score_of(std::size_t row, double noise) {
  return std::round(100.0 * (0.1 + 0.5 * fraction(row, noise) + 0.3 * label_of(row))) / 100.0;  // ties on purpose
}

std::size_t times(std::size_t row) { return 1 + row % 3; }

/// Every row `copies(row)` times; a regression reads the labels as numbers around 3.
template <class Copies>
ScoreTable written_out(Task task, Copies copies) {
  std::vector<std::int32_t> labels;
  std::vector<double> values, candidate, production;
  for (std::size_t row = 0; row < rows; ++row)
    for (std::size_t copy = 0; copy < copies(row); ++copy) {
      labels.push_back(label_of(row));
      values.push_back(3.0 + fraction(row, 0.3183));
      const double shift = task == Task::regression ? 3.0 : 0.0;
      candidate.push_back(shift + score_of(row, 0.7071));
      production.push_back(shift + score_of(row, 0.5772));
    }
  return task == Task::regression ? regression_of(values, candidate, production)
                                  : table_of(labels, candidate, production);
}

CheckResult judged(const std::string& metric, const ScoreTable& table, WeightKind kind,
                   std::optional<double> prevalence = {}) {
  const std::uint8_t words = find_check(Family::accuracy, metric)->spec.limits;
  Plan plan;
  plan.task = table.task;
  plan.dataset.weight_kind = kind;
  plan.target_prevalence = prevalence;
  plan.checks = {
      accuracy(metric, has(words, LimitWord::max_regression) ? LimitWord::max_regression : LimitWord::max, 0.05)};
  std::vector<CheckResult> results = evaluate_all(plan, Evidence{plan, &table, nullptr, nullptr}, 1);
  return results.size() == 1 ? results.front() : CheckResult{};
}

void expect_same(const Estimate& one, const Estimate& two, const std::string& what) {
  ASSERT_TRUE(one.value && two.value && one.interval && two.interval) << what;
  EXPECT_NEAR(*one.value, *two.value, 1e-9) << what;
  EXPECT_NEAR(one.interval->low, two.interval->low, 1e-9) << what;
  EXPECT_NEAR(one.interval->high, two.interval->high, 1e-9) << what;
}

const std::vector<std::string> of_scores{"average_precision", "recall_at_fpr@0.1", "precision_at_rate@0.2",
                                         "calibration_intercept", "calibration_slope"};
const std::vector<std::string> of_values{"mse", "mape", "wape", "pinball@0.9", "mean_bias"};

TEST(ScoreWeights, AFrequencyIsSoManyRowsAlike) {
  for (const Task task : {Task::binary, Task::regression}) {
    ScoreTable counted = written_out(task, [](std::size_t) { return std::size_t{1}; });
    for (std::size_t row = 0; row < rows; ++row) counted.rows.weight.push_back(static_cast<double>(times(row)));
    const ScoreTable expanded = written_out(task, times);
    for (const std::string& metric : task == Task::binary ? of_scores : of_values) {
      const CheckResult one = judged(metric, counted, WeightKind::frequency);
      const CheckResult two = judged(metric, expanded, WeightKind::frequency);
      expect_same(one.candidate, two.candidate, metric + " candidate " + one.detail + two.detail);
      expect_same(one.production, two.production, metric + " production");
      expect_same(one.difference, two.difference, metric + " difference");
      EXPECT_EQ(*one.units, expanded.rows.rows) << metric;
    }
  }
}

TEST(ScoreWeights, SamplingWeightsReportKishsN) {
  ScoreTable table = written_out(Task::binary, [](std::size_t) { return std::size_t{1}; });
  double sum = 0.0;
  double squares = 0.0;
  for (std::size_t row = 0; row < rows; ++row) {
    table.rows.weight.push_back(0.5 + static_cast<double>(row % 4));
    sum += table.rows.weight.back();
    squares += table.rows.weight.back() * table.rows.weight.back();
  }
  for (const std::string& metric : of_scores) {
    const CheckResult result = judged(metric, table, WeightKind::sampling);
    ASSERT_TRUE(result.kish) << metric;
    EXPECT_NEAR(*result.kish, sum * sum / squares, 1e-9) << metric;
  }
}

TEST(ScoreWeights, ATargetPrevalenceReweightsTheClasses) {
  const ScoreTable table = written_out(Task::binary, [](std::size_t) { return std::size_t{1}; });
  double positives = 0.0;
  for (const std::int32_t label : table.rows.label_class) positives += label;
  ScoreTable weighted = table;
  for (const std::int32_t label : table.rows.label_class)
    weighted.rows.weight.push_back(label == 1 ? 0.05 / positives : 0.95 / (rows - positives));
  for (const std::string metric : {"average_precision", "precision_at_rate@0.2"}) {
    const CheckResult one = judged(metric, table, WeightKind::sampling, 0.05);
    const CheckResult two = judged(metric, weighted, WeightKind::sampling);
    expect_same(one.candidate, two.candidate, metric);
    expect_same(one.difference, two.difference, metric);
    EXPECT_LT(*one.candidate.value, *judged(metric, table, WeightKind::sampling).candidate.value) << metric;
  }
}

TEST(ScoreWeights, RowsOfWeightZeroAreNoEvents) {
  ScoreTable table = written_out(Task::binary, [](std::size_t) { return std::size_t{1}; });
  std::size_t kept = 0;
  for (std::size_t row = 0; row < rows; ++row)
    table.rows.weight.push_back(table.rows.label_class[row] == 1 && ++kept > 19 ? 0.0 : 1.0);
  for (const std::string& metric : of_scores)
    EXPECT_EQ(judged(metric, table, WeightKind::sampling).reason, Reason::too_few_events) << metric;
}

TEST(ScoreWeights, AMissingShareIsAnErrorNotAValue) {
  const ScoreTable table = written_out(Task::binary, [](std::size_t) { return std::size_t{1}; });
  for (const std::string metric : {"recall_at_fpr", "precision_at_rate"}) {
    const CheckResult result = judged(metric, table, WeightKind::sampling);
    EXPECT_EQ(result.outcome, Outcome::error) << metric;
    EXPECT_FALSE(result.candidate.value) << metric;
  }
}

}  // namespace
}  // namespace modelgate
