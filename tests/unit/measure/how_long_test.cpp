// SPDX-License-Identifier: Apache-2.0
// How long a round and a run of rounds last.
#include <gmock/gmock.h>

#include "gate/measure/measure.hpp"
#include "tests/unit/measure/fake_workers.hpp"

namespace modelgate {
namespace {

using fake::measured;
using fake::Stage;
using testing::AllOf;
using testing::ElementsAre;
using testing::Ge;
using testing::Le;
using testing::SizeIs;

constexpr std::size_t candidate = index_of(Role::candidate);
const StopRule at_once = [](const LatencyRun&) { return true; };

TEST(Measure, TimesARoundForItsSeconds) {
  Stage stage;
  const LatencyRun run = measured(stage, {.max_rounds = 6, .round_s = 0.5});
  for (const Round& round : run.rounds) {
    EXPECT_EQ(round.groups.size(), 63U);  // groups of 4 turns of 2 requests of 1 ms: 62 end within 0.5 s, one across it
  }
}

TEST(Measure, TimesSlowModelsLongerForEnoughGroupsButNotEndlessly) {
  Stage stage;
  stage.request_s = {15e-3, 15e-3};
  for (const Round& round : measured(stage, {.max_rounds = 6}).rounds)
    EXPECT_THAT(round.groups, SizeIs(16));  // of 60 ms; 0.6 s hold ten
  stage.request_s = {50e-3, 50e-3};
  for (const Round& round : measured(stage, {.max_rounds = 6}).rounds)
    EXPECT_THAT(round.groups, SizeIs(AllOf(Ge(6U), Le(7U))));  // 1.2 s
}

TEST(Measure, AsksTheStopRuleOnlyAfterWholeRoundsFromTheSixthOn) {
  Stage stage;
  std::vector<std::size_t> asked;
  const LatencyRun run = measured(stage, {.round_s = 0.8, .turn_s = 0.3e-3}, [&](const LatencyRun& so_far) {
    asked.push_back(so_far.rounds.size());
    EXPECT_THAT(so_far.rounds.back().groups, SizeIs(Ge(100U)));
    return so_far.rounds.size() == 9;
  });
  EXPECT_THAT(asked, ElementsAre(6, 7, 8, 9));
  EXPECT_THAT(run.rounds, SizeIs(9));
}

TEST(Measure, NeverEndsBeforeSixRoundsByARule) {
  Stage stage;
  EXPECT_THAT(measured(stage, {}, at_once).rounds, SizeIs(6));
}

TEST(Measure, EndsAtTwentyRounds) {
  Stage stage;
  EXPECT_THAT(measured(stage, {.cap_s = 1000.0}).rounds, SizeIs(20));
}

TEST(Measure, ObeysTheCap) {
  Stage stage;
  const LatencyRun run =
      measured(stage, {.control_every = 0, .cap_s = 10.0, .long_cap_s = 10.0, .round_s = 0.8, .warmup_s = 0.3});
  EXPECT_THAT(run.rounds, SizeIs(AllOf(Ge(5U), Le(7U))));  // 0.4 s start, 0.6 s warm-up and 0.8 s each
  EXPECT_LE(run.seconds, 10.0);
  EXPECT_GT(run.seconds, 8.0);
}

TEST(Measure, EndsOneRoundOfAModelTooSlowForTheCap) {
  Stage stage;
  stage.request_s = {20.0, 20.0};
  const LatencyRun run = measured(stage, {});
  ASSERT_THAT(run.rounds, SizeIs(1));
  EXPECT_THAT(run.rounds[0].groups, SizeIs(1));
  EXPECT_THAT(run.rounds[0].request_s[candidate], SizeIs(2));
}

TEST(Measure, TakesTheLongerCapOnlyWhereTheRoundsAreUnsteady) {
  for (const bool unsteady : {false, true}) {
    Stage stage;
    stage.start_s = 1.64;
    MeasureSettings settings{.control_every = 0, .round_s = 0.8, .warmup_s = 0.3};
    settings.unsteady = [unsteady](const LatencyRun& run) {
      EXPECT_THAT(run.rounds, SizeIs(6)) << "asked before the shorter cap";
      return unsteady;
    };
    const LatencyRun run = measured(stage, settings);
    EXPECT_THAT(run.rounds, SizeIs(unsteady ? 12 : 6));  // of 4.7 s each: the third look is out of reach
    EXPECT_LE(run.seconds, unsteady ? 60.0 : 30.0);
  }
}

TEST(Measure, TakesTheLongerCapWhereTheThirdLookNeedsIt) {
  Stage stage;
  stage.start_s = 1.0;
  const LatencyRun run = measured(stage, {.control_every = 0, .round_s = 0.8, .warmup_s = 0.3});
  EXPECT_THAT(run.rounds, SizeIs(Ge(13U)));  // of 3.4 s each; 30 s hold eight
  EXPECT_LE(run.seconds, 60.0);
}

TEST(Measure, TakesTheLongerCapWhereTheFewestRoundsNeedIt) {
  Stage stage;
  stage.request_s = {0.5, 0.5};
  stage.start_s = 0.5;
  const LatencyRun run = measured(stage, {.control_every = 0});
  EXPECT_THAT(run.rounds, SizeIs(AllOf(Ge(6U), Le(7U))));
  stage.request_s = {5.0, 5.0};
  EXPECT_THAT(measured(stage, {.control_every = 0}).rounds, SizeIs(1)) << "in vain";
}

}  // namespace
}  // namespace modelgate
