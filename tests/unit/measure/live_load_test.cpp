// SPDX-License-Identifier: Apache-2.0
// Offline and server load with real processes: structure, and a stall that only server load shows.
#include <gmock/gmock.h>
#include <sched.h>

#include <algorithm>
#include <filesystem>

#include "gate/core/clock.hpp"
#include "gate/core/server_load.hpp"
#include "gate/measure/live_workers.hpp"
#include "gate/measure/precise_sleep.hpp"
#include "gate/measure/request_inputs.hpp"

namespace modelgate {
namespace {

using testing::Each;
using testing::Gt;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::size_t candidate = index_of(Role::candidate);
constexpr std::size_t production = index_of(Role::production);
constexpr LoadShape server{.load = Load::server, .batch = 2, .rate = 300.0, .clients = 4};

/// Twice the same model; program: empty for the real worker.
LiveModels equal_models(const std::string& program = {}) {
  RequestRows rows;
  rows.rows = 8;
  rows.sets = {
      {{InputLayout{DType::float32, {2}, 2 * sizeof(float), 0}, std::vector<std::byte>(8 * 2 * sizeof(float)), {}}}};
  LiveModels models;
  models.batch = static_cast<std::size_t>(server.batch);
  models.program = program;
  if (!program.empty()) models.runtime.isolation = Isolation::none;  // it only behaves like a worker
  for (const Role role : both_roles) {
    auto file = open_model(MODELGATE_SOURCE_DIR "/fixtures/generated/odd_models/plain.pt");
    auto inputs = prepare_batches(rows, 0, models.batch);
    EXPECT_TRUE(file.has_value() && inputs.has_value());
    if (!file || !inputs) continue;
    models.files[index_of(role)] = std::make_shared<const ModelFile>(std::move(*file));
    models.inputs[index_of(role)] = *inputs;
  }
  return models;
}

std::vector<int> allowed_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  EXPECT_EQ(::sched_getaffinity(0, sizeof set, &set), 0);
  std::vector<int> cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(static_cast<std::size_t>(cpu), &set)) cpus.push_back(cpu);
  }
  return cpus;
}

LatencyRun measured(LiveModels models, const LoadShape& shape) {
  MeasureSettings settings;
  settings.shape = shape;
  settings.cpus = allowed_cpus();
  settings.min_rounds = settings.max_rounds = 2;
  settings.control_every = 0;
  settings.round_s = 0.2;
  settings.warmup_s = 0.0;
  settings.pings = 0;
  models.gate_apart = shape.load == Load::offline;
  const auto factory = live_workers(std::move(models));
  SilentProgress silent;
  auto run = measure(settings, *factory, [](const LatencyRun&) { return true; }, SteadyClock{}, silent);
  EXPECT_TRUE(run.has_value()) << (run ? "" : run.error().message);
  LatencyRun result = run.value_or(LatencyRun{});
  for (const auto& error : result.errors) EXPECT_FALSE(error) << error->message;
  EXPECT_THAT(result.rounds, SizeIs(2));
  return result;
}

TEST(LiveLoad, OfflineStreamsBatchesOnTheRoundsCpu) {
  const auto cpus_before = allowed_cpus();
  const LatencyRun run = measured(equal_models(), {.load = Load::offline, .batch = 2});
  for (const Round& round : run.rounds) {
    EXPECT_FALSE(round.groups.empty());
    for (const Role role : both_roles) {
      EXPECT_THAT(round.request_s[index_of(role)], Each(Gt(0.0F)));
      double cpu_s = 0.0;
      for (const TurnGroup& group : round.groups) cpu_s += group.turns[index_of(role)][0].cpu_s;
      EXPECT_GT(cpu_s, 0.0);
    }
    EXPECT_EQ(round.request_s[candidate].size(), round.request_s[production].size());
  }
  EXPECT_EQ(allowed_cpus(), cpus_before) << "the gate's own thread has not come home";
}

TEST(LiveLoad, ServerGivesBothModelsTheSameArrivals) {
  const auto cpus_before = allowed_cpus();
  const LatencyRun run = measured(equal_models(), server);
  for (const Round& round : run.rounds) {
    EXPECT_THAT(round.groups, IsEmpty());
    for (const Role role : both_roles) {
      ASSERT_THAT(round.segments[index_of(role)], SizeIs(server_segments));
      EXPECT_THAT(round.request_s[index_of(role)], Each(Gt(0.0F)));
      for (const Segment& segment : round.segments[index_of(role)]) {
        EXPECT_GT(segment.busy_s, 0.0);
        EXPECT_GE(segment.seconds, segment.scheduled_s);
      }
    }
    EXPECT_EQ(round.request_s[candidate].size(), round.request_s[production].size());
    EXPECT_THAT(round.late_s, SizeIs(Gt(0U)));
  }
  EXPECT_EQ(allowed_cpus(), cpus_before);
}

/// Seconds that a share q of one model's requests of all rounds stays within.
double percentile(const LatencyRun& run, Role role, double q) {
  std::vector<float> all;
  for (const Round& round : run.rounds)
    all.insert(all.end(), round.request_s[index_of(role)].begin(), round.request_s[index_of(role)].end());
  std::ranges::sort(all);
  return all.empty() ? 0.0 : all[static_cast<std::size_t>(q * static_cast<double>(all.size() - 1))];
}

/// The worker sleeps 0.2 s in every 250th request: 0.4 % of them, which no p99 of requests one by one can show.
TEST(LiveLoad, AStallShowsInTheTailOfServerLoadOnly) {
  const std::filesystem::path own = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "fake-worker";
  const std::filesystem::path link = own.parent_path() / "fake-stalls";
  std::filesystem::remove(link);
  std::filesystem::create_symlink(own, link);
  const LatencyRun served = measured(equal_models(link), server);
  const LatencyRun alone = measured(equal_models(link), {.batch = server.batch});
  for (const Role role : both_roles) {
    EXPECT_GT(percentile(served, role, 0.99), 0.1);
    EXPECT_LT(percentile(alone, role, 0.99), 0.1);
    EXPECT_GE(percentile(served, role, 1.0), 0.2);
  }
}

TEST(PreciseSleep, EndsNoSoonerThanTold) {
  const SteadyClock clock;
  for (const double seconds : {-1.0, 0.0, 1e-4, 3e-3}) {
    const double until = clock.now_s() + seconds;
    ASSERT_TRUE(sleep_until(until, nullptr).has_value());
    EXPECT_GE(clock.now_s(), until);
  }
}

TEST(PreciseSleep, EndsWhenCancelled) {
  const std::atomic<bool> cancelled = true;
  const SteadyClock clock;
  const auto slept = sleep_until(clock.now_s() + 3600.0, &cancelled);
  ASSERT_FALSE(slept.has_value());
  EXPECT_EQ(slept.error().reason, Reason::cancelled);
}

}  // namespace
}  // namespace modelgate
