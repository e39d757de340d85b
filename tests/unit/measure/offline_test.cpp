// SPDX-License-Identifier: Apache-2.0
#include "gate/measure/offline.hpp"

#include <gmock/gmock.h>

#include "tests/unit/measure/fake_workers.hpp"

namespace modelgate {
namespace {

using fake::Call;
using fake::FakeFactory;
using fake::measured;
using fake::Stage;
using testing::Each;
using testing::ElementsAre;
using testing::FloatNear;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::size_t candidate = index_of(Role::candidate);
constexpr std::size_t production = index_of(Role::production);
const MeasureSettings offline{.shape = {.load = Load::offline, .batch = 32}, .max_rounds = 6};

std::unique_ptr<TimedWorker> worker_of(FakeFactory& factory) {
  return std::move(*factory.start(std::vector{Role::candidate}, {}).at(0));
}

TEST(Offline, TimesEachBatchFromCompletionToCompletion) {
  Stage stage;
  stage.request_s = {0.25, 0.25};
  FakeFactory factory(stage);
  const auto worker = worker_of(factory);
  const double begin = stage.clock.now_s();
  const auto seconds = stream(*worker, stage.clock, 7, 4);
  ASSERT_TRUE(seconds.has_value());
  EXPECT_THAT(*seconds, ElementsAre(0.25, 0.25, 0.25, 0.25));
  EXPECT_NEAR(stage.clock.now_s() - begin, 1.0, 1e-9);
  std::vector<std::size_t> inputs;
  for (const Call& call : stage.calls)
    if (call.kind == Call::Kind::request) inputs.push_back(call.input);
  EXPECT_THAT(inputs, ElementsAre(7, 8, 9, 10));
}

/// A gate that is slow to take an answer must not slow the worker down: the next batch is there already.
TEST(Offline, NeverLetsTheWorkerWaitForTheGate) {
  class SlowGate final : public Clock {
   public:
    explicit SlowGate(fake::StillClock& clock) : clock_(clock) {}
    double now_s() const override {
      clock_.pass(0.1);  // between two looks at the clock
      return clock_.now_s();
    }

   private:
    fake::StillClock& clock_;
  };
  Stage stage;
  stage.request_s = {0.25, 0.25};
  FakeFactory factory(stage);
  const auto worker = worker_of(factory);
  const double begin = stage.clock.now_s();
  const auto seconds = stream(*worker, SlowGate(stage.clock), 0, 10);
  ASSERT_TRUE(seconds.has_value());
  EXPECT_NEAR(stage.clock.now_s() - begin, 0.1 + 10 * 0.25 + 0.1, 1e-9) << "the gate's 0.1 s fell between the batches";
}

TEST(Offline, KeepsTwoBatchesAtTheWorkerAndNoneAtTheEnd) {
  Stage stage;
  FakeFactory factory(stage);
  const auto worker = worker_of(factory);
  ASSERT_TRUE(stream(*worker, stage.clock, 0, 5).has_value());
  ASSERT_TRUE(stream(*worker, stage.clock, 5, 1).has_value());
  ASSERT_TRUE(stream(*worker, stage.clock, 6, 0).has_value());
  EXPECT_TRUE(worker->submit(9).has_value());  // the fake refuses a third
  EXPECT_TRUE(worker->submit(9).has_value());
}

TEST(OfflineRounds, TakeTurnsWithSeveralBatchesEach) {
  Stage stage;
  stage.request_s = {2e-3, 3e-3};
  const LatencyRun run = measured(stage, offline);
  ASSERT_THAT(run.rounds, SizeIs(6));
  for (const Round& round : run.rounds) {
    ASSERT_FALSE(round.groups.empty());
    EXPECT_THAT(round.segments[candidate], IsEmpty());
    for (const TurnGroup& group : round.groups)
      for (const Turn& turn : group.turns[candidate]) {
        EXPECT_EQ(turn.requests, 8U);
        EXPECT_NEAR(turn.wall_s, 16e-3, 1e-9);
        EXPECT_NEAR(turn.cpu_s, 8e-3, 1e-9);  // the fake's CPU clock runs at half speed
      }
    EXPECT_EQ(round.request_s[candidate].size(), round.request_s[production].size());
    EXPECT_THAT(round.request_s[production], Each(FloatNear(3e-3F, 1e-6F)));
  }
  EXPECT_EQ(run.shape, offline.shape);
}

/// A model that sleeps once a batch, and a worker that never waits for the next one.
TEST(OfflineRounds, CountEverySleepAsTheModelsOwn) {
  Stage stage;
  stage.request_s = {2e-3, 2e-3};
  stage.queue_share = 0.25;
  stage.switches_a_request = {1, 1};
  const LatencyRun run = measured(stage, offline);
  ASSERT_FALSE(run.rounds.empty());
  EXPECT_NEAR(run.rounds[0].groups.at(0).turns[candidate][0].net_s, 0.75 * 16e-3, 1e-9);
  stage.switches_a_request = {0, 0};
  const LatencyRun awake = measured(stage, offline);
  ASSERT_FALSE(awake.rounds.empty());
  EXPECT_NEAR(awake.rounds[0].groups.at(0).turns[candidate][0].net_s, 8e-3, 1e-9) << "its CPU time, half of it here";
}

TEST(OfflineRounds, StreamEvenTheSlowest) {
  Stage stage;
  stage.request_s = {0.5, 0.5};
  const LatencyRun run = measured(stage, offline);
  ASSERT_FALSE(run.rounds.empty());
  EXPECT_EQ(run.rounds[0].groups.at(0).turns[candidate][0].requests, 2U);
}

TEST(OfflineRounds, NoteAModelThatBreaks) {
  Stage stage;
  int seen = 0;
  stage.breaks = [&seen](const Call& call) -> std::optional<Error> {
    if (call.role != Role::production || call.kind != Call::Kind::request || ++seen < 500) return std::nullopt;
    return Error{ErrorKind::model, Reason::model_crashed, "was killed by signal 9 (Killed)."};
  };
  const LatencyRun run = measured(stage, offline);
  EXPECT_TRUE(run.errors[production]);
  EXPECT_FALSE(run.errors[candidate]);
  EXPECT_THAT(run.rounds, SizeIs(6));
}

}  // namespace
}  // namespace modelgate
