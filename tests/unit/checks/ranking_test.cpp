// SPDX-License-Identifier: Apache-2.0
// Rankings against scikit-learn and slow loops over every order of tied rows (references/values.py).
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "table_builder.hpp"

namespace modelgate {
namespace {

using Json = nlohmann::json;
constexpr double exact = 1e-9;
constexpr double close = 1e-6;

const Json& references() {
  static const Json all =
      Json::parse(std::ifstream(MODELGATE_SOURCE_DIR "/tests/unit/checks/references/values.json"))["ranking"];
  return all;
}

ScoreTable reference_table() {
  const Json& data = references();
  return ranking_of(data["labels"].get<std::vector<double>>(), data["candidate"].get<std::vector<double>>(),
                    data["production"].get<std::vector<double>>(), data["query"].get<std::vector<std::uint32_t>>());
}

void expect_estimate(const Estimate& estimate, const Json& reference, const std::string& what) {
  ASSERT_TRUE(estimate.value && estimate.interval) << what;
  EXPECT_NEAR(*estimate.value, reference["value"].get<double>(), exact) << what;
  EXPECT_NEAR(estimate.interval->low, reference["interval"][0].get<double>(), close) << what;
  EXPECT_NEAR(estimate.interval->high, reference["interval"][1].get<double>(), close) << what;
}

TEST(Ranking, ValuesAndIntervalsOverQueriesEqualTheReferences) {
  for (const auto& [metric, kinds] : references()["metrics"].items()) {
    for (const auto& [kind, expected] : kinds.items()) {
      ScoreTable table = reference_table();
      if (kind == "clustered") add_clusters(table, references()["cluster"].get<std::vector<std::uint32_t>>());
      const CheckResult result = judge_one(accuracy(metric, LimitWord::max_regression, 0.1), table);
      const std::string what = metric + ", " + kind + ": " + result.detail;
      expect_estimate(result.candidate, expected["candidate"], what);
      expect_estimate(result.production, expected["production"], what);
      expect_estimate(result.difference, expected["difference"], what);
      ASSERT_EQ(result.parts.size(), 1U) << what;
      EXPECT_EQ(result.rows, table.rows.rows);
      ASSERT_TRUE(result.units);
      EXPECT_LE(*result.units, 38U);
    }
  }
}

TEST(Ranking, QueriesWithoutARelevantRowAreLeftOutAndCounted) {
  const CheckResult result = judge_one(accuracy("ndcg@4", LimitWord::min, 0.1), reference_table());
  const auto left_out = references()["left_out"].get<std::size_t>();
  EXPECT_GE(left_out, 2U);
  EXPECT_EQ(result.detail, std::to_string(left_out) + " of 40 queries have no relevant row and are left out.");
  EXPECT_EQ(*result.units, 40U - left_out);
}

TEST(Ranking, ShuffledRowsGiveTheSameBytes) {
  const ScoreTable table = reference_table();
  const std::size_t n = table.rows.rows;
  std::vector<double> relevance(n), candidate(n), production(n);
  std::vector<std::uint32_t> query(n);
  for (std::size_t row = 0; row < n; ++row) {
    const std::size_t to = (row * 11 + 5) % n;
    relevance[to] = table.rows.label_value[row];
    candidate[to] = std::get<std::vector<double>>(table.models[0].scores)[row];
    production[to] = std::get<std::vector<double>>(table.models[1].scores)[row];
    query[to] = table.rows.query.codes[row];
  }
  const ScoreTable shuffled = ranking_of(relevance, candidate, production, query);
  for (const auto& [metric, kinds] : references()["metrics"].items()) {
    const CheckResult one = judge_one(accuracy(metric, LimitWord::max_regression, 0.1), table);
    const CheckResult two = judge_one(accuracy(metric, LimitWord::max_regression, 0.1), shuffled);
    EXPECT_EQ(*one.candidate.value, *two.candidate.value) << metric;
    EXPECT_EQ(one.difference.interval->low, two.difference.interval->low) << metric;
  }
}

/// `queries` lists of five rows, the first relevant; the candidate ranks it first, production where `rank` says.
ScoreTable lists(std::size_t queries, double production_score) {
  std::vector<double> relevance, candidate, production;
  std::vector<std::uint32_t> query;
  for (std::size_t list = 0; list < queries; ++list)
    for (std::size_t row = 0; row < 5; ++row) {
      relevance.push_back(row == 0 ? 1.0 : 0.0);
      candidate.push_back(5.0 - static_cast<double>(row));
      production.push_back(row == 0 ? production_score : 5.0 - static_cast<double>(row));
      query.push_back(static_cast<std::uint32_t>(list));
    }
  return ranking_of(relevance, candidate, production, query);
}

const std::vector<std::string> metrics{"ndcg", "ndcg@3", "ndcg_exp@3", "map", "map@3", "mrr", "mrr@3", "recall@1"};

TEST(Ranking, FewerThanTwentyQueriesAreNotAssessable) {
  for (const std::string& metric : metrics) {
    const CheckResult few = judge_one(accuracy(metric, LimitWord::min, 0.5), lists(19, 9.0));
    EXPECT_EQ(few.reason, Reason::too_few_rows) << metric;
    EXPECT_NE(few.detail.find("queries"), std::string::npos) << few.detail;
    EXPECT_EQ(judge_one(accuracy(metric, LimitWord::min, 0.5), lists(20, 9.0)).parts.size(), 1U) << metric;
  }
}

TEST(Ranking, FlawlessAndEqualListsAreBoundedByTheNumberOfQueries) {
  for (const std::string& metric : metrics) {
    EXPECT_TRUE(proven(judge_one(accuracy(metric, LimitWord::min, 0.9), lists(60, 9.0)))) << metric;
    EXPECT_FALSE(proven(judge_one(accuracy(metric, LimitWord::min, 0.99), lists(60, 9.0)))) << metric;
    EXPECT_TRUE(proven(judge_one(accuracy(metric, LimitWord::max_regression, 0.05), lists(60, 9.0)))) << metric;
    EXPECT_FALSE(proven(judge_one(accuracy(metric, LimitWord::max_regression, 0.01), lists(60, 9.0)))) << metric;
  }
}

TEST(Ranking, TheSameGainInEveryListIsNotAssessable) {
  for (const std::string& metric : {std::string{"mrr"}, std::string{"ndcg"}})
    EXPECT_EQ(judge_one(accuracy(metric, LimitWord::max_regression, 0.05), lists(60, 3.5)).reason,
              Reason::zero_variance);
}

TEST(Ranking, NothingRelevantIsNotAssessable) {
  ScoreTable table = lists(30, 9.0);
  table.rows.label_value.assign(table.rows.rows, 0.0);
  for (const std::string& metric : metrics)
    EXPECT_EQ(judge_one(accuracy(metric, LimitWord::min, 0.5), table).outcome, Outcome::not_assessable) << metric;
}

TEST(Ranking, ARelevanceThatIsNoNumberOfZeroOrMoreIsAnErrorWithItsRow) {
  for (const double bad : {-1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    ScoreTable table = lists(30, 9.0);
    table.rows.label_value[6] = bad;
    const CheckResult result = judge_one(accuracy("ndcg@3", LimitWord::min, 0.5), table);
    EXPECT_EQ(result.outcome, Outcome::error);
    EXPECT_EQ(result.reason, Reason::data_invalid);
    EXPECT_NE(result.detail.find("row 7"), std::string::npos) << result.detail;
  }
  ScoreTable large = lists(30, 9.0);
  large.rows.label_value[0] = 2000.0;
  EXPECT_EQ(judge_one(accuracy("ndcg_exp@3", LimitWord::min, 0.5), large).outcome, Outcome::error);
}

TEST(Ranking, ASliceHoldsWholeQueries) {
  ScoreTable table = reference_table();
  std::vector<std::string> market(table.rows.rows);
  for (std::size_t row = 0; row < market.size(); ++row) market[row] = row < 140 ? "here" : "there";
  add_column(table, "market", market);
  const auto results = judge(sliced(accuracy("mrr", LimitWord::min, 0.1), {"market"}), table);
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(*results[0].units + *results[1].units, 40U - references()["left_out"].get<std::size_t>());

  market[3] = "there";
  ScoreTable torn = reference_table();
  add_column(torn, "market", market);
  const auto refused = judge(sliced(accuracy("mrr", LimitWord::min, 0.1), {"market"}), torn);
  EXPECT_EQ(refused.front().outcome, Outcome::error);
  EXPECT_NE(refused.front().detail.find("several slices of market"), std::string::npos) << refused.front().detail;
}

TEST(Ranking, AQueryInTwoClustersIsAnError) {
  ScoreTable table = reference_table();
  auto clusters = references()["cluster"].get<std::vector<std::uint32_t>>();
  clusters[2] = clusters[2] == 0 ? 1 : 0;
  add_clusters(table, clusters);
  EXPECT_EQ(judge_one(accuracy("map", LimitWord::min, 0.1), table).outcome, Outcome::error);
}

TEST(Ranking, WithoutAQueryColumnNothingIsRanked) {
  ScoreTable table = reference_table();
  table.rows.query = {};
  const CheckResult result = judge_one(accuracy("map", LimitWord::min, 0.1), table);
  EXPECT_EQ(result.outcome, Outcome::error);
  EXPECT_NE(result.detail.find("dataset.query"), std::string::npos);
}

}  // namespace
}  // namespace modelgate
