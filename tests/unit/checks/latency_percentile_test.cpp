// SPDX-License-Identifier: Apache-2.0
// Absolute limits of percentiles: blocks large enough, the rule of pass and fail, requests out of reach, intervals.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "checks/evaluate.hpp"
#include "checks/latency/judge_latency.hpp"
#include "checks/latency/percentile.hpp"
#include "checks/latency/percentile_report.hpp"
#include "checks/latency/stop_rule.hpp"
#include "checks/planning/percentile_outlook.hpp"
#include "table_builder.hpp"

namespace modelgate {
namespace {

const Percentile& p99 = *percentile_of("latency_p99");

/// What a model's requests are like: mostly one time, sometimes slower.
struct Tail {
  double typical_s = 1e-3;
  double slow_share = 0.0;
  double slow_s = 1e-3;
};

struct Machine {
  std::size_t rounds = 6;
  std::size_t requests = 100;  ///< a round and model
  double round_s = 1.5;
  std::uint32_t preempted = 0;
  bool production = true;
  double burst_chance = 0.0;  ///< that neighbours slow a third of a round of both models
  double burst = 4.0;         ///< times, for a third of the requests in it
};

/// One side of a round; bursts come to both models at once.
std::vector<float> requests_of(const Tail& tail, const Machine& machine, bool burst, std::mt19937_64& random) {
  std::uniform_real_distribution<double> uniform;
  std::normal_distribution<double> wobble(1.0, 0.02);
  std::vector<float> seconds;
  seconds.reserve(machine.requests);
  for (std::size_t i = 0; i < machine.requests; ++i) {
    double time = (uniform(random) < tail.slow_share ? tail.slow_s : tail.typical_s) * wobble(random);
    if (burst && 3 * i < machine.requests && uniform(random) < 1.0 / 3) time *= machine.burst;
    seconds.push_back(static_cast<float>(time));
  }
  return seconds;
}

LatencyRun run_of(const Tail& candidate, const Tail& production, const Machine& machine, std::uint64_t seed = 1) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> uniform;
  LatencyRun run;
  run.seconds = machine.round_s * static_cast<double>(machine.rounds);
  for (std::size_t at = 0; at < machine.rounds; ++at) {
    const bool burst = uniform(random) < machine.burst_chance;
    Round round;
    round.request_s[0] = requests_of(candidate, machine, burst, random);
    if (machine.production) round.request_s[1] = requests_of(production, machine, burst, random);
    TurnGroup group;
    for (auto& side : group.turns)
      side.fill({.wall_s = 0.1, .cpu_s = 0.1, .requests = 50, .involuntary_switches = machine.preempted});
    round.groups.push_back(group);
    run.rounds.push_back(std::move(round));
  }
  return run;
}

PlannedCheck limited(const std::string& metric, double limit_s) {
  return planned(Family::latency, metric, LimitWord::max, limit_s);
}

Plan plan_with(std::vector<PlannedCheck> checks) {
  Plan plan;
  plan.checks = std::move(checks);
  return plan;
}

CheckResult judged(const PlannedCheck& check, const LatencyRun& run) {
  return judge_latency(check, plan_with({check}), run);
}

bool fails(const CheckResult& result) { return !result.parts.empty() && result.parts.front().p_fail <= 0.05; }

TEST(Percentile, NeedsAsManyRequestsAsTheFloorSays) {
  const std::array<std::size_t, 5> floors{7, 44, 90, 459, 4603};  // scipy: references/block_quantiles.py
  for (std::size_t i = 0; i < percentiles.size(); ++i) {
    EXPECT_EQ(percentiles[i].requests(), floors[i]);
    EXPECT_GE(6 * percentiles[i].block_requests(), floors[i]);
    // The slowest request of a block lies beyond the percentile more often than not.
    EXPECT_GT(1 - std::pow(percentiles[i].q, static_cast<double>(percentiles[i].block_requests())), 0.5);
  }
  EXPECT_EQ(percentile_of("latency"), nullptr);
}

TEST(Percentile, PoolsRoundsUntilABlockCanShowIt) {
  const LatencyRun fast = run_of({}, {}, {.rounds = 7, .requests = 100});
  EXPECT_EQ(percentile_blocks(fast.rounds, p99, true).size(), 7U);
  LatencyRun slow = run_of({}, {}, {.rounds = 20, .requests = 30});
  const auto blocks = percentile_blocks(slow.rounds, p99, true);  // 77 requests: three rounds each
  ASSERT_EQ(blocks.size(), 6U);
  for (const auto& block : blocks) EXPECT_EQ(block.size(), 3U);
  EXPECT_EQ(blocks[1].data(), &slow.rounds[3]);
  for (Round& round : slow.rounds) round.request_s[1].resize(10);  // production has fewer
  EXPECT_EQ(percentile_blocks(slow.rounds, p99, true).size(), 2U);
  EXPECT_EQ(percentile_blocks(slow.rounds, p99, false).size(), 6U);
}

TEST(Percentile, OfTooFewRequestsARoundIsJudgedInLargerBlocks) {
  // 2 % of the requests take 30 ms: p99 is 30 ms. Of 25 a round 60 % have no slow one at all.
  const Tail tail{.slow_share = 0.02, .slow_s = 30e-3};
  int passes = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed)
    passes += proven(judged(limited("latency_p99", 20e-3), run_of(tail, {}, {.rounds = 60, .requests = 25}, seed)));
  EXPECT_LE(passes, 4);
}

TEST(Percentile, IsNotAssessableWhereTheRequestsAreTooFew) {
  const CheckResult result =
      judged(limited("latency_p99.9", 1.0), run_of({}, {}, {.rounds = 20, .requests = 100, .round_s = 3.0}));
  EXPECT_EQ(result.outcome, Outcome::not_assessable);
  EXPECT_EQ(result.reason, Reason::too_few_events);
  EXPECT_TRUE(result.parts.empty());
  EXPECT_FALSE(result.candidate.value);  // a value of too few requests would be too low
  EXPECT_EQ(result.detail,
            "latency_p99.9 needs 4,603 requests, at least 768 of them in each of 6 blocks of rounds; 20 rounds gave "
            "2,000, so that the 60 s that a run may take hold about 2,000. Fewer cannot show this percentile: their "
            "slowest request is most likely below it. Limit latency_p99 instead (459 requests), or time a smaller "
            "batch.");
}

TEST(Percentile, FailsOnlyWhereProductionKeepsTheLimitAndTheCandidateIsSlower) {
  const PlannedCheck check = limited("latency_p99", 2e-3);
  EXPECT_TRUE(fails(judged(check, run_of({.typical_s = 3e-3}, {}, {}))));
  const CheckResult unfit = judged(check, run_of({.typical_s = 3e-3}, {.typical_s = 2.9e-3}, {}));
  EXPECT_FALSE(fails(unfit));
  EXPECT_FALSE(proven(unfit));
  EXPECT_EQ(unfit.reason, Reason::runner_unfit);
  EXPECT_NE(unfit.detail.find("Production misses the limit in the same rounds, too"), std::string::npos);
  EXPECT_FALSE(unfit.rows_needed);  // more rounds would not help
  const CheckResult passing = judged(check, run_of({}, {.typical_s = 9e-3}, {}));
  EXPECT_TRUE(proven(passing));  // whatever production does
}

TEST(Percentile, OfAFirstReleaseFailsOnlyWhereHardlyATurnWasInterrupted) {
  const PlannedCheck check = limited("latency_p99", 2e-3);
  EXPECT_TRUE(fails(judged(check, run_of({.typical_s = 3e-3}, {}, {.production = false}))));
  const CheckResult busy = judged(check, run_of({.typical_s = 3e-3}, {}, {.preempted = 1, .production = false}));
  EXPECT_FALSE(fails(busy));
  EXPECT_EQ(busy.reason, Reason::runner_unfit);
  EXPECT_TRUE(proven(judged(check, run_of({}, {}, {.preempted = 1, .production = false}))));
}

TEST(Percentile, WithABrokenProductionNeverFailsAndMayPass) {
  for (const double typical_s : {1e-3, 3e-3}) {
    LatencyRun run = run_of({.typical_s = typical_s}, {}, {});
    run.errors[1] = Error{ErrorKind::model, Reason::model_crashed, "Production's worker died."};
    const CheckResult result = judged(limited("latency_p99", 2e-3), run);
    EXPECT_FALSE(fails(result));
    EXPECT_EQ(proven(result), typical_s < 2e-3);
  }
}

TEST(Percentile, DoesNotPassAModelWithStallsOfItsOwnInAFewRounds) {
  LatencyRun run = run_of({}, {}, {.rounds = 20, .requests = 100});
  for (std::size_t i = 0; i < 30; ++i) run.rounds[11].request_s[0][3 * i] = 50e-3F;  // 1.5 % of all, in one round
  const CheckResult stalls = judged(limited("latency_p99", 2e-3), run);
  EXPECT_FALSE(proven(stalls));
  EXPECT_NE(stalls.detail.find("a few rounds are far slower, and not by the machine"), std::string::npos);
  run.rounds[11].request_s[1] = run.rounds[11].request_s[0];  // the machine's: production has them, too
  EXPECT_TRUE(proven(judged(limited("latency_p99", 2e-3), run)));
}

TEST(Percentile, KeepsToItsErrorUnderCorrelatedBursts) {
  // Neighbours disturb a third of half the rounds, both models alike. p99 of such a round is about 4 ms.
  const Machine machine{.rounds = 20, .requests = 200, .burst_chance = 0.5};
  int false_blocks = 0;
  int false_passes = 0;
  int caught = 0;
  constexpr int draws = 60;
  for (std::uint64_t seed = 1; seed <= draws; ++seed) {
    const PlannedCheck check = limited("latency_p99", 6e-3);
    false_blocks += fails(judged(check, run_of({}, {}, machine, seed)));
    const LatencyRun over = run_of({.slow_share = 0.02, .slow_s = 9e-3}, {}, machine, seed);
    false_passes += proven(judged(check, over));
    caught += fails(judged(check, run_of({.slow_share = 0.05, .slow_s = 9e-3}, {}, machine, seed)));
  }
  EXPECT_EQ(false_blocks, 0);
  EXPECT_LE(false_passes, 3);  // 5 %
  EXPECT_GE(caught, draws / 2);
}

TEST(PercentileStopRule, GoesOnForRequestsUntilTheCapCannotHoldThem) {
  const Plan plan = plan_with({limited("latency_p99", 2e-3)});
  const auto shape_run = [](std::size_t rounds, std::size_t requests, double round_s) {
    return run_of({}, {}, {.rounds = rounds, .requests = requests, .round_s = round_s});
  };
  EXPECT_TRUE(latency_decided(shape_run(6, 100, 1.5), plan));
  EXPECT_FALSE(latency_decided(shape_run(6, 30, 1.5), plan));   // two blocks; 18 rounds make six
  EXPECT_FALSE(latency_decided(shape_run(20, 20, 1.5), plan));  // past 20: four rounds a block, 24 by 36 s
  EXPECT_TRUE(latency_decided(shape_run(24, 20, 1.5), plan));
  EXPECT_TRUE(latency_decided(shape_run(6, 3, 1.5), plan));  // 40 rounds of 3 requests are out of reach
  EXPECT_TRUE(wants_requests(shape_run(20, 20, 1.5), plan));
  EXPECT_FALSE(wants_requests(shape_run(20, 3, 1.5), plan));
  EXPECT_GT(most_rounds({}, plan), 20U);
  EXPECT_EQ(most_rounds({.batch = 8}, plan), 20U);
}

TEST(PercentileStopRule, TellsAfterTheFirstRoundThatNothingCanBeReached) {
  const LatencyRun slow = run_of({}, {}, {.rounds = 1, .requests = 10, .round_s = 1.5});
  EXPECT_TRUE(out_of_reach(slow, plan_with({limited("latency_p99.9", 1.0)})));
  EXPECT_FALSE(out_of_reach(slow, plan_with({limited("latency_p90", 1.0)})));
  EXPECT_FALSE(out_of_reach(slow, plan_with({limited("latency_p99.9", 1.0), limited("latency_p90", 1.0)})));
  EXPECT_FALSE(out_of_reach(slow, plan_with({})));
  const CheckResult told = judged(limited("latency_p99.9", 1.0), slow);
  EXPECT_EQ(told.reason, Reason::too_few_events);
  EXPECT_NE(told.detail.find("1 round gave 10, so that the 60 s that a run may take hold about 400"), std::string::npos)
      << told.detail;
}

TEST(PercentileReport, HasIntervalsOnlyWhereTheRequestsCanTell) {
  const PlannedCheck check = limited("latency_p50", 1.0);
  const LatencyRun run = run_of({.slow_share = 0.02, .slow_s = 3e-3}, {}, {.rounds = 9, .requests = 100});
  Samples samples;
  samples.runs.push_back(run);
  const Plan plan = plan_with({check});
  const auto once = evaluate_latency(check, Evidence{plan, nullptr, &samples, nullptr});
  const auto again = evaluate_latency(check, Evidence{plan, nullptr, &samples, nullptr});
  const LatencySide& side = once.at(0).latency->candidate;
  for (const Estimate* estimate : {&side.p50_ms, &side.p90_ms, &side.p95_ms, &side.p99_ms}) {
    ASSERT_TRUE(estimate->interval);
    EXPECT_LE(estimate->interval->low, *estimate->value);
    EXPECT_GE(estimate->interval->high, *estimate->value);
  }
  EXPECT_NEAR(side.p50_ms.interval->high, 1.0, 0.02);
  EXPECT_TRUE(side.p999_ms.value);
  EXPECT_FALSE(side.p999_ms.interval);  // 900 of 4,603 requests
  EXPECT_EQ(side.p99_ms.interval->low, again.at(0).latency->candidate.p99_ms.interval->low);
  LatencyReport few;
  add_percentile_intervals(few, run_of({}, {}, {.rounds = 5, .requests = 1000}), 1);
  EXPECT_FALSE(few.candidate.p50_ms.interval);
}

TEST(PercentileOutlook, SaysBeforeARunWhetherTheCapHoldsTheRequests) {
  EXPECT_EQ(percentile_outlook(p99, nullptr).note,
            "needs 459 requests, 77 in each of 6 blocks of rounds; measured during the run");
  const PilotPace fast{.requests = 600, .rounds = 6, .seconds = 9.0};
  EXPECT_FALSE(percentile_outlook(p99, &fast).out_of_reach);
  const PercentileOutlook slow = percentile_outlook(*percentile_of("latency_p99.9"), &fast);
  EXPECT_TRUE(slow.out_of_reach);
  EXPECT_EQ(slow.note,
            "needs 4,603 requests, 768 in each of 6 blocks of rounds; as fast as the pilot's, 60 s hold about 4,000: "
            "too few; latency_p99 would do with 459");
}

LoadShape served_at(double rate) { return {.load = Load::server, .batch = 1, .rate = rate, .clients = 1}; }

TEST(PercentileOutlook, SaysUnderLoadServerWhichRateTheCapHoldsThePercentileFrom) {
  EXPECT_EQ(
      server_reach(p99, served_at(20.0), false),
      "at 20/s a round of 8.0 s counts about 76 requests of a model, so that 60 s hardly hold them: from about 29/s "
      "on they do, and at this rate for latency_p95");
  EXPECT_EQ(server_reach(p99, served_at(30.0), false), "");
  EXPECT_EQ(server_reach(p99, {}, false), "") << "other loads know no rate";
  EXPECT_EQ(server_reach(*percentile_of("latency_p99.9"), served_at(1000.0), false), "");
  EXPECT_NE(server_reach(*percentile_of("latency_p99.9"), served_at(100.0), false), "");
  EXPECT_EQ(server_reach(p99, served_at(20.0), true), "") << "alone the candidate has twice the rounds";
  EXPECT_NE(server_reach(p99, served_at(0.001), false), "") << "a rate at which hardly anybody comes";
  const std::string note = percentile_outlook(p99, nullptr, server_reach(p99, served_at(20.0), false)).note;
  EXPECT_EQ(note.find("needs 459 requests, 77 in each of 6 blocks of rounds; at 20/s a round of 8.0 s"), 0U) << note;
}

}  // namespace
}  // namespace modelgate
