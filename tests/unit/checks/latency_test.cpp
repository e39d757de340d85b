// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "checks/evaluate.hpp"
#include "checks/latency/judge_latency.hpp"
#include "checks/latency/rounds.hpp"
#include "checks/latency/stop_rule.hpp"
#include "table_builder.hpp"

namespace modelgate {
namespace {

struct Pace {
  double candidate_s = 1e-3;
  double production_s = 1e-3;
  double cpu_share = 0.9;        ///< of the wall time
  double candidate_cpu_s = 0.0;  ///< 0: by the share
  std::uint32_t preempted = 0;
};

Turn turn_of(double request_s, double cpu_s, std::uint32_t preempted) {
  return {.wall_s = 10 * request_s, .cpu_s = 10 * cpu_s, .requests = 10, .involuntary_switches = preempted};
}

/// Rounds whose log ratio wobbles by ±0.2 % around the pace, without ties.
LatencyRun run_of(std::size_t rounds, const Pace& pace) {
  LatencyRun run;
  run.seconds = static_cast<double>(rounds);
  for (std::size_t at = 0; at < rounds; ++at) {
    const double wobble = 1.0 + 0.0002 * (static_cast<double>((at * 7) % 20) - 9.5);
    const double candidate = pace.candidate_s * wobble;
    const double cpu = pace.candidate_cpu_s > 0.0 ? pace.candidate_cpu_s * wobble : candidate * pace.cpu_share;
    Round round;
    for (int group = 0; group < 5; ++group) {
      TurnGroup turns;
      turns.turns[0].fill(turn_of(candidate, cpu, pace.preempted));
      turns.turns[1].fill(turn_of(pace.production_s, pace.production_s * pace.cpu_share, pace.preempted));
      round.groups.push_back(turns);
    }
    round.request_s[0].assign(100, static_cast<float>(candidate));
    round.request_s[1].assign(100, static_cast<float>(pace.production_s));
    run.rounds.push_back(round);
  }
  return run;
}

Plan plan_with(const PlannedCheck& check) {
  Plan plan;
  plan.checks = {check};
  return plan;
}

PlannedCheck margin(double share) {
  return percent(planned(Family::latency, "latency", LimitWord::max_regression, share));
}

CheckResult judged(const PlannedCheck& check, const LatencyRun& run) {
  return judge_latency(check, plan_with(check), run);
}

bool fails(const CheckResult& result) { return !result.parts.empty() && result.parts.front().p_fail <= 0.05; }

TEST(Latency, AnEqualModelPassesAtSixRounds) {
  const CheckResult result = judged(margin(0.05), run_of(6, {}));
  EXPECT_TRUE(proven(result));
  EXPECT_NEAR(*result.difference.value, 0.0, 0.003);
  EXPECT_EQ(result.latency->rounds, 6U);
  EXPECT_NEAR(*result.latency->candidate.p50_ms.value, 1.0, 0.01);
  EXPECT_NEAR(*result.latency->candidate.rows_per_s, 1000.0, 5.0);
  EXPECT_TRUE(result.latency->wall && result.latency->cpu);
}

TEST(Latency, ATenPercentSlowdownFails) {
  const CheckResult result = judged(margin(0.05), run_of(6, {.candidate_s = 1.1e-3}));
  EXPECT_TRUE(fails(result));
  EXPECT_NEAR(*result.difference.value, 0.10, 0.005);
  EXPECT_FALSE(proven(result));
  EXPECT_TRUE(result.parts.front().hard_margin_excluded);  // 10 % is within 3 × 5 %
}

TEST(Latency, FiveRoundsDecideNothing) {
  for (const double slow : {1.0e-3, 2.0e-3}) {
    const CheckResult result = judged(margin(0.05), run_of(5, {.candidate_s = slow}));
    EXPECT_FALSE(proven(result));
    EXPECT_FALSE(fails(result));
    EXPECT_EQ(result.outcome, Outcome::inconclusive);
  }
}

TEST(Latency, TheMarginItselfStaysUndecided) {
  const CheckResult result = judged(margin(0.05), run_of(20, {.candidate_s = 1.05e-3}));
  EXPECT_FALSE(proven(result));
  EXPECT_FALSE(fails(result));
}

TEST(Latency, SleepingShowsInWallTimeAlone) {
  const CheckResult result = judged(margin(0.05), run_of(9, {.candidate_s = 1.3e-3, .candidate_cpu_s = 0.9e-3}));
  EXPECT_TRUE(fails(result));
  EXPECT_NEAR(*result.difference.value, 0.30, 0.01);  // the clock that decided, not the CPU time that fell
}

TEST(Latency, AThinnerClockWithoutTheOffCpuBoundDoesNotPass) {
  // Wall straddles because of neighbours; CPU time is equal, but every turn was interrupted: nothing bounds the time
  // off the CPU.
  LatencyRun run = run_of(6, {.preempted = 1});
  for (std::size_t at = 0; at < 6; ++at)
    for (TurnGroup& group : run.rounds[at].groups)
      for (Turn& turn : group.turns[0]) turn.wall_s *= at % 2 == 0 ? 1.12 : 0.93;
  EXPECT_FALSE(proven(judged(margin(0.05), run)));
  for (Round& round : run.rounds)
    for (TurnGroup& group : round.groups)
      for (auto& side : group.turns)
        for (Turn& turn : side) {
          turn.involuntary_switches = 0;
          turn.wall_s = turn.cpu_s / 0.9;
        }
  EXPECT_TRUE(proven(judged(margin(0.05), run)));
}

TEST(Latency, NetTimeStandsForWallTimeWhereItIsKnown) {
  LatencyRun run = run_of(6, {.preempted = 1});
  const auto give_net = [&](double candidate_sleeps) {
    for (std::size_t at = 0; at < 6; ++at)
      for (TurnGroup& group : run.rounds[at].groups)
        for (const Role role : both_roles)
          for (Turn& turn : group.turns[index_of(role)]) {
            turn.wall_s = turn.cpu_s * (at % 2 == 0 ? 3.0 : 2.0);  // neighbours
            turn.net_s = turn.cpu_s * (role == Role::candidate ? 1.0 + candidate_sleeps : 1.0);
          }
  };
  give_net(0.0);
  EXPECT_TRUE(proven(judged(margin(0.05), run)));
  give_net(0.2);
  EXPECT_TRUE(fails(judged(margin(0.05), run)));  // sleeping still shows
}

TEST(Latency, AnAbsoluteMarginIsTimePerRequest) {
  const PlannedCheck check = planned(Family::latency, "latency", LimitWord::max_regression, 0.2e-3);
  EXPECT_TRUE(proven(judged(check, run_of(6, {.candidate_s = 1.1e-3}))));
  EXPECT_TRUE(fails(judged(check, run_of(6, {.candidate_s = 1.4e-3}))));
}

TEST(Latency, PercentilesPassByTheirOwnInterval) {
  const PlannedCheck check = planned(Family::latency, "latency_p99", LimitWord::max, 2e-3);
  const CheckResult result = judged(check, run_of(6, {}));
  EXPECT_TRUE(proven(result));
  EXPECT_NEAR(*result.candidate.value, 1e-3, 1e-5);
}

TEST(Latency, ASlowPercentileFailsOnlyWhereProductionKeepsTheLimit) {
  const PlannedCheck check = planned(Family::latency, "latency_p99", LimitWord::max, 2e-3);
  EXPECT_TRUE(fails(judged(check, run_of(6, {.candidate_s = 3e-3}))));
  const CheckResult busy = judged(check, run_of(6, {.candidate_s = 3e-3, .production_s = 2.9e-3}));
  EXPECT_FALSE(fails(busy));
  EXPECT_FALSE(proven(busy));
  EXPECT_NE(busy.detail.find("machine"), std::string::npos);
}

TEST(Latency, AFirstReleaseFailsOnlyOnAQuietMachine) {
  const PlannedCheck check = planned(Family::latency, "latency_p99", LimitWord::max, 2e-3);
  for (const std::uint32_t preempted : {0U, 1U}) {
    LatencyRun run = run_of(6, {.candidate_s = 3e-3, .preempted = preempted});
    for (Round& round : run.rounds) {
      round.request_s[1].clear();
      for (TurnGroup& group : round.groups) group.turns[1] = {};
    }
    EXPECT_EQ(fails(judged(check, run)), preempted == 0);
  }
}

TEST(Latency, AWaitForACpuOnWakingIsNoQuietMachineEither) {
  const PlannedCheck check = planned(Family::latency, "latency_p99", LimitWord::max, 2e-3);
  for (const bool waits : {false, true}) {
    LatencyRun run = run_of(6, {.candidate_s = 3e-3});
    for (Round& round : run.rounds) {
      round.request_s[index_of(Role::production)].clear();
      for (TurnGroup& group : round.groups)
        for (Turn& turn : group.turns[index_of(Role::candidate)])
          turn.net_s = turn.wall_s - (waits ? 20e-3 : turn.requests * 15e-6);  // the gate's own share is no wait
    }
    const CheckResult result = judged(check, run);
    EXPECT_EQ(fails(result), !waits);
    EXPECT_EQ(result.reason == Reason::runner_unfit, waits);
  }
}

TEST(Latency, TooFewRequestsNeverProveAPercentile) {
  LatencyRun run = run_of(6, {});
  for (Round& round : run.rounds) round.request_s[0].resize(50);
  const CheckResult result = judged(planned(Family::latency, "latency_p99", LimitWord::max, 2e-3), run);
  EXPECT_FALSE(proven(result));
  EXPECT_NE(result.detail.find("459"), std::string::npos);
  EXPECT_TRUE(proven(judged(planned(Family::latency, "latency_p95", LimitWord::max, 2e-3), run)));
}

TEST(Latency, AModelThatCannotBeTimedIsAnError) {
  LatencyRun run = run_of(6, {});
  run.errors[1] = Error{ErrorKind::model, Reason::model_crashed, "Production's worker died."};
  EXPECT_EQ(judged(margin(0.05), run).outcome, Outcome::error);
  EXPECT_NE(judged(planned(Family::latency, "latency_p50", LimitWord::max, 2e-3), run).outcome, Outcome::error);
  run.errors[0] = Error{ErrorKind::model, Reason::timeout, "The candidate took too long."};
  EXPECT_EQ(judged(planned(Family::latency, "latency_p50", LimitWord::max, 2e-3), run).reason, Reason::timeout);
}

TEST(Latency, EmptyRoundsNeverPass) {
  LatencyRun run;
  run.rounds.resize(6);
  EXPECT_EQ(judged(planned(Family::latency, "latency_p50", LimitWord::max, 0.0), run).outcome, Outcome::error);
  EXPECT_EQ(judged(margin(0.05), run).outcome, Outcome::error);
}

TEST(Latency, ABatchThatWasNotTimedIsAnError) {
  const PlannedCheck check = margin(0.05);
  Samples samples;
  const Plan plan = plan_with(check);
  const auto results = evaluate_all(plan, Evidence{plan, nullptr, &samples, nullptr}, 1);
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].outcome, Outcome::error);
}

TEST(StopRule, LooksOnlyAtItsRounds) {
  const Plan plan = plan_with(margin(0.05));
  EXPECT_FALSE(latency_decided(run_of(5, {}), plan));
  EXPECT_TRUE(latency_decided(run_of(6, {}), plan));
  EXPECT_FALSE(latency_decided(run_of(7, {}), plan));
  EXPECT_TRUE(latency_decided(run_of(6, {.candidate_s = 1.1e-3}), plan));
  EXPECT_FALSE(latency_decided(run_of(6, {.candidate_s = 1.05e-3}), plan));
  EXPECT_TRUE(latency_decided(run_of(20, {.candidate_s = 1.05e-3}), plan));
}

TEST(StopRule, TwoChecksShareTheErrorSoSixRoundsFailNone) {
  Plan plan = plan_with(margin(0.05));
  plan.checks.push_back(planned(Family::latency, "latency_p50", LimitWord::max, 1.0));
  EXPECT_FALSE(latency_decided(run_of(6, {.candidate_s = 1.1e-3}), plan));
  EXPECT_TRUE(latency_decided(run_of(13, {.candidate_s = 1.1e-3}), plan));
}

TEST(Rounds, RatiosAreMediansOverGroups) {
  LatencyRun run = run_of(1, {.candidate_s = 1.1e-3});
  run.rounds[0].groups[0].turns[0][0].wall_s *= 100;  // one group hit by a neighbour
  const RoundRatios ratios = round_ratios(run.rounds);
  ASSERT_EQ(ratios.wall.size(), 1U);
  EXPECT_NEAR(ratios.wall[0], std::log(1.1), 0.003);
}

}  // namespace
}  // namespace modelgate
