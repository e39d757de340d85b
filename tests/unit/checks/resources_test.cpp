// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "checks/evaluate.hpp"
#include "checks/latency/stop_rule.hpp"
#include "checks/resources/judge_resources.hpp"
#include "gate/core/measured.hpp"
#include "gate/verdict/decide.hpp"
#include "table_builder.hpp"

namespace modelgate {
namespace {

using Json = nlohmann::json;
using Values = std::vector<double>;
constexpr std::uint64_t mib = 1ULL << 20U;

/// One round a value: starts, loads and first requests of these seconds, peaks of as many MiB, requests of 1 ms.
LatencyRun run_of(const Values& candidate, const Values& production) {
  LatencyRun run;
  run.seconds = 2.0 * static_cast<double>(candidate.size());
  for (std::size_t at = 0; at < candidate.size(); ++at) {
    Round round;
    for (const Role role : both_roles) {
      const std::size_t side = index_of(role);
      const Values& values = role == Role::candidate ? candidate : production;
      if (values.empty()) continue;
      round.start_s[side] = round.load_s[side] = round.first_request_s[side] = values[at];
      round.peak_rss_bytes[side] = static_cast<std::uint64_t>(std::llround(values[at] * static_cast<double>(mib)));
      round.request_s[side].assign(100, 1e-3F);
    }
    TurnGroup group;
    const Turn turn{.wall_s = 1e-2, .cpu_s = 1e-2, .requests = 10};
    group.turns[0].fill(turn);
    if (!production.empty()) group.turns[1].fill(turn);
    round.groups.assign(3, group);
    run.rounds.push_back(round);
  }
  return run;
}

PlannedCheck resource(const std::string& metric, LimitWord word, double value) {
  return planned(Family::resources, metric, word, value);
}

CheckResult judged(const PlannedCheck& check, const LatencyRun& run) {
  Plan plan;
  plan.checks = {check};
  return judge_resources(check, plan, run);
}

bool fails(const CheckResult& result) { return !result.parts.empty() && result.parts.front().p_fail <= 0.05; }

const Values even{0.40, 0.41, 0.42, 0.43, 0.44, 0.45};

Values times(Values values, double factor) {
  for (double& value : values) value *= factor;
  return values;
}

TEST(Resources, SixRoundsByHand) {
  // ratios 1.10 in every round but the last, 1.12: Hodges-Lehmann is the median of 21 averages of logs, all equal but
  // six; six values reach .03125 with their smallest and largest.
  Values candidate = times(even, 1.1);
  candidate.back() = 0.45 * 1.12;
  const CheckResult result =
      judged(percent(resource("cold_start", LimitWord::max_regression, 0.05)), run_of(candidate, even));
  EXPECT_NEAR(*result.difference.value, 0.10, 1e-12);
  EXPECT_NEAR(result.difference.interval->low, 0.10, 1e-12);
  EXPECT_NEAR(result.difference.interval->high, 0.12, 1e-12);
  EXPECT_NEAR(*result.production.value, 0.425, 1e-12);
  EXPECT_EQ(result.rows, 6U);
  EXPECT_EQ(result.method, "Hodges-Lehmann of round log ratios, signed rank");
  EXPECT_TRUE(fails(result));
  EXPECT_NEAR(result.parts.front().p_fail, 0.05, 1e-12);  // 1 of 2^6, by the level of this look
}

TEST(Resources, RoundsAgreeWithScipy) {
  const Json cases = Json::parse(std::ifstream(MODELGATE_SOURCE_DIR "/tests/unit/checks/references/resources.json"));
  ASSERT_EQ(cases.size(), 4U);
  for (const Json& one : cases) {
    const LatencyRun run = run_of(one["candidate"].get<Values>(), one["production"].get<Values>());
    const double fail_level = one["rounds"] == 6 ? 1.0 / 64 : one["rounds"] == 9 ? 0.004 : 0.0026;
    const auto agrees = [&](const CheckResult& result, const Json& want, const Estimate& judged, auto turn) {
      EXPECT_NEAR(*judged.value, turn(want["middle"].get<double>()), 1e-9) << one["rounds"];
      EXPECT_NEAR(judged.interval->low, turn(want["interval"][0].get<double>()), 1e-9) << one["rounds"];
      EXPECT_NEAR(judged.interval->high, turn(want["interval"][1].get<double>()), 1e-9) << one["rounds"];
      const double p = std::min(1.0, 0.05 * want["at_most"].get<double>() / fail_level);
      EXPECT_NEAR(result.parts.front().p_fail, p, 1e-9) << one["rounds"];
    };
    const auto same = [](double value) { return value; };
    const CheckResult ratio = judged(percent(resource("cold_start", LimitWord::max_regression, 0.05)), run);
    agrees(ratio, one["ratio"], ratio.difference, [](double value) { return std::expm1(value); });
    const CheckResult difference =
        judged(resource("load_time", LimitWord::max_regression, one["difference"]["shift"]), run);
    agrees(difference, one["difference"], difference.difference, same);
    // memory is judged by the candidate alone; its values are those of the start in MiB
    const CheckResult value =
        judged(resource("peak_memory", LimitWord::max, one["value"]["shift"].get<double>() * mib), run);
    EXPECT_NEAR(value.candidate.interval->low / mib, one["value"]["interval"][0].get<double>(), 1e-5);
    EXPECT_NEAR(value.parts.front().p_fail, std::min(1.0, 0.05 * one["value"]["at_most"].get<double>() / fail_level),
                1e-9);
  }
}

TEST(Resources, AMarginInTheUnitIsJudgedByDifferences) {
  const CheckResult near =
      judged(resource("load_time", LimitWord::max_regression, 0.1), run_of(times(even, 1.1), even));
  EXPECT_TRUE(proven(near));
  EXPECT_NEAR(*near.difference.value, 0.0425, 1e-9);
  EXPECT_NEAR(near.difference.interval->high, 0.045, 1e-9);
  EXPECT_TRUE(fails(judged(resource("load_time", LimitWord::max_regression, 0.1), run_of(times(even, 1.5), even))));
}

TEST(Resources, EqualRoundsDecide) {
  const Values same(6, 200.0);
  const PlannedCheck check = resource("peak_memory", LimitWord::max_regression, 50.0 * mib);
  const CheckResult small = judged(check, run_of(Values(6, 210.0), same));
  EXPECT_TRUE(proven(small));
  EXPECT_DOUBLE_EQ(*small.difference.value, 10.0 * mib);
  EXPECT_DOUBLE_EQ(small.difference.interval->low, small.difference.interval->high);
  EXPECT_TRUE(fails(judged(check, run_of(Values(6, 260.0), same))));
  EXPECT_TRUE(proven(judged(check, run_of(same, same))));
  const CheckResult on_it = judged(check, run_of(Values(6, 250.0), same));
  EXPECT_FALSE(fails(on_it));  // what is allowed is not beyond
}

TEST(Resources, RoundsOnBothSidesDecideNothing) {
  const CheckResult result = judged(resource("peak_memory", LimitWord::max_regression, 50.0 * mib),
                                    run_of({240, 240, 240, 260, 260, 260}, Values(6, 200.0)));
  EXPECT_FALSE(proven(result));
  EXPECT_FALSE(fails(result));
}

TEST(Resources, AMemoryLimitFailsWhateverProductionNeeds) {
  const PlannedCheck check = resource("peak_memory", LimitWord::max, 300.0 * mib);
  EXPECT_TRUE(fails(judged(check, run_of(Values(6, 400.0), Values(6, 390.0)))));
  EXPECT_TRUE(fails(judged(check, run_of(Values(6, 400.0), {}))));
  EXPECT_TRUE(proven(judged(check, run_of(Values(6, 200.0), Values(6, 390.0)))));
}

TEST(Resources, ATimeLimitFailsOnlyBesideAProductionThatKeepsIt) {
  const PlannedCheck check = resource("cold_start", LimitWord::max, 0.5);
  EXPECT_TRUE(fails(judged(check, run_of(times(even, 2.0), even))));
  const CheckResult busy = judged(check, run_of(times(even, 2.0), times(even, 1.9)));
  EXPECT_FALSE(fails(busy));
  EXPECT_FALSE(proven(busy));
  EXPECT_NE(busy.detail.find("machine"), std::string::npos);
  EXPECT_TRUE(proven(judged(check, run_of(even, times(even, 2.0)))));
}

TEST(Resources, ThroughputFallsWhereRequestsTakeLonger) {
  LatencyRun slow = run_of(even, even);
  for (Round& round : slow.rounds)
    for (TurnGroup& group : round.groups)
      for (Turn& turn : group.turns[0]) turn.wall_s *= 1.25;
  const PlannedCheck tenth = percent(resource("throughput", LimitWord::max_regression, 0.10));
  const CheckResult result = judged(tenth, slow);
  EXPECT_NEAR(*result.candidate.value, 800.0, 1e-6);
  EXPECT_NEAR(*result.production.value, 1000.0, 1e-6);
  EXPECT_NEAR(*result.difference.value, -0.2, 1e-9);
  EXPECT_TRUE(fails(result));
  EXPECT_TRUE(proven(judged(tenth, run_of(even, even))));
  const CheckResult rows = judged(resource("throughput", LimitWord::max_regression, 100.0), slow);
  EXPECT_NEAR(*rows.difference.value, -0.2, 1e-9);  // told as a share however the margin is written
  EXPECT_TRUE(fails(rows));
  EXPECT_TRUE(proven(judged(resource("throughput", LimitWord::min, 700.0), slow)));
  EXPECT_TRUE(fails(judged(resource("throughput", LimitWord::min, 900.0), slow)));
  EXPECT_TRUE(result.latency.has_value());
}

TEST(Resources, AMarginOfAllProductionsThroughputIsNoMargin) {
  const LatencyRun run = run_of(even, even);  // 1,000 rows a second
  const CheckResult all = judged(resource("throughput", LimitWord::max_regression, 1000.0), run);
  EXPECT_EQ(all.outcome, Outcome::not_assessable);
  EXPECT_NE(all.detail.find("no candidate could fail it"), std::string::npos) << all.detail;
  EXPECT_TRUE(proven(judged(resource("throughput", LimitWord::max_regression, 990.0), run)));
}

TEST(Resources, WhatNoRoundMeasuredIsNeverAPass) {
  for (const char* metric : {"throughput", "cold_start", "first_request", "load_time", "peak_memory"}) {
    LatencyRun run;
    run.rounds.resize(6);
    const bool rate = std::string_view{metric} == "throughput";
    for (const PlannedCheck& check : {percent(resource(metric, LimitWord::max_regression, 0.5)),
                                      resource(metric, rate ? LimitWord::min : LimitWord::max, rate ? 0.0 : 1e9)}) {
      const CheckResult result = judged(check, run);
      EXPECT_EQ(result.outcome, Outcome::not_assessable) << metric;
      EXPECT_FALSE(result.detail.empty()) << metric;
      EXPECT_EQ(judged(check, LatencyRun{}).outcome, Outcome::error) << metric;
    }
  }
}

TEST(Resources, OneRoundWithoutAPeakIsNotPassedOver) {
  LatencyRun run = run_of(Values(6, 200.0), Values(6, 200.0));
  run.rounds[3].peak_rss_bytes[0] = 0;
  const CheckResult result = judged(resource("peak_memory", LimitWord::max, 300.0 * mib), run);
  EXPECT_EQ(result.outcome, Outcome::not_assessable);
  EXPECT_NE(result.detail.find("5 of 6 rounds"), std::string::npos) << result.detail;
}

TEST(Resources, FiveRoundsDecideNothing) {
  for (const double slow : {1.0, 3.0}) {
    const CheckResult result = judged(percent(resource("cold_start", LimitWord::max_regression, 0.25)),
                                      run_of(Values(5, slow), Values(5, 1.0)));
    EXPECT_EQ(result.outcome, Outcome::inconclusive);
    EXPECT_FALSE(proven(result));
    EXPECT_FALSE(fails(result));
  }
}

TEST(Resources, AModelThatBrokeIsAnError) {
  LatencyRun run = run_of(even, even);
  run.errors[index_of(Role::production)] = Error{ErrorKind::model, Reason::model_crashed, "Production died."};
  EXPECT_EQ(judged(percent(resource("cold_start", LimitWord::max_regression, 0.5)), run).outcome, Outcome::error);
  EXPECT_NE(judged(resource("peak_memory", LimitWord::max, 1e9), run).outcome, Outcome::error);
  run.errors[index_of(Role::candidate)] = Error{ErrorKind::model, Reason::timeout, "The candidate hung."};
  EXPECT_EQ(judged(resource("peak_memory", LimitWord::max, 1e9), run).reason, Reason::timeout);
}

TEST(Resources, GuardExcludesHarmBeyondTheHardMargin) {
  const PlannedCheck check = percent(resource("cold_start", LimitWord::max_regression, 0.05));
  Values straddling = even;
  for (std::size_t at = 0; at < 6; ++at) straddling[at] *= 1.0 + 0.02 * static_cast<double>(at);
  const CheckResult result = judged(check, run_of(straddling, even));
  EXPECT_FALSE(proven(result));
  EXPECT_TRUE(result.parts.front().hard_margin_excluded);  // at most 10 %, within 3 × 5 %
  EXPECT_FALSE(judged(check, run_of(times(even, 1.3), even)).parts.front().hard_margin_excluded);
}

CheckResult size_of(const PlannedCheck& check, const Samples* samples) {
  const Plan plan;
  return evaluate_model_size(check, Evidence{plan, nullptr, samples, nullptr}).front();
}

TEST(ModelSize, IsComparedExactly) {
  Samples samples;
  samples.model_bytes = {1'100'001, 1'000'000};
  const CheckResult over = size_of(percent(resource("model_size", LimitWord::max_regression, 0.10)), &samples);
  EXPECT_TRUE(fails(over));
  EXPECT_NEAR(*over.difference.value, 0.100001, 1e-12);
  EXPECT_FALSE(over.difference.interval.has_value());
  EXPECT_EQ(over.method, exact_method);
  EXPECT_EQ(over.rows, 1U);
  const CheckResult kept = size_of(resource("model_size", LimitWord::max_regression, 100'001), &samples);
  EXPECT_TRUE(proven(kept));
  EXPECT_DOUBLE_EQ(*kept.difference.value, 100'001.0);
  EXPECT_TRUE(fails(size_of(resource("model_size", LimitWord::max, 1'100'000), &samples)));
  EXPECT_TRUE(proven(size_of(resource("model_size", LimitWord::max, 1'100'001), &samples)));
}

TEST(ModelSize, OfAFileThatWasNotReadIsAnError) {
  Samples samples;
  samples.model_bytes = {10, 0};
  EXPECT_EQ(size_of(resource("model_size", LimitWord::max_regression, 5), &samples).outcome, Outcome::error);
  EXPECT_NE(size_of(resource("model_size", LimitWord::max, 5), &samples).outcome, Outcome::error);
  samples.model_bytes = {0, 10};
  samples.runs.emplace_back().errors[0] = Error{ErrorKind::model, Reason::model_unloadable, "It is no model."};
  EXPECT_EQ(size_of(resource("model_size", LimitWord::max, 5), &samples).detail, "It is no model.");
  EXPECT_EQ(size_of(resource("model_size", LimitWord::max, 5), nullptr).outcome, Outcome::error);
}

Plan plan_with(std::vector<PlannedCheck> checks) {
  Plan plan;
  plan.checks = std::move(checks);
  return plan;
}

TEST(ModelSize, TakesNothingOfTheErrorBudget) {
  const PlannedCheck memory = resource("peak_memory", LimitWord::max, 300.0 * mib);
  const PlannedCheck size = resource("model_size", LimitWord::max, 5);
  Samples samples;
  samples.model_bytes = {10, 10};
  samples.runs = {run_of(Values(6, 400.0), Values(6, 200.0))};
  const Plan plan = plan_with({memory, size});
  const Verdict verdict = decide(plan, evaluate_all(plan, Evidence{plan, nullptr, &samples, nullptr}, 1));
  ASSERT_EQ(verdict.checks.size(), 2U);
  EXPECT_EQ(verdict.checks[0].outcome, Outcome::fail);
  EXPECT_EQ(verdict.checks[1].outcome, Outcome::fail);
  EXPECT_DOUBLE_EQ(verdict.checks[1].parts.front().p_adjusted, 0.0);
}

TEST(StopRule, LatencyAndResourcesShareTheErrorSoSixRoundsFailNone) {
  const PlannedCheck memory = resource("peak_memory", LimitWord::max, 300.0 * mib);
  const LatencyRun large = run_of(Values(6, 400.0), Values(6, 200.0));
  EXPECT_TRUE(latency_decided(large, plan_with({memory})));
  EXPECT_TRUE(latency_decided(large, plan_with({memory, resource("model_size", LimitWord::max, 5)})));
  const PlannedCheck equal = percent(planned(Family::latency, "latency", LimitWord::max_regression, 0.05));
  EXPECT_FALSE(latency_decided(large, plan_with({memory, equal})));
  EXPECT_TRUE(latency_decided(run_of(Values(13, 400.0), Values(13, 200.0)), plan_with({memory, equal})));
}

TEST(StopRule, AWarningAloneIsMeasuredForButKeepsNobodyWaiting) {
  PlannedCheck open = percent(resource("cold_start", LimitWord::max_regression, 0.05));
  open.severity = Severity::warn;
  const LatencyRun spread = run_of({0.40, 0.41, 0.42, 0.49, 0.50, 0.51}, even);
  EXPECT_FALSE(latency_decided(spread, plan_with({open})));
  const PlannedCheck sure = resource("peak_memory", LimitWord::max, 300.0 * mib);
  EXPECT_TRUE(latency_decided(spread, plan_with({open, sure})));
}

}  // namespace
}  // namespace modelgate
