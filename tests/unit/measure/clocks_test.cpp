// SPDX-License-Identifier: Apache-2.0
// Real processes whose requests wait, use two threads or stall, timed by the protocol and judged by the rules: which
// clock catches them. What they do differs so much that a busy machine changes nothing.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sched.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "checks/check.hpp"
#include "checks/latency/judge_latency.hpp"
#include "checks/latency/rounds.hpp"
#include "gate/core/clock.hpp"
#include "gate/measure/live_workers.hpp"
#include "gate/measure/request_inputs.hpp"

namespace modelgate {
namespace {

namespace fs = std::filesystem;
using testing::Each;
using testing::Gt;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Lt;
using testing::Not;
using testing::SizeIs;

class PacedWorkers : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "modelgate-paced-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    check_.family = Family::latency;
    check_.metric = "latency";
    check_.limit = {LimitWord::max_regression, 0.05, true, "5%"};
    check_.spec = &find_check(Family::latency, "latency")->spec;
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::shared_ptr<const ModelFile> model(const std::string& name, const std::string& pace) const {
    const std::string path = folder_ / name;
    std::ofstream(path) << pace;
    return std::make_shared<const ModelFile>(ModelFile{path, UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)), 1});
  }

  LatencyRun timed(const std::string& candidate, const std::string& production) const {
    RequestRows rows;
    rows.rows = 1;
    rows.sets = {{{InputLayout{DType::float32, {1}, sizeof(float), 0}, std::vector<std::byte>(sizeof(float)), {}}}};
    LiveModels models;
    models.files = {model("candidate", candidate), model("production", production)};
    for (auto& inputs : models.inputs) inputs = prepare_batches(rows, 0, 1).value_or(nullptr);
    models.runtime = plan_.runtime;
    models.runtime.isolation = Isolation::none;  // these workers shut nobody in
    models.program = MODELGATE_PACED_WORKER;
    models.gate_apart = shape_.load == Load::offline;
    MeasureSettings settings;
    settings.shape = shape_;
    cpu_set_t set;
    CPU_ZERO(&set);
    EXPECT_EQ(::sched_getaffinity(0, sizeof set, &set), 0);
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
      if (CPU_ISSET(cpu, &set)) settings.cpus.push_back(cpu);
    }
    settings.threads = static_cast<std::size_t>(plan_.runtime.threads);
    settings.max_rounds = 6;
    settings.control_every = 0;
    settings.round_s = 0.1;
    settings.warmup_s = 0.0;
    const auto factory = live_workers(std::move(models));
    SilentProgress silent;
    auto run = measure(settings, *factory, [](const LatencyRun&) { return false; }, SteadyClock{}, silent);
    EXPECT_TRUE(run.has_value()) << (run ? "" : run.error().message);
    return run.value_or(LatencyRun{});
  }

  CheckResult judged(const LatencyRun& run) const { return judge_latency(check_, plan_, run); }

  fs::path folder_;
  LoadShape shape_;
  Plan plan_;
  PlannedCheck check_;
};

TEST_F(PacedWorkers, ThatWaitAreCaughtByWallTimeThoughTheirCpuTimeIsUnchanged) {
  const LatencyRun run = timed("1000 5000 1 0", "1000 0 1 0");
  ASSERT_THAT(run.rounds, SizeIs(6));
  EXPECT_THAT(round_ratios(run.rounds).cpu, Each(Lt(std::log(2.0))));  // 1 ms each, and what sleeping itself costs
  const CheckResult result = judged(run);
  ASSERT_THAT(result.parts, SizeIs(1));
  EXPECT_LE(result.parts[0].p_fail, 0.05);
  ASSERT_TRUE(result.latency && result.latency->wall && result.latency->wall->interval);
  EXPECT_GT(result.latency->wall->interval->low, 1.0);
  EXPECT_EQ(result.difference.value, result.latency->wall->value) << "wall time is what people are told";
}

TEST_F(PacedWorkers, ThatWaitAreCaughtUnderLoadOfflineWhereNoSleepIsForTheNextRequest) {
  shape_.load = Load::offline;
  const LatencyRun run = timed("1000 5000 1 0", "1000 0 1 0");
  ASSERT_THAT(run.rounds, SizeIs(6));
  EXPECT_THAT(round_ratios(run.rounds).wall, Each(Gt(std::log(2.0))));
  EXPECT_THAT(round_ratios(run.rounds).cpu, Each(Lt(std::log(2.0))));
}

TEST_F(PacedWorkers, WithTwoThreadsAreJudgedByWallTimeThoughTheirCpuTimeDoubles) {
  plan_.runtime.threads = 2;
  const LatencyRun run = timed("2000 0 2 0", "2000 0 1 0");
  ASSERT_THAT(run.rounds, SizeIs(6));
  EXPECT_THAT(round_ratios(run.rounds).cpu, Each(Gt(std::log(1.5))));
  const CheckResult result = judged(run);
  ASSERT_TRUE(result.latency && result.latency->wall);
  EXPECT_FALSE(result.latency->cpu);
  EXPECT_EQ(result.difference.value, result.latency->wall->value);
}

TEST_F(PacedWorkers, WithMoreThreadsThanAllowedAreCaughtByTheirCpuTime) {
  const LatencyRun run = timed("2000 0 2 0", "2000 0 1 0");
  const CheckResult result = judged(run);
  ASSERT_THAT(result.parts, SizeIs(1));
  EXPECT_LE(result.parts[0].p_fail, 0.05);
}

TEST_F(PacedWorkers, ThatStallEndAtTheirDeadlineAndLeaveTheOtherModelsNumbers) {
  plan_.runtime.request_timeout_s = 0.5;
  for (const char* stalls_at : {"3", "12"}) {  // in the warm-up; in a turn
    const LatencyRun run = timed(std::string("1000 0 1 ") + stalls_at, "1000 0 1 0");
    const auto& error = run.errors[index_of(Role::candidate)];
    ASSERT_TRUE(error) << stalls_at;
    EXPECT_EQ(error->reason, Reason::timeout);
    EXPECT_FALSE(run.errors[index_of(Role::production)]);
    ASSERT_THAT(run.rounds, SizeIs(1));
    EXPECT_THAT(run.rounds[0].request_s[index_of(Role::production)], Not(IsEmpty()));
    const CheckResult result = judged(run);
    EXPECT_EQ(result.outcome, Outcome::error);
    EXPECT_EQ(result.reason, Reason::timeout);
    EXPECT_TRUE(result.production.value) << "production was timed";
  }
}

}  // namespace
}  // namespace modelgate
