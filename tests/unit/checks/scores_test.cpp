// SPDX-License-Identifier: Apache-2.0
// Metrics of binary scores against scikit-learn, scipy and numerical influences (references/scores.py).
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>

#include "table_builder.hpp"

namespace modelgate {
namespace {

using Json = nlohmann::json;
constexpr double exact = 1e-9;
constexpr double close = 1e-6;

const Json& references() {
  static const Json all = Json::parse(std::ifstream(MODELGATE_SOURCE_DIR "/tests/unit/checks/references/scores.json"));
  return all;
}

ScoreTable reference_table(const std::string& kind) {
  const Json& data = references();
  ScoreTable table =
      table_of(data["labels"].get<std::vector<std::int32_t>>(), data["candidate"].get<std::vector<double>>(),
               data["production"].get<std::vector<double>>());
  if (kind == "weighted" || kind == "both") table.rows.weight = data["weight"].get<std::vector<double>>();
  if (kind == "clustered" || kind == "both") add_clusters(table, data["cluster"].get<std::vector<std::uint32_t>>());
  return table;
}

void expect_estimate(const Estimate& estimate, const Json& reference, const std::string& what) {
  ASSERT_TRUE(estimate.value && estimate.interval) << what;
  EXPECT_NEAR(*estimate.value, reference["value"].get<double>(), exact) << what;
  EXPECT_NEAR(estimate.interval->low, reference["interval"][0].get<double>(), close) << what;
  EXPECT_NEAR(estimate.interval->high, reference["interval"][1].get<double>(), close) << what;
}

TEST(Scores, ValuesAndIntervalsEqualTheReferences) {
  for (const auto& [metric, kinds] : references()["metrics"].items()) {
    for (const auto& [kind, expected] : kinds.items()) {
      const CheckResult result = judge_one(accuracy(metric, LimitWord::max_regression, 0.03), reference_table(kind));
      const std::string what = metric + ", " + kind + ": " + result.detail;
      expect_estimate(result.candidate, expected["candidate"], what + " candidate");
      expect_estimate(result.production, expected["production"], what + " production");
      expect_estimate(result.difference, expected["difference"], what + " difference");
      ASSERT_EQ(result.parts.size(), 1U) << what;
      EXPECT_EQ(result.parts.front().passes, expected["difference"]["interval"][0].get<double>() > -0.03) << what;
      EXPECT_EQ(result.method,
                kind == "plain" || kind == "weighted" ? "linearised paired t" : "linearised paired t over clusters");
    }
  }
}

TEST(Scores, TheFailingTailIsOneLessThePassingOne) {
  for (const auto& [metric, kinds] : references()["metrics"].items()) {
    const CheckResult result = judge_one(accuracy(metric, LimitWord::max_regression, 0.03), reference_table("plain"));
    EXPECT_NEAR(result.parts.front().p_fail, 1.0 - kinds["plain"]["p_at_most"].get<double>(), close) << metric;
  }
}

TEST(Scores, AnAbsoluteLimitIsPassedWhereTheIntervalEndsAboveIt) {
  for (const auto& [metric, kinds] : references()["metrics"].items()) {
    const double low = kinds["plain"]["candidate"]["interval"][0];
    const double high = kinds["plain"]["candidate"]["interval"][1];
    const ScoreTable table = reference_table("plain");
    EXPECT_TRUE(proven(judge_one(accuracy(metric, LimitWord::min, low - 1e-6), table))) << metric;
    EXPECT_FALSE(proven(judge_one(accuracy(metric, LimitWord::min, low + 1e-6), table))) << metric;
    EXPECT_LT(judge_one(accuracy(metric, LimitWord::min, high + 1e-6), table).parts.front().p_fail, 0.05) << metric;
    EXPECT_GT(judge_one(accuracy(metric, LimitWord::min, high - 1e-6), table).parts.front().p_fail, 0.05) << metric;
  }
}

TEST(Scores, KsIsTheTwoSampleStatisticOfTheClassesScores) {
  const CheckResult result = judge_one(accuracy("ks", LimitWord::min, 0.3), reference_table("plain"));
  EXPECT_NEAR(*result.candidate.value, references()["ks_2samp"]["candidate"].get<double>(), exact);
  EXPECT_NEAR(*result.production.value, references()["ks_2samp"]["production"].get<double>(), exact);
}

TEST(Scores, KsFoldsLeaveRowsWithoutWeightOutOfAccount) {
  ScoreTable table = reference_table("plain");
  const std::size_t rows = table.rows.rows;
  ScoreTable padded = table;
  padded.rows.rows = rows + 1;
  padded.rows.weight.assign(rows + 1, 1.0);
  padded.rows.weight.front() = 0.0;  // a row more, in front of all others
  padded.rows.label_class.insert(padded.rows.label_class.begin(), 1);
  for (Predictions& model : padded.models)
    std::visit([](auto& scores) { scores.insert(scores.begin(), 0.5); }, model.scores);
  padded.rows.id_hash.clear();
  padded.rows.categories.clear();
  table.rows.weight.assign(rows, 1.0);
  table.rows.id_hash.clear();
  const PlannedCheck check = accuracy("ks", LimitWord::min, 0.3);
  EXPECT_NEAR(judge_one(check, padded).candidate.interval->low, judge_one(check, table).candidate.interval->low, 1e-9);
}

TEST(Scores, GiniIsTwiceTheAucLessOneWithItsVerdict) {
  const ScoreTable table = reference_table("plain");
  const CheckResult gini = judge_one(accuracy("gini", LimitWord::max_regression, 0.04), table);
  const CheckResult auc = judge_one(accuracy("roc_auc", LimitWord::max_regression, 0.02), table);
  EXPECT_NEAR(*gini.candidate.value, references()["gini"]["candidate"].get<double>(), exact);
  EXPECT_NEAR(*gini.production.value, references()["gini"]["production"].get<double>(), exact);
  EXPECT_NEAR(gini.difference.interval->low, 2 * auc.difference.interval->low, 1e-12);
  EXPECT_NEAR(gini.candidate.interval->high, 2 * auc.candidate.interval->high - 1, 1e-12);
  EXPECT_DOUBLE_EQ(gini.parts.front().p_fail, auc.parts.front().p_fail);
  EXPECT_EQ(gini.parts.front().passes, auc.parts.front().passes);
  EXPECT_EQ(gini.planned.metric, "gini");
  EXPECT_DOUBLE_EQ(gini.planned.limit.value, 0.04);
  EXPECT_DOUBLE_EQ(*gini.margin, 0.04);
  EXPECT_EQ(gini.id, "accuracy.gini.max_regression");
  EXPECT_EQ(gini.rows_needed, auc.rows_needed);

  const double value = references()["gini"]["candidate"];
  const CheckResult low = judge_one(accuracy("gini", LimitWord::min, value), table);
  EXPECT_NEAR(low.parts.front().p_fail, 0.5, 1e-6);
}

TEST(Scores, GiniHonoursWeightsAndClustersAsTheAucDoes) {
  for (const std::string kind : {"weighted", "clustered", "both"}) {
    const ScoreTable table = reference_table(kind);
    const CheckResult gini = judge_one(accuracy("gini", LimitWord::max_regression, 0.04), table);
    const CheckResult auc = judge_one(accuracy("roc_auc", LimitWord::max_regression, 0.02), table);
    ASSERT_TRUE(gini.difference.interval && auc.difference.interval) << kind;
    EXPECT_NEAR(*gini.candidate.value, 2 * *auc.candidate.value - 1, 1e-12) << kind;
    EXPECT_NEAR(gini.difference.interval->low, 2 * auc.difference.interval->low, 1e-12) << kind;
    EXPECT_DOUBLE_EQ(gini.parts.front().p_fail, auc.parts.front().p_fail) << kind;
    EXPECT_EQ(gini.units, auc.units) << kind;
  }
}

TEST(Scores, ShuffledRowsWithIdsGiveTheSameBytes) {
  ScoreTable table = reference_table("both");
  ScoreTable shuffled = table;
  const std::size_t n = table.rows.rows;
  for (std::size_t row = 0; row < n; ++row) table.rows.id_hash.push_back(0x9E3779B97F4A7C15ULL * (row + 1));
  shuffled.rows.id_hash.resize(n);
  std::vector<double> candidate(n), production(n);
  const auto& from_candidate = std::get<std::vector<double>>(table.models[0].scores);
  const auto& from_production = std::get<std::vector<double>>(table.models[1].scores);
  for (std::size_t row = 0; row < n; ++row) {
    const std::size_t to = (row * 7 + 3) % n;
    shuffled.rows.id_hash[to] = table.rows.id_hash[row];
    shuffled.rows.label_class[to] = table.rows.label_class[row];
    shuffled.rows.weight[to] = table.rows.weight[row];
    shuffled.rows.cluster.codes[to] = table.rows.cluster.codes[row];
    candidate[to] = from_candidate[row];
    production[to] = from_production[row];
  }
  shuffled.models[0].scores = candidate;
  shuffled.models[1].scores = production;
  for (const auto& [metric, kinds] : references()["metrics"].items()) {
    const CheckResult one = judge_one(accuracy(metric, LimitWord::max_regression, 0.03), table);
    const CheckResult two = judge_one(accuracy(metric, LimitWord::max_regression, 0.03), shuffled);
    EXPECT_EQ(*one.candidate.value, *two.candidate.value) << metric;
    EXPECT_EQ(one.candidate.interval->low, two.candidate.interval->low) << metric;
    EXPECT_EQ(one.difference.interval->high, two.difference.interval->high) << metric;
    EXPECT_EQ(one.parts.front().p_fail, two.parts.front().p_fail) << metric;
  }
}

const std::vector<std::string> ranked{"average_precision", "ks", "recall_at_fpr@0.2", "precision_at_rate@0.2"};

TEST(Scores, OneLabelOnlyIsNotAssessable) {
  const std::vector<double> scores(100, 0.5);
  for (const std::string& metric : ranked) {
    for (const LimitWord word : {LimitWord::min, LimitWord::max_regression}) {
      const CheckResult result =
          judge_one(accuracy(metric, word, 0.1), table_of(std::vector<std::int32_t>(100, 1), scores, scores));
      EXPECT_EQ(result.outcome, Outcome::not_assessable) << metric;
      EXPECT_TRUE(result.parts.empty()) << metric;
    }
  }
}

ScoreTable separated(std::size_t positives, std::size_t negatives) {
  std::vector<std::int32_t> labels(positives, 1);
  labels.insert(labels.end(), negatives, 0);
  std::vector<double> scores(labels.size());
  for (std::size_t row = 0; row < scores.size(); ++row) scores[row] = 1.0 - static_cast<double>(row) / 1000.0;
  return table_of(labels, scores, scores);
}

TEST(Scores, NineteenPositivesAreTooFew) {
  for (const std::string& metric : ranked) {
    const CheckResult few = judge_one(accuracy(metric, LimitWord::min, 0.1), separated(19, 200));
    EXPECT_EQ(few.outcome, Outcome::not_assessable) << metric;
    EXPECT_EQ(few.reason, Reason::too_few_events) << metric;
  }
}

TEST(Scores, AShareOfFewerThanTenRowsIsNotAssessable) {
  const CheckResult fpr = judge_one(accuracy("recall_at_fpr@0.01", LimitWord::min, 0.1), separated(100, 500));
  EXPECT_EQ(fpr.reason, Reason::too_few_events);
  EXPECT_NE(fpr.detail.find("500 negative rows"), std::string::npos) << fpr.detail;
  const CheckResult rate = judge_one(accuracy("precision_at_rate@0.01", LimitWord::min, 0.1), separated(100, 500));
  EXPECT_EQ(rate.reason, Reason::too_few_events);
}

TEST(Scores, APerfectRankingIsBoundedByItsRowsNotByItsZeroWidth) {
  for (const std::string& metric : ranked) {
    const ScoreTable table = separated(100, 300);
    const CheckResult modest = judge_one(accuracy(metric, LimitWord::min, 0.85), table);
    ASSERT_EQ(modest.parts.size(), 1U) << metric << modest.detail;
    EXPECT_DOUBLE_EQ(*modest.candidate.value, 1.0) << metric;
    EXPECT_TRUE(proven(modest)) << metric;
    EXPECT_FALSE(proven(judge_one(accuracy(metric, LimitWord::min, 0.995), table))) << metric;
  }
}

TEST(Scores, EqualModelsPassOnlyWithEnoughRows) {
  for (const std::string& metric : ranked) {
    EXPECT_FALSE(proven(judge_one(accuracy(metric, LimitWord::max_regression, 0.01), separated(100, 300)))) << metric;
    EXPECT_TRUE(proven(judge_one(accuracy(metric, LimitWord::max_regression, 0.1), separated(100, 300)))) << metric;
  }
}

TEST(Scores, FewerThanTwentyClustersAreNotAssessable) {
  ScoreTable table = reference_table("plain");
  std::vector<std::uint32_t> codes(table.rows.rows);
  for (std::size_t row = 0; row < codes.size(); ++row) codes[row] = static_cast<std::uint32_t>(row % 19);
  add_clusters(table, codes);
  for (const std::string& metric : ranked)
    EXPECT_EQ(judge_one(accuracy(metric, LimitWord::max_regression, 0.1), table).reason, Reason::too_few_rows)
        << metric;
}

TEST(Scores, AClassOutputHasNoScoresToRank) {
  const ScoreTable table = table_of({{1, 1, 1, 50}, {0, 0, 0, 50}});
  for (const std::string& metric : ranked)
    EXPECT_EQ(judge_one(accuracy(metric, LimitWord::min, 0.5), table).outcome, Outcome::error) << metric;
}

TEST(Scores, SlicesAreJudgedOnTheirOwnRows) {
  ScoreTable table = reference_table("plain");
  std::vector<std::string> half(table.rows.rows);
  ScoreTable first = table_of({}, {}, {});
  const auto& candidate = std::get<std::vector<double>>(table.models[0].scores);
  std::vector<double> scores;
  for (std::size_t row = 0; row < half.size(); ++row) {
    half[row] = row % 2 == 0 ? "even" : "odd";
    if (row % 2 != 0) continue;
    scores.push_back(candidate[row]);
    first.rows.label_class.push_back(table.rows.label_class[row]);
  }
  first.rows.rows = scores.size();
  first.models[0].scores = scores;
  first.models[1].scores = scores;
  add_column(table, "half", half);
  for (const std::string metric : {"average_precision", "recall_at_fpr@0.2", "precision_at_rate@0.2"}) {
    const auto results = judge(sliced(accuracy(metric, LimitWord::min, 0.3), {"half"}), table);
    ASSERT_EQ(results.size(), 2U);
    const CheckResult alone = judge_one(accuracy(metric, LimitWord::min, 0.3), first);
    EXPECT_EQ(*results[0].candidate.value, *alone.candidate.value);
    EXPECT_EQ(results[0].candidate.interval->low, alone.candidate.interval->low);
  }
}

}  // namespace
}  // namespace modelgate
