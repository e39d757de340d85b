// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "checks/planning/block_chance.hpp"
#include "checks/planning/outlook.hpp"
#include "checks/planning/scatter.hpp"
#include "checks/planning/tallies.hpp"
#include "checks/planning/warnings.hpp"
#include "gate/stats/power.hpp"
#include "table_builder.hpp"

namespace modelgate {
namespace {

using testing::HasSubstr;

nlohmann::json reference() {
  std::ifstream file(MODELGATE_SOURCE_DIR "/tests/unit/checks/references/planning.json");
  return nlohmann::json::parse(file);
}

/// Rows of a binary task, every `positive_every`-th of them positive.
RowColumns binary_rows(std::size_t rows, std::size_t positive_every) {
  RowColumns columns;
  columns.rows = rows;
  for (std::size_t row = 0; row < rows; ++row) columns.label_class.push_back(row % positive_every == 0 ? 1 : 0);
  return columns;
}

/// Cuts the rows into values of these sizes, in their order.
void add_sizes(RowColumns& rows, const std::string& name,
               const std::vector<std::pair<std::string, std::size_t>>& sizes) {
  CategoryColumn column;
  column.name = name;
  for (const auto& [value, size] : sizes) {
    column.codes.insert(column.codes.end(), size, static_cast<std::uint16_t>(column.values.size()));
    column.values.push_back(value);
  }
  rows.categories.push_back(std::move(column));
}

PlannedCheck margin_on(const std::string& metric, double margin, OnInconclusive policy = OnInconclusive::block) {
  PlannedCheck check = accuracy(metric, LimitWord::max_regression, margin);
  check.on_inconclusive = policy;
  return check;
}

Plan plan_of(std::vector<PlannedCheck> checks) {
  Plan plan;
  plan.checks = std::move(checks);
  return plan;
}

Outlook only_outlook(const PlannedCheck& check, const RowColumns& rows, const Pilot* pilot = nullptr) {
  const auto all = outlooks_of(plan_of({check}), rows, pilot, Detail::all);
  EXPECT_EQ(all.size(), 1U);
  return all.empty() ? Outlook{} : all.front();
}

Pilot pilot_of(const PlannedCheck& check, PilotCheck measured) {
  Pilot pilot;
  pilot.path = "report.json";
  pilot.rows = measured.rows;
  pilot.checks.emplace(
      pilot_key(to_string(check.family), check.metric, check.klass, {}, check.attribute ? check.attribute->text() : ""),
      std::move(measured));
  return pilot;
}

TEST(Planning, ChancesAndMarginsAgreeWithTheReferences) {
  const auto all = reference();
  for (const auto& r : all["pass_chance"])
    EXPECT_NEAR(*stats::paired_rate_pass_chance(r["n"], r["disc"], r["margin"], .05), r["chance"].get<double>(), 1e-6);
  for (const auto& r : all["smallest"])
    EXPECT_NEAR(*stats::smallest_paired_rate_margin(r["n"], r["disc"], .05), r["margin"].get<double>(), 1e-6);
  for (const auto& r : all["mean"]) {
    EXPECT_NEAR(*stats::mean_pass_chance(r["se"], r["margin"], .05), r["pass"].get<double>(), 1e-6);
    EXPECT_NEAR(*stats::mean_fail_chance(r["se"], r["margin"], .05), r["fail"].get<double>(), 1e-6);
    EXPECT_NEAR(*stats::smallest_mean_margin(r["se"], .05), r["smallest"].get<double>(), 1e-6);
  }
  for (const auto& r : all["alike"]) {
    EXPECT_NEAR(*stats::alike_pass_chance(r["se"], r["limit"], .05), r["pass"].get<double>(), 1e-6);
    EXPECT_NEAR(*stats::smallest_alike_limit(r["se"], .05), r["smallest"].get<double>(), 1e-6);
  }
  for (const auto& r : all["rows"])
    EXPECT_EQ(*stats::rows_for_paired_rate(r["disc"], r["margin"], .05), std::ceil(r["rows"].get<double>()));
}

TEST(Planning, TheVarianceOfAnAucIsTheBinormalOne) {
  GroupTally group;
  group.by_label = {{100, 100, 100.0}, {50, 50, 50.0}};
  const Scatter scatter = assumed_scatter(spread_of_auc, group, 1, .1, true);
  const double variance = reference()["auc_variance"].get<double>() * (1.0 / 100 + 1.0 / 50);
  EXPECT_NEAR(scatter.std_error, std::sqrt(variance), 1e-6);
  EXPECT_EQ(scatter.units, 50.0);
}

TEST(Planning, WeightsAndClustersShrinkTheRowsToKishsCount) {
  const auto r = reference()["kish"];
  RowColumns rows = binary_rows(60, 2);
  rows.weight = r["weights"].get<std::vector<double>>();
  EXPECT_NEAR(Tallies(Plan{}, rows).of(std::nullopt)->front().all.effective, r["rows_alone"].get<double>(), 1e-9);
  rows.cluster.codes = r["units"].get<std::vector<std::uint32_t>>();
  rows.cluster.keys.resize(25);
  EXPECT_NEAR(Tallies(Plan{}, rows).of(std::nullopt)->front().all.effective, r["by_unit"].get<double>(), 1e-9);
}

TEST(Planning, FrequencyWeightsAreSoManyRows) {
  Plan plan;
  plan.dataset.weight_kind = WeightKind::frequency;
  RowColumns rows = binary_rows(10, 2);
  rows.weight.assign(10, 7.0);
  EXPECT_NEAR(Tallies(plan, rows).of(std::nullopt)->front().all.effective, 70.0, 1e-9);
}

TEST(Planning, ATargetPrevalenceCostsRows) {
  Plan plan;
  plan.target_prevalence = 0.01;
  const RowColumns rows = binary_rows(1000, 2);
  // 1/Σ π²/n: the weights of a stratified mean
  EXPECT_NEAR(Tallies(plan, rows).of(std::nullopt)->front().all.effective, 1.0 / (.0001 / 500 + .9801 / 500), 1e-6);
}

TEST(Planning, AccuracyNeedsTheKnownRowsAndSeesTheKnownMargin) {
  const Outlook seen = only_outlook(margin_on("accuracy", .01), binary_rows(5000, 2));
  EXPECT_EQ(seen.rows_needed, 8564U);
  EXPECT_NEAR(*seen.pass_chance, .727, .01);
  EXPECT_NEAR(*seen.smallest, .01 * std::sqrt(8563.8 / 5000), 1e-5);
  EXPECT_TRUE(seen.blind());
  EXPECT_TRUE(seen.counted);
}

TEST(Planning, AnAucNeedsAboutSevenAndAHalfThousandRows) {
  const Outlook seen = only_outlook(margin_on("roc_auc", .01), binary_rows(1000, 2));
  EXPECT_NEAR(static_cast<double>(*seen.rows_needed), 7500, 10);
  EXPECT_NEAR(*seen.pass_chance, .278, .02);  // simulated: 27.8 %
}

TEST(Planning, RecallRestsOnTheRowsOfItsLabel) {
  const Outlook seen = only_outlook(margin_on("recall", .01), binary_rows(50000, 10));
  EXPECT_EQ(seen.units, 5000.0);
  EXPECT_EQ(seen.rows_needed, 85640U);
}

TEST(Planning, GroupsAlikeNeedTheKnownRowsOfTheLabel) {
  RowColumns rows = binary_rows(1400, 2);
  add_sizes(rows, "sex", {{"F", 700}, {"M", 700}});
  const auto seen = outlooks_of(plan_of({bias("equal_opportunity_difference", LimitWord::max, .10, {"sex"})}), rows,
                                nullptr, Detail::all);
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_NEAR(*seen[0].pass_chance, .90, .01);  // 350 positive rows in each of two equal groups
  EXPECT_NEAR(static_cast<double>(*seen[0].rows_needed), 700, 10);
  EXPECT_FALSE(seen[0].counted) << "a limit on the candidate alone says nothing of an equal model";
}

TEST(Planning, ASmallGroupIsCountedByItsRowsNotByTheirWeight) {
  RowColumns rows = binary_rows(1000, 2);
  add_sizes(rows, "sex", {{"F", 60}, {"M", 940}});
  rows.weight.assign(1000, 1.0);
  rows.weight[0] = rows.weight[1] = 3.0;  // 30 rows of either label weigh as much as 26.9
  for (const char* metric : {"equal_opportunity_difference", "tpr"}) {
    PlannedCheck check = std::string(metric) == "tpr" ? bias(metric, LimitWord::max_regression, .10, {"sex"})
                                                      : bias(metric, LimitWord::max, .10, {"sex"});
    for (const Outlook& seen : outlooks_of(plan_of({check}), rows, nullptr, Detail::all))
      EXPECT_FALSE(seen.unjudgeable) << metric << " " << seen.note;
    check.min_group_size = 30;
    EXPECT_FALSE(outlooks_of(plan_of({check}), rows, nullptr, Detail::all).front().unjudgeable) << metric;
    check.min_group_size = 31;
    EXPECT_TRUE(outlooks_of(plan_of({check}), rows, nullptr, Detail::all).front().unjudgeable) << metric;
  }
}

TEST(Planning, AGroupThatAFewRowsOutweighIsNotJudged) {
  RowColumns rows = binary_rows(1000, 2);
  add_sizes(rows, "sex", {{"F", 60}, {"M", 940}});
  rows.weight.assign(1000, 1.0);
  rows.weight[0] = rows.weight[1] = 1000.0;
  const auto check = bias("tpr", LimitWord::max_regression, .10, {"sex"});
  EXPECT_TRUE(outlooks_of(plan_of({check}), rows, nullptr, Detail::all).front().unjudgeable);
}

TEST(Planning, LossesNeedAPilot) {
  RowColumns rows;
  rows.rows = 400;
  const PlannedCheck check = margin_on("mae", .1);
  const Outlook unknown = only_outlook(check, rows);
  EXPECT_FALSE(unknown.pass_chance);
  EXPECT_THAT(unknown.note, HasSubstr("pilot"));
  PilotCheck measured;
  measured.rows = 100;
  measured.difference = {0.0, 0.1};
  const Pilot pilot = pilot_of(check, measured);
  const Outlook known = only_outlook(check, rows, &pilot);
  EXPECT_NEAR(*known.pass_chance, *stats::mean_pass_chance(.05, .1, .05), 1e-12);
  EXPECT_EQ(known.rows_needed, 857U);  // 8.5638 · 400 · (.05/.1)²
}

TEST(Planning, RowsOfSeveralLabelsHaveNoRowsOfOneLabel) {
  RowColumns rows;
  rows.rows = 1000;
  rows.label_bits.assign(3000, 1);
  rows.class_names = {"a", "b", "c"};
  const Outlook seen = only_outlook(margin_on("f1_macro", .01), rows);
  EXPECT_FALSE(seen.unjudgeable);
  EXPECT_THAT(seen.note, HasSubstr("pilot"));
}

TEST(Planning, APilotsDiscordantRowsTakeThePlaceOfTheAssumption) {
  const PlannedCheck check = margin_on("accuracy", .01);
  PilotCheck measured;
  measured.rows = 2000;
  measured.discordant[""] = 40;
  const Pilot pilot = pilot_of(check, measured);
  const Outlook seen = only_outlook(check, binary_rows(1000, 2), &pilot);
  EXPECT_TRUE(seen.from_pilot);
  EXPECT_NEAR(*seen.pass_chance, .686, .01);  // disc .02
}

TEST(Planning, AbsoluteLimitsSayNothingWithoutAPilotAndCountWithOne) {
  const PlannedCheck check = accuracy("accuracy", LimitWord::min, .8);
  EXPECT_FALSE(only_outlook(check, binary_rows(1000, 2)).pass_chance);
  PilotCheck measured;
  measured.rows = 1000;
  measured.candidate = {.7, .02};
  measured.production = {.83, .01};
  const Pilot pilot = pilot_of(check, measured);
  const Outlook seen = only_outlook(check, binary_rows(1000, 2), &pilot);
  EXPECT_NEAR(*seen.pass_chance, *stats::mean_pass_chance(.01, .03, .05), 1e-12)
      << "an equal model is as good as production";
  EXPECT_TRUE(seen.counted);
}

TEST(Planning, GuardAsksForTheHardMarginAndWarnForNothingButAFail) {
  const RowColumns rows = binary_rows(1000, 2);
  const Outlook block = only_outlook(margin_on("accuracy", .01, OnInconclusive::block), rows);
  const Outlook guard = only_outlook(margin_on("accuracy", .01, OnInconclusive::guard), rows);
  const Outlook warn = only_outlook(margin_on("accuracy", .01, OnInconclusive::warn), rows);
  EXPECT_EQ(block.unblocked_chance, block.pass_chance);
  EXPECT_NEAR(*guard.unblocked_chance, *stats::paired_rate_pass_chance(1000, .1, .03, .05), 1e-12);
  EXPECT_GT(*warn.unblocked_chance, .99);
  EXPECT_LT(*warn.unblocked_chance, 1.0);
}

TEST(Planning, AnEqualModelIsBlockedWhereOneOfManyResultsBlocks) {
  RowColumns rows = binary_rows(2000, 2);
  add_sizes(rows, "channel", {{"app", 1000}, {"web", 1000}});
  const double one = *stats::paired_rate_pass_chance(1000, .1, .02, .05);
  const auto chance = block_chance_of(plan_of({sliced(margin_on("accuracy", .02), {"channel"})}), rows);
  ASSERT_TRUE(chance);
  EXPECT_NEAR(chance->probability, 1.0 - one * one, 1e-12);
  EXPECT_THAT(chance->assumption, HasSubstr("2 results taken as independent"));
  EXPECT_THAT(chance->assumption, HasSubstr("10 % of the rows"));
}

TEST(Planning, OneResultAloneIsIndependentOfNothing) {
  const auto chance = block_chance_of(plan_of({margin_on("accuracy", .02)}), binary_rows(1000, 2));
  ASSERT_TRUE(chance);
  EXPECT_THAT(chance->assumption, testing::StartsWith("1 result, models that disagree on 10 % of the rows"));
}

TEST(Planning, WhatCannotBeJudgedBlocksUnlessItsPolicyIsToWarn) {
  RowColumns rows = binary_rows(1010, 2);
  add_sizes(rows, "channel", {{"app", 1000}, {"web", 10}});
  PlannedCheck check = sliced(margin_on("accuracy", .2), {"channel"});
  EXPECT_NEAR(block_chance_of(plan_of({check}), rows)->probability, 1.0, 1e-12);
  EXPECT_THAT(warnings_of_outlooks(plan_of({check}), outlooks_of(plan_of({check}), rows, nullptr, Detail::all)),
              testing::ElementsAre(HasSubstr("channel=web: fewer rows than min_rows 20. That blocks every model.")));
  check.on_not_assessable = OnNotAssessable::warn;
  EXPECT_LT(block_chance_of(plan_of({check}), rows)->probability, 1e-6);
}

TEST(Planning, ChecksThatOnlyWarnAndFixedPopulationsHaveNoChanceToBlock) {
  PlannedCheck check = margin_on("accuracy", .001);
  check.severity = Severity::warn;
  EXPECT_FALSE(block_chance_of(plan_of({check}), binary_rows(100, 2)));
  Plan fixed = plan_of({margin_on("accuracy", .001)});
  fixed.dataset.population = Population::fixed;
  EXPECT_FALSE(block_chance_of(fixed, binary_rows(100, 2)));
}

TEST(Planning, NothingIsSaidWhereEverySpreadIsUnknown) {
  RowColumns rows;
  rows.rows = 100;
  EXPECT_FALSE(block_chance_of(plan_of({margin_on("mae", .1)}), rows));
}

TEST(Planning, AnImprovementIsNotAskedOfAnEqualModel) {
  const Outlook seen = only_outlook(accuracy("accuracy", LimitWord::min_improvement, .01), binary_rows(1000, 2));
  EXPECT_FALSE(seen.counted);
  EXPECT_TRUE(seen.smallest);
}

TEST(Planning, RarePositivesUnderAccuracyAloneAreAWarning) {
  const RowColumns rare = binary_rows(1000, 50);
  EXPECT_THAT(warnings_of_rows(plan_of({margin_on("accuracy", .01)}), rare),
              testing::ElementsAre(HasSubstr("accuracy is the only metric")));
  EXPECT_TRUE(warnings_of_rows(plan_of({margin_on("accuracy", .01), margin_on("recall", .01)}), rare).empty());
  EXPECT_TRUE(warnings_of_rows(plan_of({margin_on("accuracy", .01)}), binary_rows(1000, 10)).empty());
}

TEST(Planning, APrevalenceFarFromTheDeclaredOneIsAWarning) {
  Plan plan = plan_of({margin_on("recall", .01)});
  for (const auto& [declared, warned] : {std::pair{.05, false}, {.04, true}, {.19, false}, {.21, true}}) {
    plan.target_prevalence = declared;
    EXPECT_EQ(!warnings_of_rows(plan, binary_rows(1000, 10)).empty(), warned) << declared;
  }
}

TEST(Planning, ADigestThatDoesNotHoldTheFilesThatRowsNameIsAWarning) {
  Plan plan = plan_of({margin_on("accuracy", .01), margin_on("recall", .01)});
  plan.models[index_of(Role::candidate)].inputs = {{.kind = InputSpec::Kind::files, .columns = {"image"}}};
  EXPECT_TRUE(warnings_of_rows(plan, binary_rows(1000, 10)).empty()) << "nothing is pinned";
  plan.dataset.sha256 = std::string(64, 'a');
  EXPECT_THAT(warnings_of_rows(plan, binary_rows(1000, 10)),
              testing::ElementsAre(HasSubstr("not the .npy files that its column image names")));
}

TEST(Planning, ABlindCheckNamesItsWorstPlaceAndWhatWouldDo) {
  RowColumns rows = binary_rows(11000, 2);
  add_sizes(rows, "channel", {{"app", 10000}, {"web", 1000}});
  const Plan plan = plan_of({sliced(margin_on("accuracy", .01), {"channel"})});
  EXPECT_THAT(warnings_of_outlooks(plan, outlooks_of(plan, rows, nullptr, Detail::all)),
              testing::ElementsAre(testing::AllOf(HasSubstr("in 1 of 2 places, least in channel=web"),
                                                  HasSubstr("1,000 rows"), HasSubstr("8,564 rows"))));
}

}  // namespace
}  // namespace modelgate
