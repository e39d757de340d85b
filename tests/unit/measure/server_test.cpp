// SPDX-License-Identifier: Apache-2.0
#include "gate/measure/server.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "gate/core/latency_caps.hpp"
#include "gate/core/server_load.hpp"
#include "tests/unit/measure/fake_workers.hpp"

namespace modelgate {
namespace {

using fake::Call;
using fake::FakeFactory;
using fake::measured;
using fake::Stage;
using testing::Each;
using testing::ElementsAre;
using testing::FloatEq;
using testing::FloatNear;
using testing::Ge;
using testing::Gt;
using testing::IsEmpty;
using testing::Le;
using testing::Lt;
using testing::SizeIs;

constexpr std::size_t candidate = index_of(Role::candidate);
constexpr std::size_t production = index_of(Role::production);

LoadShape server_shape(double rate, std::int64_t clients = 1) {
  return {.load = Load::server, .batch = 1, .rate = rate, .clients = clients};
}

std::vector<double> gaps_of(const std::vector<double>& at) {
  std::vector<double> gaps(at.size());
  std::adjacent_difference(at.begin(), at.end(), gaps.begin());
  return gaps;
}

/// The value that a share q of the values does not exceed.
float quantile(std::vector<float> values, double q) {
  std::ranges::sort(values);
  return values.at(static_cast<std::size_t>(q * static_cast<double>(values.size() - 1)));
}

TEST(Arrivals, AreAPoissonStreamOfTheRateHoweverManyClientsShareIt) {
  for (const std::int64_t clients : {1, 4, 50}) {
    const Arrivals arrivals = draw_arrivals(server_shape(100.0, clients), 0.0, 200.0, 7);
    const auto n = static_cast<double>(arrivals.at_s.size());
    EXPECT_NEAR(n, 20'000, 5 * std::sqrt(20'000));  // five standard deviations of the count
    std::vector<double> gaps = gaps_of(arrivals.at_s);
    EXPECT_THAT(gaps, Each(Ge(0.0)));
    // Exponential gaps: their mean and their standard deviation are 1/rate; a share exp(-1) is longer than that.
    const double mean = std::accumulate(gaps.begin(), gaps.end(), 0.0) / n;
    const double square = std::inner_product(gaps.begin(), gaps.end(), gaps.begin(), 0.0) / n;
    EXPECT_NEAR(mean, 0.01, 5 * 0.01 / std::sqrt(n));
    EXPECT_NEAR(std::sqrt(square - mean * mean), 0.01, 5 * 0.01 * std::sqrt(2 / n));
    const auto longer = static_cast<double>(std::ranges::count_if(gaps, [](double gap) { return gap > 0.01; }));
    EXPECT_NEAR(longer / n, std::exp(-1.0), 5 * 0.5 / std::sqrt(n));
  }
}

TEST(Arrivals, ComeFromTheSeedAlone) {
  const auto drawn = [](std::uint64_t seed) { return draw_arrivals(server_shape(50.0, 3), 0.1, 2.0, seed).at_s; };
  EXPECT_EQ(drawn(1), drawn(1));
  EXPECT_NE(drawn(1), drawn(2));
  EXPECT_THAT(drawn(1), Each(Lt(2.0)));
}

TEST(Arrivals, MayBeNone) { EXPECT_THAT(draw_arrivals(server_shape(0.1), 0.0, 1e-6, 1).at_s, IsEmpty()); }

/// One model that takes these times for its requests, one after the other.
struct Desk {
  explicit Desk(std::vector<double> service) : service_s(std::move(service)) {
    stage.request_s = {0.0, 0.0};
    stage.breaks = [this](const Call& call) -> std::optional<Error> {
      if (call.kind == Call::Kind::request) stage.clock.pass(service_s.at(next++));
      return std::nullopt;
    };
    worker = std::move(*factory.start(std::vector{Role::candidate}, {}).at(0));
  }
  Result<Served> serve(const Arrivals& arrivals) {
    return modelgate::serve(*worker, factory, stage.clock, arrivals, 0);
  }

  std::vector<double> service_s;
  std::size_t next = 0;
  Stage stage;
  FakeFactory factory{stage};
  std::unique_ptr<TimedWorker> worker;
};

TEST(Server, CountsFromTheIntendedArrival) {
  Desk desk({1.2, 0.5, 0.3, 0.2, 0.1});
  const auto served = desk.serve({.at_s = {0.0, 1.0, 1.5, 1.6, 5.0}, .seconds = 6.0});
  ASSERT_TRUE(served.has_value());
  // Lindley's recursion by hand: the waits are 0, 0.2, 0.2, 0.4 and 0.
  EXPECT_THAT(served->request_s,
              ElementsAre(FloatEq(1.2F), FloatEq(0.7F), FloatEq(0.5F), FloatEq(0.6F), FloatEq(0.1F)));
  EXPECT_EQ(served->segment.answered, 5U);
  EXPECT_EQ(served->segment.given_up, 0U);
  EXPECT_NEAR(served->segment.busy_s, 2.3, 1e-9);
  EXPECT_NEAR(served->segment.seconds, 6.0, 1e-9) << "it lasts as long as its arrivals may come";
  EXPECT_EQ(served->segment.scheduled_s, 6.0);
}

TEST(Server, WaitsAsLindleysRecursionSaysForAnyArrivals) {
  const Arrivals arrivals = draw_arrivals(server_shape(100.0, 4), 0.0, 30.0, 3);
  std::vector<double> service(arrivals.at_s.size());
  for (std::size_t i = 0; i < service.size(); ++i) service[i] = 0.002 + 0.0001 * static_cast<double>((i * 37) % 101);
  Desk desk(service);
  const auto served = desk.serve(arrivals);
  ASSERT_TRUE(served.has_value());
  ASSERT_EQ(served->request_s.size(), service.size());
  double wait = 0.0;
  for (std::size_t i = 0; i < service.size(); ++i) {
    if (i > 0) wait = std::max(0.0, wait + service[i - 1] - (arrivals.at_s[i] - arrivals.at_s[i - 1]));
    ASSERT_NEAR(served->request_s[i], wait + service[i], 1e-6) << i;
  }
  EXPECT_GT(quantile(served->request_s, 0.99), 0.02F) << "nothing ever waited";
}

TEST(Server, DoesNotHideAStall) {
  constexpr double stall_s = 0.2;
  const Arrivals arrivals = draw_arrivals(server_shape(100.0), 0.0, 10.0, 5);
  std::vector<double> service(arrivals.at_s.size(), 0.002);
  service[500] = stall_s;
  Desk desk(service);
  const auto served = desk.serve(arrivals);
  ASSERT_TRUE(served.has_value());
  // Whoever came during the stall waited for the rest of it: about 20 of 1,000.
  EXPECT_GT(quantile(served->request_s, 0.99), 0.1F);
  EXPECT_GT(quantile(served->request_s, 0.999), 0.19F);
  EXPECT_LT(quantile(served->request_s, 0.9), 0.02F);

  Desk alone(service);  // the same requests one after the other: a closed loop waits with the model
  std::vector<float> closed;
  for (std::size_t i = 0; i < service.size(); ++i) {
    const auto seconds = [&] {
      const double begin = alone.stage.clock.now_s();
      EXPECT_TRUE(alone.worker->request(i).has_value());
      return alone.stage.clock.now_s() - begin;
    };
    closed.push_back(static_cast<float>(seconds()));
  }
  EXPECT_LT(quantile(closed, 0.99), 0.003F) << "single stream sees one slow request of 1,000";
}

TEST(Server, TellsHowLateTheGateSent) {
  Desk desk({0.1, 0.1, 0.1});
  desk.stage.wakes_late_s = 0.01;
  const auto served = desk.serve({.at_s = {0.5, 0.55, 2.0}, .seconds = 3.0});
  ASSERT_TRUE(served.has_value());
  EXPECT_THAT(served->late_s, ElementsAre(FloatNear(0.01F, 1e-6F), FloatNear(0.01F, 1e-6F)))
      << "the second came while the first was worked on and says nothing of the gate";
  EXPECT_THAT(served->request_s, ElementsAre(FloatEq(0.11F), FloatEq(0.16F), FloatEq(0.11F)))
      << "the gate's own delay is part of the time, never taken off";
  EXPECT_NEAR(served->segment.busy_s, 0.3, 1e-9) << "but not of the model's work";
}

/// Between busy neighbours a worker waits on waking, which the kernel counts as no interruption.
TEST(Server, CountsAnswersThatWaitedForACpuAsInterrupted) {
  const Arrivals arrivals{.at_s = {0.5, 1.5, 2.5}, .seconds = 6.0};
  Desk calm({0.0, 0.0, 0.0});
  calm.stage.request_s = {0.1, 0.1};
  calm.stage.queue_share = 1e-4;
  const auto at_once = calm.serve(arrivals);
  ASSERT_TRUE(at_once.has_value());
  EXPECT_EQ(at_once->segment.involuntary_switches, 0U);
  Desk busy({0.0, 0.0, 0.0});
  busy.stage.request_s = {0.1, 0.1};
  busy.stage.queue_share = 0.5;
  const auto waited = busy.serve(arrivals);
  ASSERT_TRUE(waited.has_value());
  EXPECT_EQ(waited->segment.involuntary_switches, 3U) << "each of them";
}

TEST(Server, ServesEarlyArrivalsWithoutCountingThem) {
  Desk desk({1.0, 1.0, 1.0});
  const auto served = desk.serve({.at_s = {0.0, 0.4, 0.5}, .seconds = 4.0, .count_from_s = 0.5});
  ASSERT_TRUE(served.has_value());
  EXPECT_THAT(served->request_s, ElementsAre(FloatEq(2.5F)));  // it waited for both before it
  EXPECT_EQ(served->segment.answered, 3U);
  EXPECT_THAT(served->late_s, IsEmpty());
}

TEST(Server, GivesUpWhatCannotBeServedAndSaysHowLongItHadWaited) {
  Desk desk(std::vector<double>(100, 0.5));  // twice as long as there is between two
  Arrivals arrivals{.at_s = {}, .seconds = 10.0};
  for (int i = 0; i < 40; ++i) arrivals.at_s.push_back(0.25 * i);
  const auto served = desk.serve(arrivals);
  ASSERT_TRUE(served.has_value());
  EXPECT_EQ(served->segment.answered + served->segment.given_up, 40U);
  EXPECT_EQ(served->segment.given_up, 0U) << "20 s of work in the 20 s of patience";

  Desk slower(std::vector<double>(100, 1.0));
  const auto lost = slower.serve(arrivals);
  ASSERT_TRUE(lost.has_value());
  EXPECT_EQ(lost->segment.answered, 21U);  // the last one began within the patience
  EXPECT_EQ(lost->segment.given_up, 19U);
  EXPECT_NEAR(lost->segment.seconds, 21.0, 1e-9);
  ASSERT_THAT(lost->request_s, SizeIs(40));
  EXPECT_THAT(lost->request_s.back(), FloatEq(21.0F - 9.75F)) << "a lower bound of its time";
}

TEST(Server, SendsNothingWhereNobodyComes) {
  Desk desk({});
  const auto served = desk.serve({.at_s = {}, .seconds = 1.0});
  ASSERT_TRUE(served.has_value());
  EXPECT_EQ(served->segment.answered, 0U);
  EXPECT_NEAR(served->segment.seconds, 1.0, 1e-9);
}

TEST(ServerRounds, GiveBothModelsTheSameArrivalsAndInputs) {
  Stage stage;
  stage.request_s = {1e-3, 3e-3};
  const LatencyRun run = measured(stage, {.shape = server_shape(100.0, 4), .max_rounds = 6, .warmup_s = 0.0});
  ASSERT_THAT(run.rounds, SizeIs(6));
  std::array<std::vector<std::size_t>, 2> inputs;
  for (const Call& call : stage.calls)
    if (call.kind == Call::Kind::request) inputs[index_of(call.role)].push_back(call.input);
  EXPECT_EQ(inputs[candidate], inputs[production]);
  for (const Round& round : run.rounds) {
    EXPECT_THAT(round.groups, IsEmpty());
    ASSERT_THAT(round.segments[candidate], SizeIs(server_segments));
    ASSERT_THAT(round.segments[production], SizeIs(server_segments));
    for (std::size_t i = 0; i < server_segments; ++i)
      EXPECT_EQ(round.segments[candidate][i].answered, round.segments[production][i].answered);
    EXPECT_EQ(round.request_s[candidate].size(), round.request_s[production].size());
    EXPECT_THAT(round.request_s[candidate], Each(Ge(0.99e-3F)));
    EXPECT_THAT(round.request_s[production], Each(Ge(2.99e-3F)));
    EXPECT_GT(quantile(round.request_s[production], 1.0), 3.1e-3F) << "nobody ever waited";
  }
  EXPECT_NE(run.rounds[0].request_s, run.rounds[1].request_s) << "each round has arrivals of its own";
}

TEST(ServerRounds, ComeFromTheSeed) {
  const auto run_of = [](std::uint64_t seed) {
    Stage stage;
    return measured(stage, {.shape = server_shape(100.0), .max_rounds = 2, .seed = seed}).rounds.at(1).request_s;
  };
  EXPECT_EQ(run_of(3), run_of(3));
  EXPECT_NE(run_of(3), run_of(4));
}

TEST(ServerRounds, AlternateTheModels) {
  std::set<std::string> orders;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Stage stage;
    measured(stage, {.shape = server_shape(50.0), .max_rounds = 1, .warmup_s = 0.0, .seed = seed});
    std::string order;
    bool open = false;
    for (const Call& call : stage.calls) {
      if (call.kind != Call::Kind::usage) continue;  // before and after each segment
      if (!open) order += call.role == Role::candidate ? 'C' : 'P';
      open = !open;
    }
    orders.insert(order);
  }
  EXPECT_THAT(orders, ElementsAre("CPPC", "PCCP"));
}

TEST(ServerRounds, HoldEnoughRequestsForAP99InSixRoundsAtUsualRates) {
  for (const double rate : {30.0, 50.0, 100.0, 1000.0}) {
    const double requests = server_requests_a_round(rate);
    EXPECT_GE(requests - 3 * std::sqrt(requests), 77) << rate;  // a Poisson number of them
    EXPECT_LE(6 * 2 * server_segments * (server_lead_s + server_segment_s(rate)), 0.85 * latency_long_cap_s) << rate;
  }
}

TEST(ServerRounds, EndWhereTheRateIsBeyondTheModel) {
  Stage stage;
  stage.request_s = {0.05, 0.001};  // 20/s where 100/s come
  const LatencyRun run = measured(stage, {.shape = server_shape(100.0), .max_rounds = 6, .cap_s = latency_long_cap_s});
  ASSERT_THAT(run.rounds, SizeIs(6));
  for (const Round& round : run.rounds) {
    for (const Segment& segment : round.segments[candidate]) {
      EXPECT_GT(segment.given_up, 0U);
      EXPECT_THAT(segment.seconds, Le(2 * segment.scheduled_s + 0.051));
    }
    for (const Segment& segment : round.segments[production]) EXPECT_EQ(segment.given_up, 0U);
    EXPECT_EQ(round.request_s[candidate].size(), round.request_s[production].size());
  }
}

TEST(ServerRounds, HaveNoControlRoundsSinceNothingIsCompared) {
  Stage stage;
  EXPECT_THAT(measured(stage, {.shape = server_shape(100.0), .cap_s = 1000.0}).control, IsEmpty());
}

TEST(ServerRounds, CountNothingOfASegmentInWhichAModelBroke) {
  Stage stage;
  int seen = 0;
  stage.breaks = [&seen](const Call& call) -> std::optional<Error> {
    if (call.role != Role::production || call.kind != Call::Kind::usage || ++seen != 4) return std::nullopt;
    return Error{ErrorKind::model, Reason::model_crashed, "was killed by signal 9 (Killed)."};  // its second segment
  };
  const LatencyRun run = measured(stage, {.shape = server_shape(100.0), .max_rounds = 2});
  ASSERT_THAT(run.rounds, SizeIs(2));
  EXPECT_TRUE(run.errors[production]);
  EXPECT_THAT(run.rounds[0].segments[production], SizeIs(1));
  EXPECT_THAT(run.rounds[0].segments[candidate], SizeIs(1));
  EXPECT_THAT(run.rounds[1].segments[production], IsEmpty());
  EXPECT_THAT(run.rounds[1].segments[candidate], SizeIs(server_segments));
}

TEST(ServerRounds, EndWhenCancelledWhileWaiting) {
  Stage stage;
  FakeFactory factory(stage);
  stage.wait_breaks = Error{ErrorKind::internal, Reason::cancelled, "The run was cancelled."};
  SilentProgress silent;
  const auto run =
      measure({.shape = server_shape(100.0)}, factory, [](const LatencyRun&) { return false; }, stage.clock, silent);
  ASSERT_FALSE(run.has_value());
  EXPECT_EQ(run.error().reason, Reason::cancelled);
}

}  // namespace
}  // namespace modelgate
