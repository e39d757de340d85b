// SPDX-License-Identifier: Apache-2.0
#include "gate/measure/live_workers.hpp"

#include <algorithm>
#include <deque>
#include <future>
#include <tuple>
#include <utility>
#include <vector>

#include "gate/core/clock.hpp"
#include "gate/measure/gate_thread.hpp"
#include "gate/measure/pin_process.hpp"
#include "gate/measure/precise_sleep.hpp"
#include "gate/measure/repeated_answers.hpp"
#include "gate/model/worker_client.hpp"

namespace modelgate {

namespace {

/// Holds each answer beside its model's first one to the same slot, between the requests that are timed.
class Witness {
 public:
  Witness(Role role, OutputMemory& memory, std::string policy)
      : role_(role), memory_(memory), policy_(std::move(policy)) {}

  Result<void> look(std::size_t slot, const OutputBlock& answer) {
    if (memory_.look(slot, answer)) return {};
    return std::unexpected(outputs_differ(role_, memory_.found(), policy_));
  }

 private:
  Role role_;
  OutputMemory& memory_;
  std::string policy_;
};

class LiveWorker final : public TimedWorker {
 public:
  LiveWorker(std::unique_ptr<WorkerClient> client, WorkerStart started, const LiveModels& models, Role role,
             OutputMemory& memory)
      : client_(std::move(client)),
        started_(started),
        slots_(models.inputs[index_of(role)]->slots()),
        batch_(models.batch),
        unchanged_(models.unchanged[index_of(role)]),
        witness_(role, memory, models.policy) {}

  WorkerStart started() const override { return started_; }

  Result<double> request(std::size_t input) override {
    if (auto same = look(); !same) return std::unexpected(std::move(same.error()));
    const double begin = clock_.now_s();
    const auto answered = client_->request(input % slots_, batch_, answer_);
    const double end = clock_.now_s();
    if (!answered) return std::unexpected(answered.error());
    last_ = input % slots_;
    return end - begin;
  }

  Result<void> submit(std::size_t input) override {
    auto sent = client_->submit(input % slots_, batch_);
    if (sent) in_flight_.push_back(input % slots_);
    return sent;
  }

  /// The batch before is looked at now, while the worker computes this one: the gate's time is nobody's wait.
  Result<void> collect() override {
    if (auto same = look(); !same) return same;
    auto collected = client_->collect(answer_);
    if (collected && !in_flight_.empty()) {
      last_ = in_flight_.front();
      in_flight_.pop_front();
    }
    return collected;
  }

  Result<double> ping() override {
    const double begin = clock_.now_s();
    const auto answered = client_->ping();
    const double end = clock_.now_s();
    if (!answered) return std::unexpected(answered.error());
    return end - begin;
  }

  Result<WorkerUsage> usage() override {
    if (auto same = look(); !same) return std::unexpected(std::move(same.error()));
    if (auto same = unchanged_ ? unchanged_() : Result<void>{}; !same) return std::unexpected(std::move(same.error()));
    const auto counters = client_->counters();
    if (!counters) return std::unexpected(counters.error());
    return WorkerUsage{counters->cpu_s, counters->voluntary_switches, counters->involuntary_switches, counters->faults};
  }

  Result<void> look() override {
    const auto slot = std::exchange(last_, std::nullopt);
    return slot ? witness_.look(*slot, answer_) : Result<void>{};
  }

  std::optional<double> queued_s() override { return client_->queued_s(); }

  std::uint64_t peak_rss_bytes() override { return client_->peak_rss_bytes(); }

  Result<void> move_to(std::span<const int> cpus) const { return pin_process(client_->pid(), cpus); }

 private:
  SteadyClock clock_;
  std::unique_ptr<WorkerClient> client_;
  WorkerStart started_;
  std::size_t slots_;
  std::size_t batch_;
  std::function<Result<void>()> unchanged_;
  Witness witness_;
  OutputBlock answer_;
  std::deque<std::size_t> in_flight_;  // slots submitted and not collected, oldest first
  std::optional<std::size_t> last_;    // the slot that answer_ is of, while it is not yet looked at
};
static_assert(TimedWorker::max_in_flight <= WorkerClient::max_in_flight);

class LiveWorkers final : public WorkerFactory {
 public:
  explicit LiveWorkers(LiveModels models) : models_(std::move(models)) {
    memories_.reserve(both_roles.size());
    for (const Role role : both_roles) {
      const auto& inputs = models_.inputs[index_of(role)];
      memories_.emplace_back(RepeatedSlots{inputs ? inputs->slots() : 0, models_.batch, models_.golden_rows},
                             models_.same);
    }
  }

  std::array<RepeatedOutputs, 2> repeated() const override { return {memories_[0].found(), memories_[1].found()}; }

  void settle(std::span<const int> cpus) override {
    settled_.assign(cpus.begin(), cpus.end());
    if (models_.gate_apart)
      gate_.keep_off(cpus);
    else
      gate_.share(cpus);
  }

  Result<void> wait_until(double instant_s) override { return sleep_until(instant_s, models_.cancel); }

  void expect(std::span<const Role> models, std::span<const int> cpus) override {
    ahead_.clear();
    const auto apart = cpus_apart(cpus, gate_.home(), settled_);
    if (!models_.start_together || !models_.start_ahead || apart.empty()) return;
    ahead_.reserve(models.size());
    for (const Role role : models) ahead_.push_back({role, launch(role, apart)});
  }

  std::vector<StartedWorker> start(std::span<const Role> models, std::span<const int> cpus) override {
    auto ahead = std::exchange(ahead_, {});
    if (!ahead.empty() && std::ranges::is_permutation(models, ahead, {}, {}, &Ahead::role))
      return finish_ahead(std::move(ahead), models, cpus);
    const auto beside = cpus_beside(cpus, gate_.home());
    const bool room = cpus.empty() || beside.size() == cpus.size();
    if (models_.start_together && models.size() == 2 && room) return start_both(models[0], models[1], cpus, beside);
    std::vector<StartedWorker> workers;
    workers.reserve(models.size());
    for (const Role role : models) workers.push_back(finish(role, launch(role, cpus)));
    return workers;
  }

 private:
  using Launched = Result<std::unique_ptr<WorkerClient>>;
  struct Ahead {
    Role role;
    Launched client;
  };

  /// Where they are not ready yet, one of them has the round's CPU to itself.
  std::vector<StartedWorker> finish_ahead(std::vector<Ahead> ahead, std::span<const Role> models,
                                          std::span<const int> cpus) {
    std::vector<StartedWorker> workers;
    workers.reserve(models.size());
    if (const auto& first = ahead.front().client) std::ignore = pin_process((*first)->pid(), cpus);
    for (const Role role : models) {
      const auto found = std::ranges::find(ahead, role, &Ahead::role);
      workers.push_back(finish(role, std::move(found->client), false));
      ahead.erase(found);
      move(workers.back(), cpus);
    }
    return workers;
  }

  /// Each has a thread that waits for it, so that neither's time holds the other's in it.
  std::vector<StartedWorker> start_both(Role first, Role second, std::span<const int> cpus,
                                        std::span<const int> beside) {
    Launched one = launch(first, cpus);
    Launched two = launch(second, beside);
    auto later = std::async([&] { return finish(second, std::move(two)); });
    std::vector<StartedWorker> workers;
    workers.reserve(2);
    workers.push_back(finish(first, std::move(one)));
    workers.push_back(later.get());
    if (!cpus.empty()) move(workers[1], cpus);
    return workers;
  }

  /// One that cannot be moved becomes the error that says so.
  static void move(StartedWorker& worker, std::span<const int> cpus) {
    if (!worker) return;
    if (auto moved = static_cast<LiveWorker&>(**worker).move_to(cpus); !moved) worker = std::unexpected(moved.error());
  }

  Launched launch(Role role, std::span<const int> cpus) const {
    const std::size_t side = index_of(role);
    if (const auto& why = models_.unusable[side]) return std::unexpected(*why);
    auto client = WorkerClient::start({.who = std::string(to_string(role)),
                                       .runtime = models_.runtime,
                                       .cpus = {cpus.begin(), cpus.end()},
                                       .program = models_.program,
                                       .instrumented = models_.instrumented,
                                       .slowdown = models_.slowdown[side],
                                       .cancel = models_.cancel});
    if (!client) return client;
    if (!models_.start_together) {  // the order to load is not to wait for the process's start
      if (auto up = (*client)->ping(); !up) return std::unexpected(up.error());
    }
    if (auto ordered = (*client)->load(*models_.files[side], models_.outputs[side]); !ordered)
      return std::unexpected(ordered.error());
    return client;
  }

  StartedWorker finish(Role role, Launched client, bool awaited = true) {
    const std::size_t side = index_of(role);
    if (!client) return std::unexpected(client.error());
    const auto ready = (*client)->ready();
    if (const auto held = (*client)->opened_in(); held && models_.isolation != nullptr) models_.isolation->note(*held);
    if (!ready) return std::unexpected(ready.error());
    if (const auto& unchanged = models_.unchanged[side]) {
      if (auto same = unchanged(); !same) return std::unexpected(same.error());
    }
    if (auto attached = (*client)->attach(models_.inputs[side]); !attached) return std::unexpected(attached.error());
    const WorkerStart start = awaited ? WorkerStart{ready->start_s, ready->load_s} : WorkerStart{};
    return std::make_unique<LiveWorker>(std::move(*client), start, models_, role, memories_[side]);
  }

  LiveModels models_;
  std::vector<OutputMemory> memories_;  // by Role
  GateThread gate_;
  std::vector<int> settled_;  // the CPUs of the round
  std::vector<Ahead> ahead_;  // begun for the next one
};

}  // namespace

std::unique_ptr<WorkerFactory> live_workers(LiveModels models) {
  return std::make_unique<LiveWorkers>(std::move(models));
}

}  // namespace modelgate
