// SPDX-License-Identifier: Apache-2.0
#include "gate/measure/measure.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>

#include "tests/unit/measure/fake_workers.hpp"

namespace modelgate {
namespace {

using fake::Call;
using fake::FakeFactory;
using fake::measured;
using fake::Stage;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::Ge;
using testing::Gt;
using testing::IsEmpty;
using testing::Le;
using testing::SizeIs;

constexpr std::size_t candidate = index_of(Role::candidate);
constexpr std::size_t production = index_of(Role::production);
const StopRule at_once = [](const LatencyRun&) { return true; };

/// The roles whose requests follow each other, one letter a turn: "CPPC", from the calls after the warm-up of each
/// round.
std::vector<std::string> group_orders(const Stage& stage) {
  std::string turns;
  bool open = false;
  for (const Call& call : stage.calls) {
    if (call.kind == Call::Kind::usage) {  // stands before and after the counted requests of a turn
      if (!open) turns += call.role == Role::candidate ? 'C' : 'P';
      open = !open;
    }
  }
  std::vector<std::string> groups;
  for (std::size_t i = 0; i + 4 <= turns.size(); i += 4) groups.push_back(turns.substr(i, 4));
  return groups;
}

std::vector<Call> starts(const Stage& stage) {
  std::vector<Call> calls;
  std::ranges::copy_if(stage.calls, std::back_inserter(calls),
                       [](const Call& call) { return call.kind == Call::Kind::start; });
  return calls;
}

TEST(Measure, TakesTurnsInBothOrdersAboutEquallyOften) {
  Stage stage;
  measured(stage, {.control_every = 0, .cap_s = 1000.0});
  std::map<std::string, int> seen;
  for (const std::string& group : group_orders(stage)) ++seen[group];
  ASSERT_THAT(seen, SizeIs(2));
  const double groups = seen["CPPC"] + seen["PCCP"];
  ASSERT_GT(groups, 1000.0);
  EXPECT_NEAR(seen["CPPC"] / groups, 0.5, 0.08);  // five standard deviations of 1,000 coins
}

TEST(Measure, GivesBothModelsTheSameTurnsAndTheSameInputsInTheSameOrder) {
  Stage stage;
  stage.request_s = {1e-3, 3e-3};
  const LatencyRun run = measured(stage, {.control_every = 0, .warmup_requests = 7, .warmup_s = 0.0});
  std::array<std::vector<std::size_t>, 2> inputs;
  for (const Call& call : stage.calls) {
    if (call.kind == Call::Kind::request) inputs[index_of(call.role)].push_back(call.input);
  }
  EXPECT_THAT(inputs[candidate], Not(IsEmpty()));
  EXPECT_EQ(inputs[candidate], inputs[production]);
  for (const Round& round : run.rounds) {
    EXPECT_EQ(round.request_s[candidate].size(), round.request_s[production].size());
    for (const TurnGroup& group : round.groups) {
      for (const auto& turns : group.turns) {
        for (const Turn& turn : turns) EXPECT_EQ(turn.requests, group.turns[candidate][0].requests);
      }
    }
  }
}

TEST(Measure, StartsEitherModelFirstByCoin) {
  Stage stage;
  stage.start_s = 0.01;
  std::map<Role, int> first;
  for (std::uint64_t seed = 0; seed < 10; ++seed)
    measured(stage, {.control_every = 0, .round_s = 0.01, .warmup_s = 0.0, .seed = seed});
  const auto calls = starts(stage);
  for (std::size_t i = 0; i < calls.size(); i += 2) ++first[calls[i].role];
  EXPECT_EQ(first[Role::candidate] + first[Role::production], 200);
  EXPECT_NEAR(first[Role::candidate], 100, 35);  // five standard deviations
}

TEST(Measure, PutsBothWorkersOfARoundOnOneCpuAndTheNextRoundOnTheNext) {
  Stage stage;
  const LatencyRun run = measured(stage, {.cpus = {2, 5, 7}, .max_rounds = 7, .control_every = 0});
  const auto calls = starts(stage);
  ASSERT_THAT(calls, SizeIs(14));
  ASSERT_THAT(run.rounds, SizeIs(7));
  const std::map<int, int> next{{2, 5}, {5, 7}, {7, 2}};
  for (std::size_t i = 0; i < run.rounds.size(); ++i) {
    EXPECT_THAT(calls[2 * i].cpus, ElementsAre(run.rounds[i].cpu));
    EXPECT_EQ(calls[2 * i].cpus, calls[2 * i + 1].cpus);
    if (i > 0) {
      EXPECT_EQ(run.rounds[i].cpu, next.at(run.rounds[i - 1].cpu));
    }
  }
}

TEST(Measure, ForeseesEveryStartButTheFirst) {
  Stage stage;
  measured(stage, {.cpus = {2, 5, 7}, .max_rounds = 7, .cap_s = 1000.0});
  const auto calls = starts(stage);
  ASSERT_THAT(stage.foreseen, SizeIs(Ge(8U)));  // with the control rounds
  for (std::size_t i = 0; i < stage.foreseen.size(); ++i) {
    const auto& [models, cpus, beside] = stage.foreseen[i];
    ASSERT_GT(calls.size(), 2 * i + 3);
    EXPECT_THAT(models, testing::UnorderedElementsAre(calls[2 * i + 2].role, calls[2 * i + 3].role));
    EXPECT_EQ(cpus, calls[2 * i + 2].cpus);
    EXPECT_EQ(beside, calls[2 * i].cpus) << "said while another round was timed";
  }
}

TEST(Measure, ForeseesNoStartAfterTheLastRound) {
  Stage stage;
  measured(stage, {.max_rounds = 6, .control_every = 0});
  EXPECT_THAT(stage.foreseen, SizeIs(5));
}

TEST(Measure, GivesAMultiThreadedPairAsManyCpusButNeverOneTwice) {
  Stage stage;
  measured(stage, {.cpus = {0, 1, 2, 3}, .threads = 2, .max_rounds = 6});
  std::set<std::vector<int>> sets;
  for (const Call& call : starts(stage)) {
    EXPECT_THAT(call.cpus, SizeIs(2));
    EXPECT_NE(call.cpus[0], call.cpus[1]);
    sets.insert(call.cpus);
  }
  EXPECT_THAT(sets, SizeIs(Gt(1U)));
  Stage crowded;
  measured(crowded, {.cpus = {0, 1}, .threads = 8, .max_rounds = 6});
  for (const Call& call : starts(crowded)) EXPECT_THAT(call.cpus, SizeIs(2));
}

TEST(Measure, DoesNotPinWithoutCpus) {
  Stage stage;
  const LatencyRun run = measured(stage, {.max_rounds = 6});
  for (const Call& call : starts(stage)) EXPECT_THAT(call.cpus, IsEmpty());
  for (const Round& round : run.rounds) EXPECT_EQ(round.cpu, -1);
}

TEST(Measure, WarmsUpForTimeAndRequestsBeforeItCounts) {
  Stage stage;
  stage.request_s = {1.0 / 64, 0.1};
  measured(stage, {.max_rounds = 6, .warmup_s = 0.3});
  std::array<std::size_t, 2> warm{};
  for (const Call& call : stage.calls) {
    if (call.kind == Call::Kind::usage) break;
    if (call.kind == Call::Kind::request) ++warm[index_of(call.role)];
  }
  EXPECT_EQ(warm[candidate], 20U);  // 0.3 s
  EXPECT_EQ(warm[production], 5U);  // 5 requests
}

TEST(Measure, WarmsUpVerySlowModelsWithThreeRequests) {
  Stage stage;
  stage.request_s = {2.0, 2.0};
  measured(stage, {});
  const auto usage = std::ranges::find(stage.calls, Call::Kind::usage, &Call::kind);
  EXPECT_EQ(
      std::count_if(stage.calls.begin(), usage, [](const Call& call) { return call.kind == Call::Kind::request; }), 6);
}

TEST(Measure, LeavesTheFirstRequestOfATurnOutForSmallModels) {
  Stage stage;
  stage.request_s = {0.1e-3, 0.1e-3};
  const LatencyRun run = measured(stage, {.max_rounds = 6, .turn_s = 0.3e-3});
  const auto first_usage = std::ranges::find(stage.calls, Call::Kind::usage, &Call::kind);
  EXPECT_EQ((first_usage - 1)->kind, Call::Kind::request);  // the one left out
  ASSERT_FALSE(run.rounds.empty());
  const Turn& turn = run.rounds[0].groups[0].turns[candidate][0];
  EXPECT_EQ(turn.requests, 3U);
  EXPECT_NEAR(turn.wall_s, 0.3e-3, 1e-12);
  EXPECT_NEAR(turn.cpu_s, 0.15e-3, 1e-12);   // the fake's CPU clock runs at half speed
  EXPECT_EQ(turn.voluntary_switches, 3U);    // one a request
  EXPECT_EQ(turn.involuntary_switches, 0U);  // a constant since the start
  EXPECT_EQ(turn.faults, 9U);
}

/// Of the first turn: 3 requests of 0.1 ms, half of it CPU time.
double net_of_first_turn(Stage stage, MeasureSettings settings = {}) {
  stage.request_s = {0.1e-3, 0.1e-3};
  settings.max_rounds = 1;
  settings.turn_s = 0.3e-3;
  const LatencyRun run = measured(stage, settings);
  return run.rounds.empty() ? -1.0 : run.rounds[0].groups[0].turns[candidate][0].net_s;
}

TEST(Measure, LeavesTheWaitForACpuOutOfTheTimeOfAWorkerThatSlept) {
  Stage stage;
  stage.queue_share = 0.3;
  stage.switches_a_request = {2, 2};
  EXPECT_NEAR(net_of_first_turn(stage), 0.7 * 0.3e-3, 1e-12);
}

TEST(Measure, MeasuresAWorkerLikeTheOneBesideItThatSlept) {
  Stage stage;
  stage.queue_share = 0.3;
  stage.switches_a_request[production] = 2;
  EXPECT_NEAR(net_of_first_turn(stage), 0.7 * 0.3e-3, 1e-12);
}

TEST(Measure, TakesTheCpuTimeOfAWorkerThatNeverSlept) {
  Stage stage;
  stage.queue_share = 0.3;
  EXPECT_NEAR(net_of_first_turn(stage), 0.15e-3, 1e-12);
}

TEST(Measure, KnowsNoNetTimeOfSeveralThreadsOrWithoutTheKernelsWord) {
  Stage stage;
  EXPECT_EQ(net_of_first_turn(stage), 0.0);
  stage.queue_share = 0.3;
  EXPECT_EQ(net_of_first_turn(stage, {.threads = 2}), 0.0);
}

TEST(Measure, KeepsEveryCountedRequestOfEveryTurn) {
  Stage stage;
  const LatencyRun run = measured(stage, {.max_rounds = 6});
  for (const Round& round : run.rounds) {
    for (const Role role : both_roles) {
      std::size_t requests = 0;
      for (const TurnGroup& group : round.groups)
        requests += group.turns[index_of(role)][0].requests + group.turns[index_of(role)][1].requests;
      EXPECT_EQ(round.request_s[index_of(role)].size(), requests);
      EXPECT_THAT(round.request_s[index_of(role)], Each(testing::FloatEq(1e-3F)));
      EXPECT_EQ(round.start_s[index_of(role)], 0.2);
      EXPECT_EQ(round.load_s[index_of(role)], 0.1);
      EXPECT_EQ(round.peak_rss_bytes[index_of(role)], 1000 + index_of(role));
    }
  }
}

TEST(Measure, ReportsTheGatesOwnCostOfARequest) {
  Stage stage;
  EXPECT_EQ(measured(stage, {}).ping_p50_s, 10e-6);
}

TEST(Measure, TimesTheCandidateAloneWithoutProduction) {
  Stage stage;
  const LatencyRun run = measured(stage, {.production = false, .max_rounds = 6});
  ASSERT_THAT(run.rounds, SizeIs(6));
  for (const Call& call : stage.calls) EXPECT_EQ(call.role, Role::candidate);
  for (const Round& round : run.rounds) {
    EXPECT_THAT(round.request_s[production], IsEmpty());
    EXPECT_EQ(round.groups[0].turns[candidate][1].requests, 1U);
    EXPECT_EQ(round.groups[0].turns[production][0].requests, 0U);
  }
}

std::function<std::optional<Error>(const Call&)> breaks_at(Role role, Call::Kind kind, int nth) {
  return [=, seen = 0](const Call& call) mutable -> std::optional<Error> {
    if (call.role != role || call.kind != kind || ++seen < nth) return std::nullopt;
    return Error{ErrorKind::model, Reason::model_crashed, "was killed by signal 9 (Killed)."};
  };
}

TEST(Measure, KeepsProductionsSamplesWhenTheCandidateBreaksAndEndsWithThatRound) {
  for (const int nth : {1, 7, 400, 1000}) {  // in the warm-up, in a turn of the first round, in the second round
    Stage stage;
    stage.breaks = breaks_at(Role::candidate, Call::Kind::request, nth);
    const LatencyRun run = measured(stage, {.round_s = 0.8, .turn_s = 0.3e-3, .warmup_s = 0.3});
    ASSERT_TRUE(run.errors[candidate]) << nth;
    EXPECT_EQ(run.errors[candidate]->reason, Reason::model_crashed);
    EXPECT_FALSE(run.errors[production]);
    ASSERT_THAT(run.rounds, SizeIs(nth < 1000 ? 1 : 2)) << nth;
    EXPECT_THAT(run.rounds.back().request_s[production], SizeIs(Gt(300U)));
  }
}

TEST(Measure, GoesOnWithTheCandidateWhenProductionBreaks) {
  for (const auto kind : {Call::Kind::start, Call::Kind::request, Call::Kind::ping, Call::Kind::usage}) {
    Stage stage;
    stage.breaks = breaks_at(Role::production, kind, 1);
    const LatencyRun run = measured(stage, {}, at_once);
    EXPECT_TRUE(run.errors[production]);
    EXPECT_FALSE(run.errors[candidate]);
    EXPECT_THAT(run.rounds, SizeIs(6));
    EXPECT_EQ(std::ranges::count_if(starts(stage), [](const Call& call) { return call.role == Role::production; }), 1);
  }
}

TEST(Measure, CountsNothingOfAGroupInWhichAModelBroke) {
  Stage stage;
  stage.breaks = breaks_at(Role::production, Call::Kind::usage, 6);  // the second turn of its second group
  const LatencyRun run = measured(stage, {.max_rounds = 1});
  ASSERT_THAT(run.rounds, SizeIs(1));
  const Round& round = run.rounds[0];
  EXPECT_EQ(round.request_s[production].size(), 2U);
  EXPECT_EQ(round.groups[0].turns[production][1].requests, 1U);
  EXPECT_EQ(round.groups[1].turns[production][0].requests, 0U);
  EXPECT_EQ(round.request_s[candidate].size(), 2 * round.groups.size());
}

TEST(Measure, HasNoRoundWhereBothModelsBreak) {
  Stage stage;
  stage.breaks = [](const Call&) { return Error{ErrorKind::model, Reason::model_unloadable, "cannot be loaded."}; };
  const LatencyRun run = measured(stage, {});
  EXPECT_THAT(run.rounds, IsEmpty());
  EXPECT_TRUE(run.errors[candidate]);
  EXPECT_TRUE(run.errors[production]);
  EXPECT_THAT(stage.calls, SizeIs(2));
}

TEST(Measure, EndsWithAnErrorWhenCancelled) {
  Stage stage;
  stage.breaks = [&stage](const Call&) -> std::optional<Error> {
    if (stage.calls.size() < 2000) return std::nullopt;
    return Error{ErrorKind::internal, Reason::cancelled, "was cancelled."};
  };
  FakeFactory factory(stage);
  SilentProgress silent;
  const auto run = measure({}, factory, at_once, stage.clock, silent);
  ASSERT_FALSE(run.has_value());
  EXPECT_EQ(run.error().reason, Reason::cancelled);
}

TEST(Measure, ComparesProductionWithItselfAfterEveryThirdRound) {
  Stage stage;
  stage.request_s = {1e-3, 2e-3};
  const LatencyRun run = measured(stage, {.cpus = {0, 1, 2, 3}, .max_rounds = 7, .cap_s = 1000.0});
  EXPECT_THAT(run.rounds, SizeIs(7));
  ASSERT_THAT(run.control, SizeIs(2));
  const auto calls = starts(stage);
  ASSERT_THAT(calls, SizeIs(18));
  for (std::size_t i = 0; i < calls.size(); i += 2) {
    const bool control = i / 2 == 3 || i / 2 == 7;
    EXPECT_EQ(calls[i].role == calls[i + 1].role, control) << i;
    EXPECT_EQ(calls[i].cpus, calls[i + 1].cpus);
    if (control) {
      EXPECT_EQ(calls[i].role, Role::production);
    }
  }
  for (const Round& round : run.control) {
    ASSERT_FALSE(round.groups.empty());
    for (const auto& turns : round.groups.front().turns) EXPECT_NEAR(turns[0].wall_s, 2e-3 * turns[0].requests, 1e-9);
  }
  std::set<int> judged_on;
  for (const Round& round : run.rounds) judged_on.insert(round.cpu);
  EXPECT_THAT(judged_on, SizeIs(4)) << "control rounds took a CPU away from the judged ones";
}

TEST(Measure, ComparesNothingWithItselfWithoutProductionOrOnRequest) {
  Stage stage;
  EXPECT_THAT(measured(stage, {.production = false, .max_rounds = 6}).control, IsEmpty());
  EXPECT_THAT(measured(stage, {.max_rounds = 6, .control_every = 0}).control, IsEmpty());
}

TEST(Measure, AddsControlRoundsOnceDecidedForAsLongAsTheyMustDecideThemselves) {
  Stage stage;
  MeasureSettings settings{.round_s = 0.8, .warmup_s = 0.3};
  settings.control_open = [](const LatencyRun& run) { return run.control.size() < 5; };
  const LatencyRun run = measured(stage, settings, at_once);
  EXPECT_THAT(run.rounds, SizeIs(6));
  EXPECT_THAT(run.control, SizeIs(5));
  settings.cap_s = settings.long_cap_s = 17.0;  // 9 rounds of 1.8 s
  EXPECT_THAT(measured(stage, settings, at_once).control, SizeIs(3)) << "beyond the cap";
}

TEST(Measure, BlamesProductionAloneForAControlRoundThatBreaks) {
  Stage stage;
  stage.breaks = [&stage, seen = 0](const Call& call) mutable -> std::optional<Error> {
    if (call.kind == Call::Kind::start) ++seen;
    if (seen < 8 || call.kind != Call::Kind::request || seen++ > 8) return std::nullopt;
    return Error{ErrorKind::model, Reason::model_crashed, "was killed by signal 9 (Killed)."};
  };
  const LatencyRun run = measured(stage, {}, at_once);
  EXPECT_TRUE(run.errors[production]);
  EXPECT_FALSE(run.errors[candidate]);
  EXPECT_THAT(run.control, IsEmpty());
  EXPECT_THAT(run.rounds, SizeIs(6));
}

TEST(Measure, KeepsTheTimeOfEachFirstRequest) {
  Stage stage;
  stage.request_s = {1e-3, 2e-3};
  for (const Round& round : measured(stage, {.max_rounds = 6}).rounds)
    EXPECT_THAT(round.first_request_s, ElementsAre(1e-3, 2e-3));
}

TEST(Measure, DecidesEverythingFromTheSeed) {
  const auto calls_with = [](std::uint64_t seed) {
    Stage stage;
    measured(stage, {.cpus = {0, 1, 2, 3}, .max_rounds = 6, .seed = seed});
    return stage.calls;
  };
  EXPECT_EQ(calls_with(11), calls_with(11));
  EXPECT_NE(calls_with(11), calls_with(12));
}

TEST(Measure, TellsHowFarItIs) {
  class Notes final : public Progress {
   public:
    void update(std::string_view phase, std::size_t done, std::optional<std::size_t> total) override {
      EXPECT_EQ(phase, "latency");
      EXPECT_EQ(total, 20U);
      steps.push_back(done);
    }
    void finish(std::string_view) override { finished = true; }
    std::vector<std::size_t> steps;
    bool finished = false;
  };
  Stage stage;
  FakeFactory factory(stage);
  Notes notes;
  ASSERT_TRUE(measure({}, factory, at_once, stage.clock, notes).has_value());
  EXPECT_THAT(notes.steps, ElementsAre(0, 1, 2, 3, 4, 5, 6));
  EXPECT_TRUE(notes.finished);
}

}  // namespace
}  // namespace modelgate
