// SPDX-License-Identifier: Apache-2.0
// What is judged and told of load server beyond the percentiles themselves.
#include "checks/latency/served.hpp"

#include <gmock/gmock.h>

#include "checks/evaluate.hpp"
#include "checks/latency/judge_latency.hpp"
#include "checks/latency/rounds.hpp"
#include "checks/latency/stop_rule.hpp"
#include "table_builder.hpp"

namespace modelgate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

/// How one model answered 100 requests a second.
struct Answers {
  double service_s = 2e-3;
  double latency_s = 5e-3;  ///< of the slowest 5 %; the others: the service
  std::uint32_t given_up = 0;
  std::uint32_t interrupted = 0;
  bool absent = false;
};

const LoadShape shape{.load = Load::server, .batch = 1, .rate = 100.0, .clients = 2};

void add(Round& round, Role role, const Answers& answers, double wobble) {
  if (answers.absent) return;
  const std::size_t side = index_of(role);
  constexpr std::uint32_t arrivals = 50;
  for (int i = 0; i < 2; ++i) {
    const std::uint32_t answered = arrivals - answers.given_up;
    round.segments[side].push_back({.scheduled_s = 0.5,
                                    .seconds = answers.given_up > 0 ? 1.0 : 0.5,
                                    .busy_s = answers.service_s * wobble * answered,
                                    .answered = answered,
                                    .given_up = answers.given_up,
                                    .involuntary_switches = answers.interrupted});
    for (std::uint32_t j = 0; j < arrivals; ++j)
      round.request_s[side].push_back(
          static_cast<float>((j % 20 == 0 ? answers.latency_s : answers.service_s) * wobble));
  }
}

LatencyRun run_of(std::size_t rounds, const Answers& candidate, const Answers& production = {}) {
  LatencyRun run;
  run.shape = shape;
  run.seconds = static_cast<double>(rounds);
  for (std::size_t at = 0; at < rounds; ++at) {
    Round& round = run.rounds.emplace_back();
    add(round, Role::candidate, candidate, 1.0 + 0.0002 * (static_cast<double>((at * 7) % 20) - 9.5));
    add(round, Role::production, production, 1.0 + 0.0001 * (static_cast<double>((at * 3) % 20) - 9.5));
    round.late_s = {5e-6F, 6e-6F, 7e-6F};
  }
  return run;
}

PlannedCheck limit(double seconds) {
  PlannedCheck check = planned(Family::latency, "latency_p99", LimitWord::max, seconds);
  check.shape = shape;
  return check;
}

CheckResult judged(const PlannedCheck& check, const LatencyRun& run) {
  Plan plan;
  plan.checks = {check};
  return judge_latency(check, plan, run);
}

bool fails(const CheckResult& result) { return !result.parts.empty() && result.parts.front().p_fail <= 0.05; }

TEST(Served, AModelThatKeepsUpPassesByItsLimit) {
  const CheckResult result = judged(limit(0.02), run_of(9, {}));
  EXPECT_TRUE(proven(result)) << result.detail;
  EXPECT_THAT(result.detail, IsEmpty());
  ASSERT_TRUE(result.latency);
  EXPECT_NEAR(*result.latency->candidate.utilisation.value, 0.2, 0.001);  // 100/s of 2 ms
  EXPECT_TRUE(result.latency->candidate.utilisation.interval);
  EXPECT_NEAR(*result.latency->candidate.rows_per_s, 100.0, 1e-9);
  EXPECT_NEAR(*result.latency->late_p50_us, 6.0, 0.01);
  EXPECT_NEAR(*result.latency->late_p99_us, 7.0, 0.1);
}

TEST(Served, ATailBeyondTheLimitFails) {
  const CheckResult result = judged(limit(0.02), run_of(9, {.latency_s = 0.2}));
  EXPECT_TRUE(fails(result)) << result.detail;
}

TEST(Served, ARateBeyondTheModelFailsHoweverHighTheLimit) {
  const CheckResult result = judged(limit(1000.0), run_of(6, {.service_s = 0.0142, .latency_s = 0.6}));
  EXPECT_FALSE(proven(result));
  EXPECT_FALSE(result.parts.front().hard_margin_excluded) << "a guard must not let it through";
  EXPECT_TRUE(fails(result));
  EXPECT_THAT(result.detail, StartsWith("The candidate cannot serve 100/s: one request takes 14."));
  EXPECT_THAT(result.detail, HasSubstr("1.42 of the time there is, and waiting grows without end"));
  EXPECT_FALSE(result.candidate.interval) << "an interval within the limit would seem to pass";
}

TEST(Served, ARateBeyondBothModelsIsTheMachinesAffair) {
  const Answers slow{.service_s = 0.0142, .latency_s = 0.6};
  const CheckResult result = judged(limit(1000.0), run_of(6, slow, slow));
  EXPECT_FALSE(proven(result));
  EXPECT_FALSE(fails(result));
  EXPECT_THAT(result.detail,
              HasSubstr("production is not shown to serve it here either, so that the machine may be the"));
}

TEST(Served, AFirstReleaseFailsOnlyOnAQuietMachine) {
  const Answers none{.absent = true};
  EXPECT_TRUE(fails(judged(limit(1000.0), run_of(6, {.service_s = 0.0142, .latency_s = 0.6}, none))));
  const CheckResult noisy =
      judged(limit(1000.0), run_of(6, {.service_s = 0.0142, .latency_s = 0.6, .interrupted = 5}, none));
  EXPECT_FALSE(proven(noisy));
  EXPECT_FALSE(fails(noisy));
  EXPECT_THAT(noisy.detail, HasSubstr("other processes interrupted its answers"));
}

TEST(Served, NearTheCapacityNothingPasses) {
  LatencyRun run = run_of(6, {.service_s = 0.0098, .latency_s = 0.3});
  run.rounds[2].segments[0][0].busy_s *= 1.1;  // one round beyond it: the interval reaches over 1
  const CheckResult result = judged(limit(1000.0), run);
  EXPECT_FALSE(proven(result));
  EXPECT_FALSE(fails(result));
  EXPECT_THAT(result.detail, StartsWith("It is not shown that the candidate can serve 100/s without"));
}

TEST(Served, RequestsGivenUpByTheCandidateAloneKeepItFromPassing) {
  LatencyRun run = run_of(9, {});
  run.rounds[4].segments[0][1].given_up = 3;
  const CheckResult result = judged(limit(1000.0), run);
  EXPECT_FALSE(proven(result));
  EXPECT_THAT(result.detail, StartsWith("The candidate stalls while production does not"));
  run.rounds[4].segments[1][0].given_up = 1;  // production stood still in the same round
  EXPECT_TRUE(proven(judged(limit(1000.0), run)));
}

TEST(Served, TheRatioIsNeverJudged) {
  PlannedCheck check = percent(planned(Family::latency, "latency", LimitWord::max_regression, 0.05));
  check.shape = shape;
  const CheckResult result = judged(check, run_of(9, {}));
  EXPECT_EQ(result.outcome, Outcome::error);
  EXPECT_THAT(result.detail, HasSubstr("nothing can be compared"));
  EXPECT_FALSE(result.latency && (result.latency->wall || result.latency->cpu));
}

TEST(Served, ThroughputIsTheShareKeptUpWithAndNotTheLuckOfTheArrivals) {
  LatencyRun run = run_of(6, {.service_s = 0.02, .given_up = 10});
  const auto rows = served_rows_per_s(run.rounds, Role::candidate, {shape.load, 8, shape.rate, shape.clients});
  ASSERT_TRUE(rows);
  EXPECT_NEAR(*rows, 8 * 100 * 0.8 * 0.5, 1e-9);  // 40 of 50 answered, in twice the time
  EXPECT_NEAR(*served_rows_per_s(run.rounds, Role::production, shape), 100.0, 1e-9);
  EXPECT_FALSE(served_rows_per_s({}, Role::candidate, shape));
}

TEST(Served, UtilisationIsOneValueARound) {
  const LatencyRun run = run_of(3, {});
  EXPECT_THAT(
      round_utilisations(run.rounds, Role::production, 50.0),
      ElementsAre(testing::DoubleNear(0.1, 1e-3), testing::DoubleNear(0.1, 1e-3), testing::DoubleNear(0.1, 1e-3)));
  EXPECT_THAT(round_utilisations(std::vector<Round>(3), Role::candidate, 50.0), IsEmpty());
}

TEST(Served, MeasuringGoesOnWhileTheRateIsOpen) {
  Plan plan;
  plan.checks = {limit(1000.0)};
  LatencyRun run = run_of(6, {.service_s = 0.0098, .latency_s = 0.3});
  EXPECT_TRUE(latency_decided(run, plan));
  run.rounds[2].segments[0][0].busy_s *= 1.1;
  EXPECT_FALSE(latency_decided(run, plan));
}

TEST(Served, OtherLoadsHaveNoneOfIt) {
  LatencyRun run = run_of(6, {});
  run.shape = {};
  const CheckResult result = judged(
      [] {
        PlannedCheck check = limit(0.02);
        check.shape = {};
        return check;
      }(),
      run);
  ASSERT_TRUE(result.latency);
  EXPECT_FALSE(result.latency->candidate.utilisation.value);
  EXPECT_FALSE(result.latency->late_p50_us);
}

}  // namespace
}  // namespace modelgate
