// SPDX-License-Identifier: Apache-2.0
// Metrics of decisions against scikit-learn, their intervals against numpy and scipy; references/labels.py writes them.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "table_builder.hpp"

namespace modelgate {
namespace {

using Json = nlohmann::json;
constexpr std::array sides{"candidate", "production", "difference"};

const Json& references(const char* task) {
  static const Json all = Json::parse(std::ifstream(MODELGATE_SOURCE_DIR "/tests/unit/checks/references/labels.json"));
  return all[task];
}

std::vector<double> scores(const Json& data, const char* side) {
  return data[side]["scores"].get<std::vector<double>>();
}

ScoreTable binary() {
  const Json& data = references("binary");
  return table_of(data["labels"].get<std::vector<std::int32_t>>(), scores(data, "candidate"),
                  scores(data, "production"));
}

ScoreTable multiclass() {
  const Json& data = references("multiclass");
  ScoreTable table =
      table_of(data["labels"].get<std::vector<std::int32_t>>(), scores(data, "candidate"), scores(data, "production"));
  table.task = Task::multiclass;
  table.rows.class_names = {"a", "b", "c", "d", "e"};
  for (Predictions& model : table.models) model.width = 5;
  return table;
}

ScoreTable multilabel() {
  const Json& data = references("multilabel");
  return multilabel_of(data["names"].get<std::vector<std::string>>(), data["bits"].get<std::vector<std::uint8_t>>(),
                       scores(data, "candidate"), scores(data, "production"), data["threshold"].get<double>());
}

Plan with_costs(const char* task) {
  Plan plan;
  const Json& data = references(task);
  plan.costs.emplace();
  if (data.contains("costs")) plan.costs->matrix = data["costs"].get<std::vector<std::vector<double>>>();
  plan.costs->false_positive = data.value("false_positive", 1.0);
  plan.costs->false_negative = data.value("false_negative", 1.0);
  return plan;
}

PlannedCheck check_of(const std::string& metric, LimitWord word) {
  PlannedCheck check = accuracy(metric, word, 0.05);
  if (const std::size_t at = metric.find('@'); at != std::string::npos)
    check.parameter = std::stod(metric.substr(at + 1));
  return check;
}

const Estimate& side_of(const CheckResult& result, std::string_view side) {
  return side == "candidate" ? result.candidate : side == "production" ? result.production : result.difference;
}

void expect_values(const ScoreTable& table, const Json& data, const Plan& plan = {}, const char* key = "values",
                   const std::string& klass = {}) {
  for (const auto& [metric, value] : data["candidate"][key].items()) {
    PlannedCheck check = check_of(metric, LimitWord::max_regression);
    check.klass = klass;
    const CheckResult result = judge_one(check, table, plan);
    ASSERT_TRUE(result.candidate.value && result.production.value) << metric << ": " << result.detail;
    const double production = data["production"][key][metric];
    EXPECT_NEAR(*result.candidate.value, value.get<double>(), 1e-9) << metric;
    EXPECT_NEAR(*result.production.value, production, 1e-9) << metric;
    EXPECT_NEAR(*result.difference.value, value.get<double>() - production, 1e-9) << metric;
    EXPECT_EQ(result.parts.size(), 1U) << metric << ": " << result.detail;
    EXPECT_TRUE(result.flips) << metric;
  }
}

/// Ends that a formula gives: the same to 1e-6.
void expect_intervals(const ScoreTable& table, const Json& data, const Plan& plan = {}) {
  for (const auto& [metric, of_side] : data["intervals"].items()) {
    const CheckResult result = judge_one(check_of(metric, LimitWord::max_regression), table, plan);
    for (const char* side : sides) {
      ASSERT_TRUE(side_of(result, side).interval) << metric << " " << side << ": " << result.detail;
      EXPECT_NEAR(side_of(result, side).interval->low, of_side[side][0].get<double>(), 1e-6) << metric << " " << side;
      EXPECT_NEAR(side_of(result, side).interval->high, of_side[side][1].get<double>(), 1e-6) << metric << " " << side;
    }
  }
}

/// Ends of resamples: within three Monte-Carlo standard errors, the reference's own (a tenth of the variance) counted.
void expect_resampled(const ScoreTable& table, const Json& data) {
  for (const auto& [metric, of_side] : data["resampled"].items()) {
    const CheckResult result = judge_one(check_of(metric, LimitWord::max_regression), table);
    for (const char* side : sides) {
      const Json& wanted = of_side[side];
      ASSERT_TRUE(side_of(result, side).interval) << metric << " " << side << ": " << result.detail;
      const std::array ends{side_of(result, side).interval->low, side_of(result, side).interval->high};
      for (std::size_t end = 0; end < 2; ++end)
        EXPECT_NEAR(ends[end], wanted["interval"][end].get<double>(),
                    3 * std::sqrt(1.1) * wanted["error"][end].get<double>())
            << metric << " " << side << " " << end;
    }
  }
}

TEST(LabelReferences, BinaryValuesEqualScikitLearn) {
  expect_values(binary(), references("binary"), with_costs("binary"));
}

TEST(LabelReferences, MulticlassValuesEqualScikitLearn) {
  expect_values(multiclass(), references("multiclass"), with_costs("multiclass"));
}

TEST(LabelReferences, MultilabelValuesEqualScikitLearn) { expect_values(multilabel(), references("multilabel")); }

TEST(LabelReferences, ValuesOfOneLabelEqualScikitLearn) {
  expect_values(multilabel(), references("multilabel"), {}, "large", "large");
}

TEST(LabelReferences, IntervalsByFormulaEqualNumpyAndScipy) {
  expect_intervals(binary(), references("binary"), with_costs("binary"));
  expect_intervals(multiclass(), references("multiclass"), with_costs("multiclass"));
  expect_intervals(multilabel(), references("multilabel"));
}

TEST(LabelReferences, ResampledIntervalsEqualNumpysBootstrap) {
  expect_resampled(multiclass(), references("multiclass"));
}

/// The table with the reference's weights, rows of a cluster together where asked.
ScoreTable weighed(ScoreTable table, const Json& data, bool clustered) {
  table.rows.weight = data["weights"].get<std::vector<double>>();
  if (!clustered) return table;
  table.rows.cluster.name = "unit";
  table.rows.cluster.codes = data["clusters"].get<std::vector<std::uint32_t>>();
  const std::uint32_t most = std::ranges::max(table.rows.cluster.codes);
  for (std::uint64_t key = 0; key <= most; ++key) table.rows.cluster.keys.push_back(key);
  return table;
}

void expect_weighed(const ScoreTable& table, const Json& wanted, const Plan& plan) {
  for (const auto& [metric, of_side] : wanted.items()) {
    const bool flips = metric == "negative_flips";
    const CheckResult result =
        judge_one(check_of(metric, flips ? LimitWord::max : LimitWord::max_regression), table, plan);
    EXPECT_EQ(result.parts.size(), 1U) << metric << result.detail;
    for (const char* side : sides) {
      if (flips && side != sides[0]) continue;
      const Estimate& shown = side_of(result, side);
      ASSERT_TRUE(shown.value && shown.interval) << metric << " " << side << ": " << result.detail;
      EXPECT_NEAR(*shown.value, of_side[side][0].get<double>(), 1e-9) << metric << " " << side;
      EXPECT_NEAR(shown.interval->low, of_side[side][1].get<double>(), 1e-6) << metric << " " << side;
      EXPECT_NEAR(shown.interval->high, of_side[side][2].get<double>(), 1e-6) << metric << " " << side;
    }
    const CheckSpec& spec = find_check(Family::accuracy, metric)->spec;
    EXPECT_TRUE(spec.honours_weight && spec.honours_cluster) << metric;
  }
}

TEST(LabelReferences, WeightedAndClusteredRowsEqualTheJackknifeOfWeights) {
  for (const bool clustered : {false, true}) {
    const char* kind = clustered ? "clustered" : "weighted";
    const Json& classes = references("multiclass");
    expect_weighed(weighed(multiclass(), classes, clustered), classes["weighed"][kind], with_costs("multiclass"));
    const Json& labels = references("multilabel");
    expect_weighed(weighed(multilabel(), labels, clustered), labels["weighed"][kind], {});
  }
}

TEST(LabelReferences, AFrequencyCountsLikeSoManyRows) {
  ScoreTable once = multilabel();
  ScoreTable twice = once;
  once.rows.weight.assign(once.rows.rows, 2.0);
  twice.rows.rows *= 2;
  twice.rows.label_bits.insert(twice.rows.label_bits.end(), once.rows.label_bits.begin(), once.rows.label_bits.end());
  for (Predictions& model : twice.models) {
    auto& all = std::get<std::vector<double>>(model.scores);
    const std::vector<double> again = all;
    all.insert(all.end(), again.begin(), again.end());
  }
  Plan plan;
  plan.dataset.weight_kind = WeightKind::frequency;
  for (const char* metric :
       {"subset_accuracy", "hamming_loss", "f1_micro", "f1_macro", "precision_macro", "recall_macro"}) {
    const CheckResult weighted = judge_one(check_of(metric, LimitWord::max_regression), once, plan);
    const CheckResult expanded = judge_one(check_of(metric, LimitWord::max_regression), twice);
    ASSERT_TRUE(weighted.difference.interval && expanded.difference.interval) << metric << weighted.detail;
    EXPECT_NEAR(weighted.difference.interval->low, expanded.difference.interval->low, 1e-9) << metric;
    EXPECT_NEAR(weighted.parts.at(0).p_fail, expanded.parts.at(0).p_fail, 1e-9) << metric;
    EXPECT_EQ(weighted.parts.at(0).discordant, expanded.parts.at(0).discordant) << metric;
  }
}

TEST(LabelReferences, NegativeFlipsEqualTheirCountAndWilson) {
  for (const auto& [task, table] : {std::pair{"multiclass", multiclass()}, std::pair{"multilabel", multilabel()}}) {
    const Json& flips = references(task)["flips"];
    const CheckResult result = judge_one(accuracy("negative_flips", LimitWord::max, 0.2), table);
    EXPECT_NEAR(result.candidate.value.value(), flips["share"].get<double>(), 1e-9) << task;
    EXPECT_NEAR(result.candidate.interval->low, flips["interval"][0].get<double>(), 1e-6) << task;
    EXPECT_NEAR(result.candidate.interval->high, flips["interval"][1].get<double>(), 1e-6) << task;
  }
}

TEST(LabelReferences, EverySliceOfAMetricEqualsATableOfTheSliceAlone) {
  ScoreTable whole = multilabel();
  const std::size_t half = whole.rows.rows / 2;
  std::vector<std::string> part(half, "first");
  part.resize(whole.rows.rows, "second");
  ScoreTable alone = whole;
  alone.rows.rows = half;
  alone.rows.label_bits.resize(half * 4);
  for (Predictions& model : alone.models) std::get<std::vector<double>>(model.scores).resize(half * 4);
  add_column(whole, "part", part);
  for (const char* metric : {"subset_accuracy", "hamming_loss", "f1_micro", "f1_macro", "precision_macro",
                             "recall_macro", "roc_auc_macro"}) {
    const PlannedCheck one = accuracy(metric, LimitWord::max_regression, 0.02);
    const CheckResult in_slice = judge(sliced(one, {"part"}), whole).at(0);
    const CheckResult by_itself = judge_one(one, alone);
    ASSERT_TRUE(in_slice.difference.interval && by_itself.difference.interval) << metric << in_slice.detail;
    EXPECT_NEAR(in_slice.difference.interval->low, by_itself.difference.interval->low, 1e-9) << metric;
    EXPECT_NEAR(in_slice.parts.at(0).p_fail, by_itself.parts.at(0).p_fail, 1e-9) << metric;
    EXPECT_EQ(in_slice.flips->right_to_wrong, by_itself.flips->right_to_wrong) << metric;
  }
}

}  // namespace
}  // namespace modelgate
