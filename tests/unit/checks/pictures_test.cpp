// SPDX-License-Identifier: Apache-2.0
// Pictures against the whole curves, bins and matrices of scikit-learn, scipy and numpy; references/pictures.py writes
// them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "checks/pictures/curves.hpp"
#include "checks/pictures/draw.hpp"
#include "table_builder.hpp"

namespace modelgate {
namespace {

using Json = nlohmann::json;
constexpr double rounded = 1e-6;

const Json& references() {
  static const Json all =
      Json::parse(std::ifstream(MODELGATE_SOURCE_DIR "/tests/unit/checks/references/pictures.json"));
  return all;
}

Pictures picture(const std::string& metric, const ScoreTable& table, const Plan& plan = {}) {
  return drawn(accuracy(metric, LimitWord::max_regression, 0.05), table, plan).front().pictures;
}

ScoreTable binary_table() {
  const Json& data = references()["binary"];
  return table_of(data["labels"].get<std::vector<std::int32_t>>(),
                  data["candidate"]["scores"].get<std::vector<double>>(),
                  data["production"]["scores"].get<std::vector<double>>(), data["threshold"].get<double>());
}

std::vector<double> numbers(const Json& json) { return json.get<std::vector<double>>(); }

bool has_point(const Curve& curve, double x, double y) {
  for (std::size_t at = 0; at < curve.x.size(); ++at)
    if (std::abs(curve.x[at] - x) <= rounded * std::max(1.0, std::abs(x)) * 5 && std::abs(curve.y[at] - y) <= rounded)
      return true;
  return false;
}

void expect_bounded(const Curve& curve) {
  ASSERT_EQ(curve.x.size(), curve.y.size());
  EXPECT_LE(curve.x.size(), most_points);
  EXPECT_TRUE(std::ranges::is_sorted(curve.x));
}

/// Every drawn point is one of the whole curve's, but for `own` added ones at the start.
void expect_exact(const Curve& curve, const Json& whole) {
  expect_bounded(curve);
  const Curve reference{numbers(whole["x"]), numbers(whole["y"])};
  for (std::size_t at = 0; at < curve.x.size(); ++at)
    EXPECT_TRUE(has_point(reference, curve.x[at], curve.y[at])) << curve.x[at] << ", " << curve.y[at];
}

/// The longest way along the whole curve, |dx| + |dy|, between two drawn points. Ties make single steps longer.
double longest_way(const Curve& curve, const Json& whole) {
  const std::vector<double> x = numbers(whole["x"]);
  const std::vector<double> y = numbers(whole["y"]);
  double longest = 0.0;
  double way = 0.0;
  for (std::size_t at = 1; at < x.size(); ++at) {
    way += std::abs(x[at] - x[at - 1]) + std::abs(y[at] - y[at - 1]);
    longest = std::max(longest, way);
    if (has_point(curve, x[at], y[at])) way = 0.0;
  }
  return longest;
}

TEST(Pictures, RocPointsAreScikitLearnsAndKeepTheShape) {
  const Pictures made = picture("roc_auc", binary_table());
  ASSERT_EQ(made.curves.size(), 1U);
  EXPECT_EQ(made.curves[0].kind, CurveKind::roc);
  const Json& data = references()["binary"];
  for (const auto& [side, curve] :
       {std::pair{"candidate", made.curves[0].candidate}, {"production", made.curves[0].production}}) {
    ASSERT_TRUE(curve) << side;
    expect_exact(*curve, data[side]["roc"]);
    EXPECT_EQ(curve->x.front(), 0.0);
    EXPECT_EQ(curve->y.front(), 0.0);
    EXPECT_EQ(curve->x.back(), 1.0);
    EXPECT_EQ(curve->y.back(), 1.0);
  }
  const double single_row = 1.0 / 80;  // a positive row of about 100 is a step of its own
  EXPECT_LT(longest_way(*made.curves[0].candidate, data["candidate"]["roc"]), 2.0 / 196.0 + single_row);
  EXPECT_GT(made.curves[0].candidate->x.size(), 60U);
}

TEST(Pictures, TiedScoresAreDrawnWhole) {
  const Pictures made = picture("gini", binary_table());
  EXPECT_LT(longest_way(*made.curves[0].production, references()["binary"]["production"]["roc"]), 0.1);
  ScoreTable two = binary_table();
  for (Predictions& model : two.models)
    for (double& score : std::get<std::vector<double>>(model.scores)) score = score >= 0.4 ? 0.9 : 0.1;
  const Pictures steps = picture("roc_auc", two);
  ASSERT_TRUE(steps.curves[0].candidate);
  EXPECT_EQ(steps.curves[0].candidate->x.size(), 3U) << "two scores make one corner between the ends";
}

TEST(Pictures, PrecisionRecallPointsAreScikitLearns) {
  const Pictures made = picture("average_precision", binary_table());
  ASSERT_EQ(made.curves.size(), 1U);
  EXPECT_EQ(made.curves[0].kind, CurveKind::precision_recall);
  const Json& data = references()["binary"];
  for (const auto& [side, curve] :
       {std::pair{"candidate", made.curves[0].candidate}, {"production", made.curves[0].production}}) {
    ASSERT_TRUE(curve) << side;
    expect_exact(*curve, data[side]["precision_recall"]);
    EXPECT_EQ(curve->x.front(), 0.0);
    EXPECT_EQ(curve->y.front(), 1.0);
    EXPECT_EQ(curve->x.back(), 1.0);
    EXPECT_NEAR(curve->y.back(), numbers(data[side]["precision_recall"]["y"]).back(), rounded)
        << "the share of positives";
  }
}

TEST(Pictures, SamplingWeightsCountInCurvesAndLeaveCellsUndrawn) {
  ScoreTable table = binary_table();
  table.rows.weight = numbers(references()["binary"]["weights"]);
  const Json& data = references()["binary"]["candidate"];
  const Pictures roc = picture("roc_auc", table);
  ASSERT_FALSE(roc.curves.empty());
  expect_exact(*roc.curves[0].candidate, data["weighted_roc"]);
  expect_exact(*picture("average_precision", table).curves[0].candidate, data["weighted_precision_recall"]);
  EXPECT_FALSE(picture("accuracy", table).confusion) << "cells of rows would not be what the metric weighs";
}

void expect_bins(const std::vector<ReliabilityBin>& bins, const Json& reference) {
  ASSERT_EQ(bins.size(), reference.size());
  for (std::size_t at = 0; at < bins.size(); ++at) {
    EXPECT_NEAR(bins[at].score, reference[at]["score"].get<double>(), rounded);
    EXPECT_NEAR(bins[at].observed, reference[at]["observed"].get<double>(), rounded);
    EXPECT_EQ(bins[at].rows, reference[at]["rows"].get<std::size_t>());
    EXPECT_NEAR(bins[at].interval.low, reference[at]["interval"][0].get<double>(), rounded);
    EXPECT_NEAR(bins[at].interval.high, reference[at]["interval"][1].get<double>(), rounded);
  }
}

TEST(Pictures, ReliabilityIsScikitLearnsCalibrationCurveWithWilsonsInterval) {
  for (const char* metric : {"log_loss", "brier_score"}) {
    const Pictures made = picture(metric, binary_table());
    ASSERT_TRUE(made.reliability) << metric;
    expect_bins(made.reliability->candidate, references()["binary"]["candidate"]["reliability"]);
    EXPECT_FALSE(made.reliability->production.empty());
    EXPECT_TRUE(made.curves.empty());
  }
}

TEST(Pictures, ReliabilityOfWeightsIsThatOfTheRowsTheyStandFor) {
  ScoreTable table = binary_table();
  ScoreTable repeated = table_of({}, {}, {}, 0.4);
  for (std::size_t row = 0; row < table.rows.rows; ++row) {
    table.rows.weight.push_back(static_cast<double>(row % 3));
    for (std::size_t copy = 0; copy < row % 3; ++copy) {
      repeated.rows.label_class.push_back(table.rows.label_class[row]);
      for (const Role role : both_roles)
        std::get<std::vector<double>>(repeated.models[index_of(role)].scores)
            .push_back(std::get<std::vector<double>>(table.model(role).scores)[row]);
      ++repeated.rows.rows;
    }
  }
  Plan plan;
  plan.dataset.weight_kind = WeightKind::frequency;
  const auto counted = picture("log_loss", table, plan).reliability;
  const auto plain = picture("log_loss", repeated).reliability;
  ASSERT_TRUE(counted && plain);
  ASSERT_EQ(counted->candidate.size(), plain->candidate.size());
  for (std::size_t at = 0; at < plain->candidate.size(); ++at) {
    EXPECT_EQ(counted->candidate[at].rows, plain->candidate[at].rows);
    EXPECT_NEAR(counted->candidate[at].score, plain->candidate[at].score, rounded);
    EXPECT_NEAR(counted->candidate[at].observed, plain->candidate[at].observed, rounded);
    EXPECT_NEAR(counted->candidate[at].interval.low, plain->candidate[at].interval.low, rounded);
  }
  EXPECT_EQ(picture("accuracy", table, plan).confusion->candidate, picture("accuracy", repeated).confusion->candidate);
  plan.dataset.weight_kind = WeightKind::sampling;
  const auto sampled = picture("log_loss", table, plan).reliability;
  ASSERT_TRUE(sampled);
  EXPECT_LT(sampled->candidate[0].rows, counted->candidate[0].rows) << "rows of a sample are rows";
}

TEST(Pictures, ClustersWidenTheIntervalsOfReliability) {
  ScoreTable table = binary_table();
  const auto alone = picture("log_loss", table).reliability;
  std::vector<std::uint32_t> units(table.rows.rows);
  for (std::size_t row = 0; row < units.size(); ++row) units[row] = static_cast<std::uint32_t>(row % 25);
  add_clusters(table, units);
  const auto together = picture("log_loss", table).reliability;
  ASSERT_TRUE(alone && together);
  EXPECT_EQ(alone->candidate[0].observed, together->candidate[0].observed);
  EXPECT_GT(together->candidate[0].interval.high, alone->candidate[0].interval.high);
}

TEST(Pictures, ConfusionIsScikitLearnsAtTheThresholdOfEachModel) {
  const Pictures made = picture("recall", binary_table());
  ASSERT_TRUE(made.confusion);
  const Json& data = references()["binary"];
  EXPECT_EQ(made.confusion->classes, (std::vector<std::string>{"negative", "positive"}));
  EXPECT_EQ(made.confusion->candidate, data["candidate"]["confusion"].get<std::vector<std::size_t>>());
  EXPECT_EQ(made.confusion->production, data["production"]["confusion"].get<std::vector<std::size_t>>());
}

ScoreTable classes_of(const Json& data) {
  ScoreTable table;
  table.task = Task::multiclass;
  table.rows.label_class = data["labels"].get<std::vector<std::int32_t>>();
  table.rows.rows = table.rows.label_class.size();
  const auto classes = data["classes"].get<std::size_t>();
  for (std::size_t klass = 0; klass < classes; ++klass)
    table.rows.class_names.push_back("class " + std::to_string(klass));
  for (const Role role : both_roles) {
    const Json& side = data[role == Role::candidate ? "candidate" : "production"];
    Predictions& model = table.models[index_of(role)];
    model.present = true;
    if (side.contains("scores")) {
      model.width = classes;
      model.scores = numbers(side["scores"]);
    } else {
      model.kind = OutputKind::klass;
      model.classes = side["decided"].get<std::vector<std::int32_t>>();
    }
  }
  return table;
}

TEST(Pictures, FewClassesAreAllShownAndTheTopOneIsReliable) {
  const Json& data = references()["multiclass"];
  const ScoreTable table = classes_of(data);
  const Pictures made = picture("f1_macro", table);
  ASSERT_TRUE(made.confusion);
  EXPECT_EQ(made.confusion->classes, table.rows.class_names);
  EXPECT_EQ(made.confusion->candidate, data["candidate"]["confusion"].get<std::vector<std::size_t>>());
  const Pictures probable = picture("log_loss", table);
  ASSERT_TRUE(probable.reliability);
  expect_bins(probable.reliability->candidate, data["candidate"]["reliability"]);
  expect_bins(probable.reliability->production, data["production"]["reliability"]);
}

TEST(Pictures, ManyClassesAreFoldedIntoTheLargestAndTheOthers) {
  const Json& data = references()["many_classes"];
  const ScoreTable table = classes_of(data);
  const Pictures made = picture("accuracy", table);
  ASSERT_TRUE(made.confusion);
  ASSERT_EQ(made.confusion->classes.size(), 20U);
  EXPECT_EQ(made.confusion->classes.back(), "(other)");
  for (std::size_t at = 0; at + 1 < 20; ++at)
    EXPECT_EQ(made.confusion->classes[at], "class " + std::to_string(data["kept"][at].get<int>()));
  EXPECT_EQ(made.confusion->candidate, data["candidate"]["confusion"].get<std::vector<std::size_t>>());
  EXPECT_EQ(made.confusion->production, data["production"]["confusion"].get<std::vector<std::size_t>>());
  PlannedCheck rare = accuracy("recall", LimitWord::max_regression, 0.05);
  rare.klass = "class 28";
  const auto named = drawn(rare, table).front().pictures.confusion;
  ASSERT_TRUE(named);
  EXPECT_EQ(std::ranges::count(named->classes, "class 28"), 1) << "the class the check is about";
}

TEST(Pictures, ErrorsOfARegressionAreNumpysShares) {
  const Json& data = references()["regression"];
  const ScoreTable table = regression_of(numbers(data["labels"]), numbers(data["candidate"]["values"]),
                                         numbers(data["production"]["values"]));
  const Pictures made = picture("mae", table);
  ASSERT_EQ(made.curves.size(), 1U);
  EXPECT_EQ(made.curves[0].kind, CurveKind::error_ecdf);
  expect_exact(*made.curves[0].candidate, data["candidate"]["ecdf"]);
  expect_exact(*made.curves[0].production, data["production"]["ecdf"]);
  EXPECT_EQ(made.curves[0].candidate->y.back(), 1.0);
  EXPECT_LT(made.curves[0].candidate->y.front(), 0.01);
  EXPECT_GT(made.curves[0].candidate->x.size(), 100U);
}

Samples timed(std::int64_t batch) {
  Samples samples;
  LatencyRun run;
  run.shape.batch = batch;
  run.rounds.resize(2);
  for (const Role role : both_roles) {
    const auto seconds =
        numbers(references()["latency"][role == Role::candidate ? "candidate" : "production"]["seconds"]);
    for (std::size_t at = 0; at < seconds.size(); ++at)
      run.rounds[at % 2].request_s[index_of(role)].push_back(static_cast<float>(seconds[at]));
  }
  samples.runs.push_back(std::move(run));
  return samples;
}

Pictures latency_picture(const Samples& samples) {
  Plan plan;
  PlannedCheck check = planned(Family::latency, "latency", LimitWord::max_regression, 0.05);
  std::vector<CheckResult> results(1);
  results[0].planned = check;
  results[0].outcome = Outcome::fail;
  draw_pictures(Evidence{plan, nullptr, &samples, nullptr}, results, 1);
  return results[0].pictures;
}

TEST(Pictures, RequestsOfAllRoundsAreNumpysSharesUpToTheEndThatIsShown) {
  const Pictures made = latency_picture(timed(1));
  ASSERT_EQ(made.curves.size(), 1U);
  EXPECT_EQ(made.curves[0].kind, CurveKind::latency_ecdf);
  expect_exact(*made.curves[0].candidate, references()["latency"]["candidate"]["ecdf"]);
  expect_exact(*made.curves[0].production, references()["latency"]["production"]["ecdf"]);
  EXPECT_GE(made.curves[0].candidate->y.back(), last_latency_share);
  EXPECT_LT(made.curves[0].candidate->y.back(), 1.0) << "one slow request must not flatten the rest";
}

TEST(Pictures, ATimingThatIsNoNumberOrFailedIsAbsent) {
  Samples samples = timed(1);
  samples.runs[0].rounds[0].request_s[0].push_back(std::numeric_limits<float>::quiet_NaN());
  samples.runs[0].errors[1] = Error{ErrorKind::model, Reason::timeout, "Too slow."};
  EXPECT_TRUE(latency_picture(samples).curves.empty());
  EXPECT_TRUE(latency_picture(timed(8)).curves.empty()) << "nothing was timed at this batch";
}

}  // namespace
}  // namespace modelgate
