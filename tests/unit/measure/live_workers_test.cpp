// SPDX-License-Identifier: Apache-2.0
// The protocol with real worker processes: structure only, since times depend on the machine.
#include "gate/measure/live_workers.hpp"

#include <gmock/gmock.h>
#include <sched.h>

#include <atomic>
#include <cstring>

#include "gate/core/clock.hpp"
#include "gate/measure/request_inputs.hpp"

namespace modelgate {
namespace {

using testing::Each;
using testing::Gt;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::size_t batch = 2;  // raising.pt refuses it
const std::string models_folder = MODELGATE_SOURCE_DIR "/fixtures/generated/odd_models/";

std::vector<int> allowed_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  EXPECT_EQ(::sched_getaffinity(0, sizeof set, &set), 0);
  std::vector<int> cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  }
  return cpus;
}

LiveModels live_models(const std::string& candidate, const std::string& production) {
  RequestRows rows;
  rows.rows = 8;
  rows.sets = {
      {{InputLayout{DType::float32, {2}, 2 * sizeof(float), 0}, std::vector<std::byte>(8 * 2 * sizeof(float)), {}}}};
  LiveModels models;
  models.batch = batch;
  models.golden_rows = rows.rows;
  for (const Role role : both_roles) {
    auto file = open_model(models_folder + (role == Role::candidate ? candidate : production));
    EXPECT_TRUE(file.has_value()) << (file ? "" : file.error().message);
    if (file) models.files[index_of(role)] = std::make_shared<const ModelFile>(std::move(*file));
    auto inputs = prepare_batches(rows, 0, batch);
    EXPECT_TRUE(inputs.has_value());
    if (inputs) models.inputs[index_of(role)] = *inputs;
  }
  return models;
}

Result<LatencyRun> measured(LiveModels models) {
  MeasureSettings settings;
  settings.shape.batch = batch;
  settings.cpus = allowed_cpus();
  settings.min_rounds = 2;
  settings.max_rounds = 2;
  settings.round_s = 0.05;
  settings.warmup_s = 0.01;
  const auto factory = live_workers(std::move(models));
  SilentProgress silent;
  return measure(settings, *factory, [](const LatencyRun&) { return true; }, SteadyClock{}, silent);
}

TEST(LiveWorkers, TimeBothModelsInRoundsOnOneCpuEach) {
  const auto cpus_before = allowed_cpus();
  const auto run = measured(live_models("better.pt", "plain.pt"));
  ASSERT_TRUE(run.has_value()) << run.error().message;
  for (const auto& error : run->errors) EXPECT_FALSE(error) << error->message;
  ASSERT_THAT(run->rounds, SizeIs(2));
  EXPECT_GT(run->ping_p50_s, 0.0);
  EXPECT_GT(run->seconds, 0.0);
  for (const Round& round : run->rounds) {
    EXPECT_THAT(cpus_before, testing::Contains(round.cpu));
    EXPECT_FALSE(round.groups.empty());
    EXPECT_EQ(round.request_s[0].size(), round.request_s[1].size());
    for (const Role role : both_roles) {
      const std::size_t side = index_of(role);
      EXPECT_THAT(round.request_s[side], Each(Gt(0.0F)));
      EXPECT_GT(round.start_s[side], 0.0);
      EXPECT_GT(round.load_s[side], 0.0);
      EXPECT_GT(round.peak_rss_bytes[side], 1U << 20U);
      double cpu_s = 0.0;
      for (const TurnGroup& group : round.groups) cpu_s += group.turns[side][0].cpu_s + group.turns[side][1].cpu_s;
      EXPECT_GT(cpu_s, 0.0);
    }
  }
  EXPECT_EQ(allowed_cpus(), cpus_before) << "the gate's own thread has not come home";
}

TEST(LiveWorkers, StartBesideTheRoundBeforeTheirsAndThenTellNoStart) {
  if (allowed_cpus().size() < 2) GTEST_SKIP() << "one CPU has no other beside it";
  LiveModels models = live_models("better.pt", "plain.pt");
  models.start_ahead = true;
  const auto run = measured(std::move(models));
  ASSERT_TRUE(run.has_value()) << run.error().message;
  for (const auto& error : run->errors) EXPECT_FALSE(error) << error->message;
  ASSERT_THAT(run->rounds, SizeIs(2));
  for (const Role role : both_roles) {
    EXPECT_GT(run->rounds[0].start_s[index_of(role)], 0.0);
    EXPECT_EQ(run->rounds[1].start_s[index_of(role)], 0.0);
    EXPECT_EQ(run->rounds[1].load_s[index_of(role)], 0.0);
    EXPECT_THAT(run->rounds[1].request_s[index_of(role)], SizeIs(Gt(0U)));
  }
}

TEST(LiveWorkers, BegunAheadAreTakenOnlyByWhoAsksForTheSameModels) {
  const auto cpus = allowed_cpus();
  if (cpus.size() < 2) GTEST_SKIP() << "one CPU has no other beside it";
  LiveModels models = live_models("better.pt", "plain.pt");
  models.start_ahead = true;
  const auto factory = live_workers(std::move(models));
  const std::array here{cpus[0]};
  const std::array next{cpus[1]};
  const std::array pair{Role::production, Role::candidate};
  const std::array control{Role::production, Role::production};
  factory->settle(here);
  factory->expect(pair, next);
  for (const auto& asked : {control, pair}) {
    for (const auto& worker : factory->start(asked, next)) {
      ASSERT_TRUE(worker.has_value()) << worker.error().message;
      EXPECT_GT((*worker)->started().start_s, 0.0) << "the pair begun ahead is gone";
      EXPECT_TRUE((*worker)->request(0).has_value());
    }
  }
}

TEST(LiveWorkers, KeepProductionsTimesWhenTheCandidateRefusesItsRows) {
  const auto run = measured(live_models("raising.pt", "plain.pt"));
  ASSERT_TRUE(run.has_value()) << run.error().message;
  ASSERT_TRUE(run->errors[index_of(Role::candidate)]);
  EXPECT_EQ(run->errors[index_of(Role::candidate)]->reason, Reason::model_crashed);
  EXPECT_THAT(run->errors[index_of(Role::candidate)]->message, HasSubstr("this model refuses its rows"));
  EXPECT_FALSE(run->errors[index_of(Role::production)]);
  ASSERT_THAT(run->rounds, SizeIs(1));
  EXPECT_THAT(run->rounds[0].request_s[index_of(Role::production)], SizeIs(Gt(0U)));
  EXPECT_THAT(run->rounds[0].request_s[index_of(Role::candidate)], IsEmpty());
}

TEST(LiveWorkers, CompareEveryAnswerWithTheFirstToTheSameBatch) {
  const auto run = measured(live_models("better.pt", "plain.pt"));
  ASSERT_TRUE(run.has_value()) << run.error().message;
  for (const Role role : both_roles) {
    const RepeatedOutputs& repeated = run->repeated[index_of(role)];
    EXPECT_GT(repeated.answers, run->rounds[0].request_s[index_of(role)].size());
    EXPECT_EQ(repeated.rows, 8U);
    EXPECT_THAT(repeated.differences, IsEmpty());
  }
}

TEST(LiveWorkers, EndAModelThatStopsComputingAtItsSixthRequest) {
  const auto run = measured(live_models("turning.pt", "plain.pt"));
  ASSERT_TRUE(run.has_value()) << run.error().message;
  const auto& error = run->errors[index_of(Role::candidate)];
  ASSERT_TRUE(error);
  EXPECT_EQ(error->reason, Reason::outputs_differ);
  EXPECT_THAT(error->message, HasSubstr("candidate: its answers changed while it was timed: 2 of "));
  EXPECT_THAT(error->message, HasSubstr(" by 0.5 in its answer "));
  EXPECT_FALSE(run->errors[index_of(Role::production)]);
  EXPECT_THAT(run->repeated[index_of(Role::candidate)].differences, testing::ElementsAre(0.5, 0.5));
  EXPECT_THAT(run->rounds[0].request_s[index_of(Role::candidate)], IsEmpty());
}

TEST(LiveWorkers, LeaveTheCandidateToBeTimedWhereProductionDrawsNumbers) {
  const auto run = measured(live_models("plain.pt", "turning.pt"));
  ASSERT_TRUE(run.has_value()) << run.error().message;
  EXPECT_FALSE(run->errors[index_of(Role::candidate)]);
  ASSERT_TRUE(run->errors[index_of(Role::production)]);
  EXPECT_EQ(run->errors[index_of(Role::production)]->reason, Reason::outputs_differ);
  EXPECT_THAT(run->rounds, SizeIs(2));
}

TEST(LiveWorkers, TakeAnswersWithinTheToleranceForTheSame) {
  LiveModels models = live_models("turning.pt", "plain.pt");
  models.same = {.absolute = 0.5};
  const auto run = measured(std::move(models));
  ASSERT_TRUE(run.has_value()) << run.error().message;
  EXPECT_FALSE(run->errors[index_of(Role::candidate)]);
}

TEST(LiveWorkers, EndAModelWhoseFileWasChangedMeanwhile) {
  for (const int sound : {0, 1, 4}) {  // the load; its first turns; the second round or later turns
    LiveModels models = live_models("better.pt", "plain.pt");
    const auto asked = std::make_shared<std::atomic<int>>(0);
    models.unchanged[index_of(Role::candidate)] = [asked, sound]() -> Result<void> {
      if ((*asked)++ < sound) return {};
      return model_error(Reason::digest_mismatch, "candidate: other bytes");
    };
    const auto run = measured(std::move(models));
    ASSERT_TRUE(run.has_value()) << run.error().message;
    ASSERT_TRUE(run->errors[index_of(Role::candidate)]);
    EXPECT_EQ(run->errors[index_of(Role::candidate)]->reason, Reason::digest_mismatch);
    EXPECT_FALSE(run->errors[index_of(Role::production)]);
    EXPECT_EQ(*asked, sound + 1) << "it was asked no more, and not timed any more";
  }
}

TEST(LiveWorkers, EndAStalledModelAtTheDeadlineOfARequest) {
  LiveModels models = live_models("plain.pt", "endless.pt");
  models.runtime.request_timeout_s = 0.5;
  const auto run = measured(std::move(models));
  ASSERT_TRUE(run.has_value()) << run.error().message;
  ASSERT_TRUE(run->errors[index_of(Role::production)]);
  EXPECT_EQ(run->errors[index_of(Role::production)]->reason, Reason::timeout);
  EXPECT_THAT(run->rounds, SizeIs(2));  // the candidate alone
}

TEST(LiveWorkers, AreNotStartedForAnUnusableModel) {
  LiveModels models = live_models("plain.pt", "plain.pt");
  models.unusable[index_of(Role::candidate)] = Error{ErrorKind::model, Reason::digest_mismatch, "other bytes."};
  const auto run = measured(std::move(models));
  ASSERT_TRUE(run.has_value()) << run.error().message;
  ASSERT_TRUE(run->errors[index_of(Role::candidate)]);
  EXPECT_EQ(run->errors[index_of(Role::candidate)]->message, "other bytes.");
}

TEST(LiveWorkers, EndWhenCancelled) {
  const std::atomic<bool> cancelled = true;
  LiveModels models = live_models("endless.pt", "plain.pt");
  models.cancel = &cancelled;
  const auto run = measured(std::move(models));
  ASSERT_FALSE(run.has_value());
  EXPECT_EQ(run.error().reason, Reason::cancelled);
}

}  // namespace
}  // namespace modelgate
