// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "gate/measure/measure.hpp"

namespace modelgate::fake {

/// A clock that only the fakes move.
class StillClock final : public Clock {
 public:
  double now_s() const override { return now_; }
  void pass(double seconds) { now_ += seconds; }
  void pass_until(double instant) { now_ = std::max(now_, instant); }

 private:
  double now_ = 100.0;
};

/// One call of a fake worker.
struct Call {
  enum class Kind { start, request, ping, usage } kind = Kind::start;
  Role role = Role::candidate;
  std::size_t input = 0;
  std::vector<int> cpus;
  bool operator==(const Call&) const = default;
};

/// What the fakes do and what was asked of them.
struct Stage {
  StillClock clock;
  std::array<double, 2> request_s{1e-3, 1e-3};
  double start_s = 0.2;
  double wakes_late_s = 0.0;          // the gate's thread, after each sleep
  std::optional<Error> wait_breaks;   // each sleep ends with it
  std::optional<double> queue_share;  ///< of a request's time, waited for a CPU; none: the kernel does not tell
  std::array<std::uint64_t, 2> switches_a_request{1, 1};  ///< voluntary ones
  std::vector<Call> calls;
  std::vector<int> settled;
  struct Foreseen {
    std::vector<Role> models;
    std::vector<int> cpus;
    std::vector<int> beside;  ///< the CPUs of the round that was timed meanwhile
  };
  std::vector<Foreseen> foreseen;
  /// Asked before each call; an error breaks that worker.
  std::function<std::optional<Error>(const Call&)> breaks = [](const Call&) { return std::nullopt; };
};

class FakeWorker final : public TimedWorker {
 public:
  FakeWorker(Stage& stage, Role role) : stage_(stage), role_(role) {}
  WorkerStart started() const override { return {.start_s = stage_.start_s, .load_s = stage_.start_s / 2}; }
  Result<double> request(std::size_t input) override {
    return timed({Call::Kind::request, role_, input, {}}, stage_.request_s[index_of(role_)]);
  }
  /// Works on one batch after the other, whether or not the gate waits for it.
  Result<void> submit(std::size_t input) override {
    EXPECT_LT(due_.size(), max_in_flight) << "more batches than the worker takes";
    stage_.calls.push_back({Call::Kind::request, role_, input, {}});
    if (auto error = stage_.breaks(stage_.calls.back())) return std::unexpected(*error);
    const double begin = std::max(stage_.clock.now_s(), due_.empty() ? 0.0 : due_.back());
    due_.push_back(begin + stage_.request_s[index_of(role_)]);
    busy_s_ += stage_.request_s[index_of(role_)];
    ++requests_;
    return {};
  }
  Result<void> collect() override {
    stage_.clock.pass_until(due_.front());
    due_.pop_front();
    return {};
  }
  Result<double> ping() override { return timed({Call::Kind::ping, role_, 0, {}}, 10e-6); }
  Result<WorkerUsage> usage() override {
    if (auto done = timed({Call::Kind::usage, role_, 0, {}}, 0.0); !done) return std::unexpected(done.error());
    return WorkerUsage{.cpu_s = busy_s_ / 2,
                       .voluntary_switches = requests_ * stage_.switches_a_request[index_of(role_)],
                       .involuntary_switches = 7,
                       .faults = 3 * requests_};
  }
  std::optional<double> queued_s() override {
    return stage_.queue_share ? std::optional(*stage_.queue_share * busy_s_) : std::nullopt;
  }
  std::uint64_t peak_rss_bytes() override { return 1000 + index_of(role_); }

 private:
  Result<double> timed(Call call, double seconds) {
    stage_.calls.push_back(call);
    if (auto error = stage_.breaks(call)) return std::unexpected(*error);
    stage_.clock.pass(seconds);
    busy_s_ += seconds;
    if (call.kind == Call::Kind::request) ++requests_;
    return seconds;
  }

  Stage& stage_;
  Role role_;
  double busy_s_ = 0.0;
  std::uint64_t requests_ = 0;
  std::deque<double> due_;  // when the batches in flight are done, oldest first
};

class FakeFactory final : public WorkerFactory {
 public:
  explicit FakeFactory(Stage& stage) : stage_(stage) {}
  void settle(std::span<const int> cpus) override { stage_.settled.assign(cpus.begin(), cpus.end()); }
  Result<void> wait_until(double instant) override {
    if (stage_.wait_breaks) return std::unexpected(*stage_.wait_breaks);
    stage_.clock.pass_until(instant + stage_.wakes_late_s);
    return {};
  }
  std::vector<StartedWorker> start(std::span<const Role> models, std::span<const int> cpus) override {
    EXPECT_THAT(cpus, testing::ElementsAreArray(stage_.settled)) << "the gate's own thread is elsewhere";
    std::vector<StartedWorker> workers;
    for (const Role role : models) workers.push_back(started(role, cpus));
    return workers;
  }
  void expect(std::span<const Role> models, std::span<const int> cpus) override {
    stage_.foreseen.push_back({{models.begin(), models.end()}, {cpus.begin(), cpus.end()}, stage_.settled});
  }

 private:
  StartedWorker started(Role role, std::span<const int> cpus) {
    const Call call{Call::Kind::start, role, 0, {cpus.begin(), cpus.end()}};
    stage_.calls.push_back(call);
    if (auto error = stage_.breaks(call)) return std::unexpected(*error);
    stage_.clock.pass(stage_.start_s);
    return std::make_unique<FakeWorker>(stage_, role);
  }

  Stage& stage_;
};

/// The rounds of one measurement with the fakes; decided: after no round, unless it is given.
inline LatencyRun measured(
    Stage& stage, const MeasureSettings& settings, const StopRule& decided = [](const LatencyRun&) { return false; }) {
  FakeFactory factory(stage);
  SilentProgress silent;
  auto run = measure(settings, factory, decided, stage.clock, silent);
  EXPECT_TRUE(run.has_value()) << (run ? "" : run.error().message);
  return run.value_or(LatencyRun{});
}

}  // namespace modelgate::fake
