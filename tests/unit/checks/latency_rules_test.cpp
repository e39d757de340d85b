// SPDX-License-Identifier: Apache-2.0
// What the rounds decide beside pass and fail: whether the machine can tell at all, which clock speaks, what would
// help.
#include <gmock/gmock.h>

#include <cmath>

#include "checks/latency/control.hpp"
#include "checks/latency/judge_latency.hpp"
#include "checks/latency/more_rounds.hpp"
#include "checks/latency/rounds.hpp"
#include "checks/latency/stop_rule.hpp"
#include "table_builder.hpp"

namespace modelgate {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

struct Times {
  double wall_s = 1e-3;
  double cpu_s = 0.9e-3;
};

Round round_of(const Times& candidate, const Times& production, std::uint32_t preempted = 0) {
  Round round;
  const auto turn = [&](const Times& times) {
    return Turn{
        .wall_s = 10 * times.wall_s, .cpu_s = 10 * times.cpu_s, .requests = 10, .involuntary_switches = preempted};
  };
  for (int group = 0; group < 3; ++group) {
    TurnGroup turns;
    turns.turns[0].fill(turn(candidate));
    turns.turns[1].fill(turn(production));
    round.groups.push_back(turns);
  }
  round.request_s[0].assign(100, static_cast<float>(candidate.wall_s));
  round.request_s[1].assign(100, static_cast<float>(production.wall_s));
  return round;
}

Times scaled(double factor, double cpu_factor = 0.0) {
  return {1e-3 * factor, 0.9e-3 * (cpu_factor > 0.0 ? cpu_factor : factor)};
}

/// The n-th of a few small deviations without ties, as a factor.
double wobble(std::size_t n, double size = 0.002) {
  return 1.0 + size * (static_cast<double>((n * 7) % 20) / 9.5 - 1.0);
}

LatencyRun run_of(std::size_t rounds, double factor, double size = 0.002) {
  LatencyRun run;
  run.seconds = 1.5 * static_cast<double>(rounds);
  for (std::size_t n = 0; n < rounds; ++n) run.rounds.push_back(round_of(scaled(factor * wobble(n, size)), {}));
  return run;
}

void add_control(LatencyRun& run, std::size_t rounds, double factor, double cpu_factor = 0.0) {
  for (std::size_t n = 0; n < rounds; ++n)
    run.control.push_back(round_of(scaled(factor * wobble(n), cpu_factor * wobble(n)), {}));
}

PlannedCheck margin(double share) {
  return percent(planned(Family::latency, "latency", LimitWord::max_regression, share));
}

Plan plan_with(const PlannedCheck& check) {
  Plan plan;
  plan.checks = {check};
  return plan;
}

CheckResult judged(const PlannedCheck& check, const LatencyRun& run) {
  return judge_latency(check, plan_with(check), run);
}

bool fails(const CheckResult& result) { return !result.parts.empty() && result.parts.front().p_fail <= 0.05; }

TEST(Control, IsReportedWithAnIntervalFromSixRoundsOn) {
  LatencyRun run = run_of(6, 1.0);
  add_control(run, 5, 1.01, 1.02);
  LatencyReport report = *judged(margin(0.05), run).latency;
  EXPECT_EQ(report.control_rounds, 5U);
  EXPECT_NEAR(report.control_wall.value_or(Estimate{}).value.value_or(-1), 0.01, 0.003);
  EXPECT_NEAR(report.control_cpu.value_or(Estimate{}).value.value_or(-1), 0.02, 0.003);
  EXPECT_FALSE(report.control_wall->interval);
  EXPECT_FALSE(report.control_cpu->interval);
  add_control(run, 1, 1.01, 1.02);
  report = *judged(margin(0.05), run).latency;
  ASSERT_TRUE(report.control_cpu && report.control_cpu->interval);
  EXPECT_LE(report.control_cpu->interval->low, 0.02);
  EXPECT_GE(report.control_cpu->interval->high, 0.02);
}

TEST(Control, MakesTheRunnerUnfitOnlyOnceSixRoundsAllLieBeyondHalfTheMargin) {
  for (const double model : {1.0, 1.5}) {  // neither pass nor fail is believed there
    LatencyRun run = run_of(6, model);
    add_control(run, 5, 1.04);
    EXPECT_NE(judged(margin(0.05), run).reason, Reason::runner_unfit);
    add_control(run, 1, 1.04);
    const CheckResult result = judged(margin(0.05), run);
    EXPECT_EQ(result.reason, Reason::runner_unfit);
    EXPECT_EQ(result.outcome, Outcome::inconclusive);
    EXPECT_FALSE(fails(result));
    EXPECT_FALSE(proven(result));
    EXPECT_FALSE(result.parts.front().hard_margin_excluded);
    EXPECT_THAT(result.detail, AllOf(HasSubstr("6 control rounds"), HasSubstr(" % slower than itself"),
                                     HasSubstr("Run the gate again")));
    EXPECT_NE(judged(margin(0.10), run).reason, Reason::runner_unfit) << "within half of a wider margin";
  }
}

TEST(Control, OfWhichOneLiesWithinHalfTheMarginProvesNothingAgainstTheRunner) {
  LatencyRun run = run_of(6, 1.0);
  add_control(run, 5, 1.04);
  add_control(run, 1, 1.00);
  EXPECT_TRUE(proven(judged(margin(0.05), run)));
}

TEST(Control, IsJudgedByCpuTimeAndByWallTimeWhereOnlyThatCounts) {
  LatencyRun run = run_of(6, 1.0);
  add_control(run, 6, 1.20, 1.001);  // wall time of a busy machine
  const PlannedCheck check = margin(0.05);
  Plan plan = plan_with(check);
  EXPECT_EQ(judge_runner(plan, run, 0.05), Runner::fit);
  plan.runtime.threads = 2;
  EXPECT_EQ(judge_runner(plan, run, 0.05), Runner::unfit);
  plan.runtime.threads = 1;
  plan.runtime.device = "cuda";
  EXPECT_EQ(judge_runner(plan, run, 0.05), Runner::unfit);
}

TEST(Control, AsksForMoreRoundsOnlyWhileAllSpeakAgainstTheRunner) {
  const Plan plan = plan_with(margin(0.05));
  LatencyRun run = run_of(6, 1.0);
  EXPECT_FALSE(control_open(run, plan)) << "none taken";
  add_control(run, 2, 0.96);
  EXPECT_TRUE(control_open(run, plan));
  LatencyRun cleared = run;
  add_control(cleared, 1, 1.0);
  EXPECT_FALSE(control_open(cleared, plan));
  LatencyRun opposed = run;
  add_control(opposed, 1, 1.04);
  EXPECT_FALSE(control_open(opposed, plan)) << "the other side";
  add_control(run, 4, 0.96);
  EXPECT_FALSE(control_open(run, plan)) << "six decide";
}

TEST(Control, IsNeededWhereTimesAreComparedOnly) {
  PlannedCheck level = planned(Family::latency, "latency_p50", LimitWord::max, 1.0);
  EXPECT_FALSE(needs_control({}, plan_with(level)));
  PlannedCheck relative = margin(0.05);
  EXPECT_TRUE(needs_control({}, plan_with(relative)));
  EXPECT_FALSE(needs_control({.batch = 8}, plan_with(relative)));
  relative.selected = false;
  EXPECT_FALSE(needs_control({}, plan_with(relative)));
}

TEST(Clocks, WallTimeAloneFailsAModelThatWaits) {
  LatencyRun run;
  for (std::size_t n = 0; n < 6; ++n) run.rounds.push_back(round_of({1.5e-3 * wobble(n), 0.9e-3 * wobble(n)}, {}));
  const CheckResult result = judged(margin(0.05), run);
  EXPECT_TRUE(fails(result));
  EXPECT_NEAR(result.difference.value.value_or(0), 0.5, 0.01);
}

TEST(Clocks, MoreThreadsOrAnotherDeviceLeaveWallTimeAlone) {
  LatencyRun run;  // more CPU time, for no longer time that people wait
  for (std::size_t n = 0; n < 6; ++n)
    run.rounds.push_back(round_of({1e-3 * wobble(n), 0.99e-3 * wobble(n)}, {1e-3, 0.5e-3}));
  const PlannedCheck check = margin(0.05);
  Plan plan = plan_with(check);
  EXPECT_TRUE(fails(judge_latency(check, plan, run))) << "one thread: its CPU time has doubled";
  plan.runtime.threads = 2;
  const CheckResult two = judge_latency(check, plan, run);
  EXPECT_TRUE(proven(two));
  EXPECT_FALSE(two.latency->cpu);
  plan.runtime.threads = 1;
  plan.runtime.device = "cuda";
  EXPECT_TRUE(proven(judge_latency(check, plan, run)));
}

TEST(Clocks, TurnsThatNothingInterruptedBoundTheTimeOffTheCpu) {
  LatencyRun run = run_of(6, 1.0);
  for (Round& round : run.rounds)
    for (TurnGroup& group : round.groups) {  // one turn of each model is interrupted, in every group
      for (auto& turns : group.turns) {
        turns[0].involuntary_switches = 1;
        turns[0].wall_s *= 3;
      }
    }
  const RoundRatios ratios = round_ratios(run.rounds);
  ASSERT_EQ(ratios.off_cpu.size(), 6U);
  for (const double off : ratios.off_cpu) EXPECT_NEAR(off, 0.0, 0.001);
  for (TurnGroup& group : run.rounds[0].groups)
    for (Turn& turn : group.turns[0]) turn.involuntary_switches = 1;
  EXPECT_EQ(round_ratios(run.rounds).off_cpu.size(), 5U) << "no turn of the candidate is left in that round";
}

TEST(Clocks, AModelSeenOnMoreThanOneCpuIsJudgedByWallTime) {
  LatencyRun run;
  for (std::size_t n = 0; n < 6; ++n) run.rounds.push_back(round_of({1e-3 * wobble(n), 1.8e-3 * wobble(n)}, {}));
  const CheckResult result = judged(margin(0.05), run);
  EXPECT_TRUE(proven(result));
  EXPECT_FALSE(result.latency->cpu);
}

TEST(MoreRounds, TellsTheSecondsToTheLookThatWouldDecide) {
  const CheckResult result = judged(margin(0.05), run_of(6, 1.042, 0.02));  // ±1.7 % around a distance of 1.2 %
  ASSERT_FALSE(proven(result) || fails(result));
  ASSERT_TRUE(result.rows_needed);
  EXPECT_EQ(*result.rows_needed, 11U);  // the look at 13 rounds: 7 more of 1.5 s
  EXPECT_THAT(result.detail, IsEmpty());
}

TEST(MoreRounds, CountsFromNoLookToTheFirst) {
  const CheckResult result = judged(margin(0.05), run_of(4, 1.0));
  EXPECT_EQ(result.rows_needed.value_or(0), 3U);  // two rounds of 1.5 s
  EXPECT_THAT(result.detail, HasSubstr("at least 6 rounds"));
}

TEST(MoreRounds, SaysThatAModelAtTheMarginIsNeverDecided) {
  for (const std::size_t rounds : {6U, 20U}) {
    const CheckResult result = judged(margin(0.05), run_of(rounds, 1.0502, 0.01));
    EXPECT_FALSE(result.rows_needed) << rounds;
    EXPECT_THAT(result.detail,
                AllOf(HasSubstr("More rounds would hardly decide"), HasSubstr("20 rounds are the most")));
  }
}

TEST(MoreRounds, AreNotAskedForWhereTheResultPasses) {
  const CheckResult result = judged(margin(0.05), run_of(6, 1.0));
  EXPECT_FALSE(result.rows_needed);
  EXPECT_THAT(result.detail, IsEmpty());
}

TEST(MoreRounds, MeasureAnAbsoluteMarginAsTheRatioItIs) {
  const PlannedCheck check = planned(Family::latency, "latency", LimitWord::max_regression, 0.05e-3);  // 5 % of 1 ms
  const CheckResult result = judged(check, run_of(6, 1.042, 0.02));
  EXPECT_EQ(result.rows_needed, judged(margin(0.05), run_of(6, 1.042, 0.02)).rows_needed);
}

TEST(Unsteady, MeansASpreadOfMoreThanThreePercentByEitherClock) {
  const Plan plan = plan_with(margin(0.05));
  EXPECT_FALSE(latency_unsteady(run_of(6, 1.0, 0.01), plan));
  EXPECT_TRUE(latency_unsteady(run_of(6, 1.0, 0.08), plan));
  LatencyRun alone = run_of(6, 1.0, 0.08);
  for (Round& round : alone.rounds)
    for (TurnGroup& group : round.groups) group.turns[1] = {};
  EXPECT_TRUE(latency_unsteady(alone, plan));
  EXPECT_FALSE(latency_unsteady({}, plan));
}

}  // namespace
}  // namespace modelgate
