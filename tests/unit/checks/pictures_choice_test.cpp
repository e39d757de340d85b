// SPDX-License-Identifier: Apache-2.0
// Which results get pictures, of which rows, and what is never drawn.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "checks/cache.hpp"
#include "checks/evaluate.hpp"
#include "checks/pictures/choose.hpp"
#include "checks/pictures/curves.hpp"
#include "checks/pictures/draw.hpp"
#include "table_builder.hpp"

namespace modelgate {
namespace {

bool is_empty(const Pictures& pictures) {
  return pictures.curves.empty() && !pictures.reliability && !pictures.confusion;
}

/// Rows with scores about their label, in three regions of 100, 200 and 300 rows and so on.
ScoreTable random_table(std::size_t rows, std::size_t regions = 3) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> uniform;
  std::vector<std::int32_t> labels;
  std::vector<double> candidate;
  std::vector<double> production;
  std::vector<std::string> region;
  for (std::size_t row = 0; row < rows; ++row) {
    labels.push_back(uniform(random) < 0.3 ? 1 : 0);
    candidate.push_back(std::clamp(0.3 * labels.back() + 0.7 * uniform(random), 0.0, 1.0));
    production.push_back(std::clamp(0.4 * labels.back() + 0.6 * uniform(random), 0.0, 1.0));
    region.push_back("r" + std::to_string(row % regions));
  }
  ScoreTable table = table_of(labels, candidate, production);
  add_column(table, "region", region);
  return table;
}

/// The same rows in another order.
ScoreTable shuffled(const ScoreTable& table) {
  std::vector<std::size_t> order(table.rows.rows);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::shuffle(order, std::mt19937_64(3));
  ScoreTable other = table;
  for (std::size_t at = 0; at < order.size(); ++at) {
    other.rows.label_class[at] = table.rows.label_class[order[at]];
    other.rows.categories[0].codes[at] = table.rows.categories[0].codes[order[at]];
    if (!table.rows.weight.empty()) other.rows.weight[at] = table.rows.weight[order[at]];
    for (const Role role : both_roles)
      std::get<std::vector<double>>(other.models[index_of(role)].scores)[at] =
          std::get<std::vector<double>>(table.model(role).scores)[order[at]];
  }
  return other;
}

void expect_same(const std::optional<Curve>& one, const std::optional<Curve>& other) {
  ASSERT_EQ(one.has_value(), other.has_value());
  if (!one) return;
  EXPECT_EQ(one->x, other->x);
  EXPECT_EQ(one->y, other->y);
}

void expect_same(const std::vector<CheckResult>& one, const std::vector<CheckResult>& other) {
  ASSERT_EQ(one.size(), other.size());
  for (std::size_t at = 0; at < one.size(); ++at) {
    const Pictures& first = one[at].pictures;
    const Pictures& second = other[at].pictures;
    ASSERT_EQ(first.curves.size(), second.curves.size());
    for (std::size_t curve = 0; curve < first.curves.size(); ++curve) {
      expect_same(first.curves[curve].candidate, second.curves[curve].candidate);
      expect_same(first.curves[curve].production, second.curves[curve].production);
    }
    ASSERT_EQ(first.reliability.has_value(), second.reliability.has_value());
    if (!first.reliability) continue;
    ASSERT_EQ(first.reliability->candidate.size(), second.reliability->candidate.size());
    for (std::size_t bin = 0; bin < first.reliability->candidate.size(); ++bin) {
      EXPECT_EQ(first.reliability->candidate[bin].score, second.reliability->candidate[bin].score);
      EXPECT_EQ(first.reliability->candidate[bin].interval.low, second.reliability->candidate[bin].interval.low);
    }
  }
}

TEST(PicturesChoice, SlicesShowTheirOwnRows) {
  const ScoreTable table = random_table(900);
  const auto results = drawn(sliced(accuracy("accuracy", LimitWord::max_regression, 0.05), {"region"}), table);
  ASSERT_EQ(results.size(), 3U);
  for (const CheckResult& result : results) {
    ASSERT_TRUE(result.pictures.confusion) << result.id;
    const auto& cells = result.pictures.confusion->candidate;
    EXPECT_EQ(std::accumulate(cells.begin(), cells.end(), std::size_t{0}), result.rows);
  }
  for (const CheckResult& result :
       drawn(sliced(accuracy("log_loss", LimitWord::max_regression, 0.05), {"region"}), table)) {
    std::size_t rows = 0;
    for (const ReliabilityBin& bin : result.pictures.reliability.value().candidate) rows += bin.rows;
    EXPECT_EQ(rows, result.rows);
  }
}

TEST(PicturesChoice, ACurveOfASliceIsThatOfATableOfItsRowsAlone) {
  const ScoreTable table = random_table(900);
  const auto results = drawn(sliced(accuracy("roc_auc", LimitWord::max_regression, 0.05), {"region"}), table);
  std::vector<std::int32_t> labels;
  std::vector<double> candidate;
  std::vector<double> production;
  for (std::size_t row = 1; row < 900; row += 3) {
    labels.push_back(table.rows.label_class[row]);
    candidate.push_back(std::get<std::vector<double>>(table.models[0].scores)[row]);
    production.push_back(std::get<std::vector<double>>(table.models[1].scores)[row]);
  }
  const auto alone =
      drawn(accuracy("roc_auc", LimitWord::max_regression, 0.05), table_of(labels, candidate, production));
  expect_same({results[1]}, alone);
}

TEST(PicturesChoice, TheOrderOfRowsAndThreadsDoNotMatter) {
  ScoreTable table = random_table(5000, 7);
  for (const bool weighted : {false, true}) {
    if (weighted)
      for (std::size_t row = 0; row < 5000; ++row)
        table.rows.weight.push_back(0.1 + std::fmod(0.618 * static_cast<double>(row), 1.0));
    for (const char* metric : {"roc_auc", "average_precision", "log_loss"}) {
      const PlannedCheck check = sliced(accuracy(metric, LimitWord::max_regression, 0.05), {"region"});
      const auto first = drawn(check, table);
      expect_same(drawn(check, shuffled(table)), first);
      expect_same(drawn(check, table, {}, 4), first);
    }
  }
}

TEST(PicturesChoice, NeverMoreThanTheMostAndTheWorstFirst) {
  const ScoreTable table = random_table(6000, 150);
  Plan plan;
  plan.checks = {sliced(accuracy("accuracy", LimitWord::max_regression, 0.05), {"region"})};
  const auto cache = make_cache(&table, plan);
  const Evidence evidence{plan, &table, nullptr, cache.get()};
  std::vector<CheckResult> results = evaluate_all(plan, evidence, 1);
  ASSERT_EQ(results.size(), 150U);
  for (CheckResult& result : results) result.outcome = Outcome::inconclusive;
  results.back().outcome = Outcome::fail;
  results[0].blocking = false;
  draw_pictures(evidence, results, 4);
  EXPECT_EQ(std::ranges::count_if(results, [](const CheckResult& r) { return !is_empty(r.pictures); }), 100);
  EXPECT_FALSE(is_empty(results.back().pictures)) << "the proven failure";
  EXPECT_TRUE(is_empty(results[0].pictures)) << "a warning gives way to what blocks";
}

TEST(PicturesChoice, WhatBrokeEverywhereComesBeforeWhereItBroke) {
  std::vector<CheckResult> results(5);
  results[0].slice = {{"region", "r0"}};
  for (const std::size_t failed : {0U, 2U}) results[failed].outcome = Outcome::fail;
  results[1].outcome = Outcome::pass;
  results[3].outcome = Outcome::waived;
  results[4].outcome = Outcome::not_selected;
  EXPECT_EQ(worth_drawing(results), (std::vector<std::size_t>{2, 0, 3, 1}));
}

TEST(PicturesChoice, PassesOverAllRowsShareOnePictureAndPassedSlicesHaveNone) {
  const ScoreTable table = random_table(900);
  Plan plan;
  plan.checks = {accuracy("accuracy", LimitWord::min, 0.1), accuracy("recall", LimitWord::min, 0.1),
                 sliced(accuracy("accuracy", LimitWord::min, 0.1), {"region"})};
  const auto cache = make_cache(&table, plan);
  const Evidence evidence{plan, &table, nullptr, cache.get()};
  std::vector<CheckResult> results = evaluate_all(plan, evidence, 1);
  for (CheckResult& result : results) result.outcome = Outcome::pass;
  draw_pictures(evidence, results, 1);
  EXPECT_FALSE(is_empty(results[0].pictures));
  for (std::size_t at = 1; at < results.size(); ++at) EXPECT_TRUE(is_empty(results[at].pictures)) << results[at].id;
  results[1].outcome = Outcome::fail;
  draw_pictures(evidence, results, 1);
  EXPECT_FALSE(is_empty(results[1].pictures)) << "what failed has one beside it, whoever else has it";
}

TEST(PicturesChoice, MetricsAreDrawnAsWhatTheyReadOfTheOutputs) {
  const auto drawing = [](const char* metric, Task task) {
    return drawing_of(accuracy(metric, LimitWord::max_regression, 0.05), task);
  };
  EXPECT_EQ(drawing("roc_auc", Task::binary), Drawing::roc);
  EXPECT_EQ(drawing("ks", Task::binary), Drawing::roc);
  EXPECT_EQ(drawing("recall_at_fpr@0.05", Task::binary), Drawing::roc);
  EXPECT_EQ(drawing("precision_at_rate@0.05", Task::binary), Drawing::precision_recall);
  EXPECT_EQ(drawing("calibration_slope", Task::binary), Drawing::reliability);
  EXPECT_EQ(drawing("matthews_corrcoef", Task::binary), Drawing::confusion);
  EXPECT_EQ(drawing("roc_auc_ovr_macro", Task::multiclass), Drawing::confusion);
  EXPECT_EQ(drawing("rmse", Task::regression), Drawing::error_ecdf);
  EXPECT_EQ(drawing("ndcg@10", Task::ranking), Drawing::none);
  EXPECT_EQ(drawing("f1_macro", Task::multilabel), Drawing::none);
  EXPECT_EQ(drawing_of(bias("tpr", LimitWord::max_regression, 0.05, {"sex"}), Task::binary), Drawing::none);
  EXPECT_EQ(drawing_of(planned(Family::latency, "latency_p99", LimitWord::max, 0.02), Task::binary),
            Drawing::latency_ecdf);
}

TEST(PicturesChoice, ALabelOfSeveralIsDrawnAsABinaryTask) {
  const ScoreTable table = multilabel_of({"cat", "dog"}, {1, 0, 0, 1, 1, 1, 0, 0}, {.9, .1, .2, .8, .7, .3, .1, .6},
                                         {.9, .1, .2, .8, .7, .9, .1, .2});
  PlannedCheck check = accuracy("recall", LimitWord::min, 0.5);
  check.klass = "dog";
  const auto results = drawn(check, table);
  ASSERT_TRUE(results[0].pictures.confusion);
  EXPECT_EQ(results[0].pictures.confusion->candidate, (std::vector<std::size_t>{1, 1, 1, 1}));
  EXPECT_EQ(results[0].pictures.confusion->production, (std::vector<std::size_t>{2, 0, 0, 2}));
}

TEST(PicturesChoice, WhatIsSuppressedIsNotDrawn) {
  const ScoreTable table = random_table(300, 10);  // 30 rows a region
  Plan plan;
  plan.reports.suppress_below = 31;
  for (const char* metric : {"accuracy", "roc_auc", "log_loss"})
    for (const CheckResult& result :
         drawn(sliced(accuracy(metric, LimitWord::max_regression, 0.05), {"region"}), table, plan))
      EXPECT_TRUE(is_empty(result.pictures)) << result.id;
  const auto calibrated = drawn(accuracy("log_loss", LimitWord::max_regression, 0.05), table, plan);
  for (const ReliabilityBin& bin : calibrated[0].pictures.reliability->candidate) EXPECT_GE(bin.rows, 31U);
  const ScoreTable lonely = table_of({{0, 0, 0, 500}, {1, 1, 1, 400}, {1, 0, 1, 3}});
  EXPECT_FALSE(drawn(accuracy("accuracy", LimitWord::max_regression, 0.05), lonely, plan)[0].pictures.confusion)
      << "a cell of three rows points at them";
}

TEST(PicturesChoice, StepsOfACurveHoldAsManyRowsAsMayBeSeen) {
  Plan plan;
  plan.reports.suppress_below = 25;
  std::vector<double> labels(500, 0.0);
  std::vector<double> errors(500);
  for (std::size_t row = 0; row < errors.size(); ++row) errors[row] = 0.01 * static_cast<double>(row * row);
  const auto results =
      drawn(accuracy("mae", LimitWord::max_regression, 0.05), regression_of(labels, errors, labels), plan);
  ASSERT_FALSE(results[0].pictures.curves.empty());
  const Curve& curve = results[0].pictures.curves[0].candidate.value();
  EXPECT_GE(curve.y.front(), 25.0 / 500 - 1e-9);
  EXPECT_LE(curve.y.back(), 1 - 25.0 / 500 + 1e-9) << "the largest errors stay among themselves";
  for (std::size_t at = 1; at < curve.y.size(); ++at) EXPECT_GE(curve.y[at] - curve.y[at - 1], 25.0 / 500 - 1e-6);
  EXPECT_GE(curve.y.size(), 10U);

  const ScoreTable table = random_table(600);
  const auto positives = static_cast<double>(std::ranges::count(table.rows.label_class, 1));
  const auto scored = drawn(accuracy("roc_auc", LimitWord::max_regression, 0.05), table, plan);
  const Curve& roc = scored[0].pictures.curves.at(0).candidate.value();
  EXPECT_GE(roc.x.size(), 10U);
  for (std::size_t at = 1; at < roc.x.size(); ++at) {
    const double rows = (roc.x[at] - roc.x[at - 1]) * (600 - positives) + (roc.y[at] - roc.y[at - 1]) * positives;
    EXPECT_GE(rows, 25 - 1e-3);
  }
}

TEST(PicturesChoice, AModelThatFailedIsAbsentAndNothingFails) {
  ScoreTable table = random_table(600);
  std::get<std::vector<double>>(table.models[1].scores)[5] = std::nan("");
  const auto results = drawn(accuracy("roc_auc", LimitWord::max_regression, 0.05), table);
  ASSERT_EQ(results[0].pictures.curves.size(), 1U);
  EXPECT_TRUE(results[0].pictures.curves[0].candidate);
  EXPECT_FALSE(results[0].pictures.curves[0].production);
  std::get<std::vector<double>>(table.models[0].scores)[5] = std::nan("");
  EXPECT_TRUE(is_empty(drawn(accuracy("roc_auc", LimitWord::max_regression, 0.05), table)[0].pictures));
  const ScoreTable one_label = table_of({1, 1, 1}, {.1, .2, .3}, {.1, .2, .3});
  EXPECT_TRUE(is_empty(drawn(accuracy("roc_auc", LimitWord::max_regression, 0.05), one_label)[0].pictures));
  EXPECT_TRUE(is_empty(drawn(accuracy("roc_auc", LimitWord::max_regression, 0.05), table_of({}, {}, {}))[0].pictures));
}

TEST(PicturesChoice, CurvesStayBoundedForAwkwardScores) {
  std::vector<std::int32_t> labels;
  std::vector<double> wide;
  std::vector<double> dense;
  for (int row = 0; row < 40'000; ++row) {
    labels.push_back(row % 97 == 0 ? 1 : 0);
    wide.push_back(std::exp(-0.01 * (row % 30'000)));  // 430 powers of e, tiny to 1
    dense.push_back(1.0 - 1e-13 * row);                // all within one power of two
  }
  const auto results = drawn(accuracy("roc_auc", LimitWord::max_regression, 0.05), table_of(labels, wide, dense));
  for (const auto& curve : {results[0].pictures.curves[0].candidate, results[0].pictures.curves[0].production}) {
    ASSERT_TRUE(curve);
    EXPECT_LE(curve->x.size(), most_points);
    EXPECT_GT(curve->x.size(), 150U) << "the shape is kept however the scores are spread";
  }
}

}  // namespace
}  // namespace modelgate
