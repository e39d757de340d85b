// SPDX-License-Identifier: Apache-2.0
// Bias of published data and of small tables against fairlearn, statsmodels and plain numpy; references/bias.py writes
// the values.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "gate/stats/two_means.hpp"
#include "table_builder.hpp"

namespace modelgate {
namespace {

using Json = nlohmann::json;
constexpr double exact = 1e-9;
constexpr double edge = 1e-6;

const Json& references() {
  static const Json all = Json::parse(std::ifstream(MODELGATE_SOURCE_DIR "/tests/unit/checks/references/bias.json"));
  return all;
}

/// Rows by group from counts [label][decision]; production decides as the candidate does.
ScoreTable table_from(const Json& cells) {
  std::vector<RowsOf> rows;
  std::vector<std::string> names;
  for (const auto& [name, counts] : cells.items())
    for (int label : {0, 1})
      for (int decided : {0, 1}) {
        const auto count =
            counts[static_cast<std::size_t>(label)][static_cast<std::size_t>(decided)].get<std::size_t>();
        rows.push_back({label, decided, decided, count});
        names.insert(names.end(), count, name);
      }
  ScoreTable table = table_of(rows);
  add_column(table, "group", names);
  return table;
}

PlannedCheck gap(const std::string& metric, double limit = 0.1) {
  const bool ratio = metric.ends_with("_ratio");
  return bias(metric, ratio ? LimitWord::min : LimitWord::max, limit, {"group"});
}

const PairGap* pair_of(const CheckResult& result, const Json& wanted) {
  for (const PairGap& pair : result.pairs) {
    std::vector<std::string> names{pair.first, pair.second};
    std::ranges::sort(names);
    if (names == wanted["groups"].get<std::vector<std::string>>() && pair.rate == wanted["rate"]) return &pair;
  }
  return nullptr;
}

/// A bound on what a ratio's interval end may differ by: it may be far above 1.
double near(double value) { return edge * std::max(1.0, std::abs(value)); }

void expect_pairs(const CheckResult& result, const Json& pairs, const std::string& of) {
  EXPECT_EQ(result.pairs.size(), pairs.size()) << of;
  for (const Json& wanted : pairs) {
    const PairGap* pair = pair_of(result, wanted);
    ASSERT_NE(pair, nullptr) << of << " " << wanted.dump();
    EXPECT_NEAR(*pair->gap.value, wanted["value"].get<double>(), exact) << of;
    ASSERT_TRUE(pair->gap.interval) << of;
    const double low = wanted["interval"][0];
    const double high = wanted["interval"][1];
    EXPECT_NEAR(pair->gap.interval->low, low, near(low)) << of << " " << wanted.dump();
    EXPECT_NEAR(pair->gap.interval->high, high, near(high)) << of << " " << wanted.dump();
  }
}

void expect_table(const Json& data, const std::string& name) {
  const ScoreTable table = table_from(data["cells"]);
  for (const auto& [metric, pairs] : data["pairs"].items()) {
    const CheckResult result = judge_one(gap(metric), table);
    expect_pairs(result, pairs, name + " " + metric);
    const Json& all = data["all_groups"][metric];
    ASSERT_EQ(result.value_all_groups.has_value(), !all.is_null()) << name << " " << metric;
    if (!all.is_null()) {
      EXPECT_NEAR(*result.value_all_groups, all.get<double>(), exact) << name << " " << metric;
    }
  }
}

TEST(BiasReferences, CompasAgreesWithFairlearnAndStatsmodels) { expect_table(references()["compas"], "compas"); }
TEST(BiasReferences, AdultAgreesWithFairlearnAndStatsmodels) { expect_table(references()["adult"], "adult"); }

TEST(BiasReferences, SmallTablesWithEdgesAgree) {
  for (const Json& table : references()["small"]) expect_table(table, "small");
}

TEST(BiasReferences, CompasPrintsFairlearnsValueBesideTheAssessableOne) {
  const Json& data = references()["compas"];
  PlannedCheck check = gap("equalized_odds_difference");
  check.attribute->values = {"African-American", "Caucasian"};
  const CheckResult result = judge_one(check, table_from(data["cells"]));
  EXPECT_NEAR(*result.value_all_groups, 0.577, 5e-4);  // driven by 18 and 32 people
  EXPECT_NEAR(*result.candidate.value, 0.214, 5e-4);   // the two large groups
  EXPECT_NEAR(*result.candidate.value, data["two_groups"].get<double>(), exact);
  EXPECT_EQ(result.outcome, Outcome::inconclusive);  // nothing is in the way of a verdict
  EXPECT_LT(result.parts.front().p_fail, 1e-9);
}

TEST(BiasReferences, AdultByRaceAndSexFailsWithSmallGroupsListedOrNot) {
  const ScoreTable table = table_from(references()["adult"]["cells"]);
  for (const bool listed : {false, true}) {
    PlannedCheck check = gap("equal_opportunity_difference");
    check.small_groups_listed = listed;
    EXPECT_EQ(decided(check, table), Outcome::fail);
    check.limit.value = 0.5;
    EXPECT_EQ(decided(check, table), listed ? Outcome::pass : Outcome::not_assessable);
  }
}

ScoreTable weighted_table(bool weights, bool clusters) {
  const Json& data = references()["weighted"];
  ScoreTable table = table_of({});
  table.rows.label_class = data["label"].get<std::vector<std::int32_t>>();
  table.rows.rows = table.rows.label_class.size();
  for (Predictions& model : table.models) model.classes = data["decided"].get<std::vector<std::int32_t>>();
  add_column(table, "group", data["groups"].get<std::vector<std::string>>());
  if (weights) table.rows.weight = data["weight"].get<std::vector<double>>();
  if (clusters) {
    table.rows.cluster.name = "user";
    table.rows.cluster.codes = data["cluster"].get<std::vector<std::uint32_t>>();
    table.rows.cluster.keys.resize(*std::ranges::max_element(table.rows.cluster.codes) + 1U);
  }
  return table;
}

TEST(BiasReferences, WeightedAndClusteredGapsAgreeWithPlainSums) {
  for (const auto& [name, weights, clusters] :
       {std::tuple{"weights_only", true, false}, {"clusters_only", false, true}, {"both", true, true}}) {
    const ScoreTable table = weighted_table(weights, clusters);
    for (const auto& [metric, pairs] : references()["weighted"][name].items())
      expect_pairs(judge_one(gap(metric), table), pairs, std::string(name) + " " + metric);
  }
}

TEST(BiasReferences, WeightedValuesOverAllGroupsAreFairlearns) {
  const ScoreTable table = weighted_table(true, false);
  for (const auto& [metric, value] : references()["weighted"]["all_groups_weighted"].items())
    EXPECT_NEAR(*judge_one(gap(metric), table).value_all_groups, value.get<double>(), exact) << metric;
}

TEST(BiasReferences, EveryGroupAgainstProductionAgreesWithPlainSums) {
  ScoreTable table = weighted_table(true, true);
  const Json& data = references()["against_production"];
  table.models[1].classes = data["production"].get<std::vector<std::int32_t>>();
  for (const auto& [group, wanted] : data["by_group"].items()) {
    PlannedCheck check = bias("tpr", LimitWord::max_regression, 0.1, {"group"});
    check.attribute->values = {group};
    const CheckResult result = judge_one(check, table);
    EXPECT_EQ(result.shown, group);
    EXPECT_NEAR(*result.difference.value, wanted["difference"].get<double>(), exact) << group;
    EXPECT_NEAR(result.difference.interval->low, wanted["interval"][0].get<double>(), edge) << group;
    EXPECT_NEAR(result.difference.interval->high, wanted["interval"][1].get<double>(), edge) << group;
  }
}

TEST(BiasReferences, WelchsTestAgreesWithScipy) {
  for (const Json& wanted : references()["welch"]) {
    stats::TwoMeans means;
    for (const auto& [side, at] : {std::pair{&means.first, std::size_t{0}}, {&means.second, std::size_t{1}}}) {
      side->mean = wanted["means"][at];
      side->std_error = wanted["errors"][at];
      side->units = wanted["units"][at];
    }
    EXPECT_NEAR(*stats::difference_p_at_most(means, wanted["gap"]), wanted["p_at_most"].get<double>(), exact);
    const auto interval = stats::difference_interval(means, 0.05);
    EXPECT_NEAR(interval->low, wanted["interval"][0].get<double>(), edge);
    EXPECT_NEAR(interval->high, wanted["interval"][1].get<double>(), edge);
  }
  const stats::TwoMeans ratio{.first = {.mean = 0.3, .std_error = 0.02, .units = 30},
                              .second = {.mean = 0.5, .std_error = 0.03, .units = 40}};
  EXPECT_NEAR(*stats::ratio_p_at_least(ratio, 0.8), 1.0 - *stats::ratio_p_at_most(ratio, 0.8), exact);
  EXPECT_NEAR(*stats::ratio_p_at_most(ratio, stats::ratio_interval(ratio, 0.05)->low), 0.05, exact);
  EXPECT_FALSE(stats::difference_p_at_most({}, 0.0));  // no unit varies
  EXPECT_FALSE(stats::ratio_interval(
      {.first = {.mean = 0.0, .std_error = 0.1, .units = 30}, .second = {.mean = 0.5, .std_error = 0.1, .units = 30}},
      0.05));
}

TEST(BiasReferences, MeanResidualsByGroupAgreeWithPlainMeans) {
  const Json& data = references()["residuals"];
  ScoreTable table = regression_of(data["labels"], data["values"], data["values"]);
  add_column(table, "group", data["groups"].get<std::vector<std::string>>());
  const CheckResult biases = judge_one(bias("mean_bias", LimitWord::max, 10.0, {"group"}), table);
  const CheckResult errors = judge_one(bias("mae", LimitWord::max, 10.0, {"group"}), table);
  ASSERT_EQ(biases.groups.size(), data["by_group"].size());
  for (std::size_t at = 0; at < biases.groups.size(); ++at) {
    const Json& wanted = data["by_group"][biases.groups[at].group];
    EXPECT_NEAR(*biases.groups[at].candidate.value, wanted["mean_bias"].get<double>(), exact);
    EXPECT_NEAR(biases.groups[at].candidate.interval->low, wanted["interval"][0].get<double>(), edge);
    EXPECT_NEAR(biases.groups[at].candidate.interval->high, wanted["interval"][1].get<double>(), edge);
    EXPECT_NEAR(*errors.groups.at(at).candidate.value, wanted["mae"].get<double>(), exact);
  }
  EXPECT_TRUE(proven(biases));
  EXPECT_TRUE(proven(errors));
}

}  // namespace
}  // namespace modelgate
