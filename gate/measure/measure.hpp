// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gate/core/clock.hpp"
#include "gate/core/error.hpp"
#include "gate/core/latency_caps.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/progress.hpp"
#include "gate/core/samples.hpp"

namespace modelgate {

/// What the kernel has counted of a worker since its start, read by the gate; only differences are used.
struct WorkerUsage {
  double cpu_s = 0.0;
  std::uint64_t voluntary_switches = 0;
  std::uint64_t involuntary_switches = 0;
  std::uint64_t faults = 0;
};

/// What a worker's start cost, on the gate's clock; 0: not known, as it began beside a timed round.
struct WorkerStart {
  double start_s = 0.0;  ///< exec → ready
  double load_s = 0.0;   ///< the order to load → ready
};

/// One model in a fresh worker, loaded and ready; destruction ends the worker. After an error it is not called again.
class TimedWorker {
 public:
  virtual ~TimedWorker() = default;
  virtual WorkerStart started() const = 0;
  /// Sends the input-th prepared batch (modulo their number) and waits for the answer: wall seconds in between.
  virtual Result<double> request(std::size_t input) = 0;
  /// Sends the input-th prepared batch without waiting; at most max_in_flight are unanswered.
  virtual Result<void> submit(std::size_t input) = 0;
  /// Waits for the answer to the oldest unanswered batch.
  virtual Result<void> collect() = 0;
  static constexpr std::size_t max_in_flight = 2;
  /// An empty message there and back: wall seconds, the gate's own share of a request.
  virtual Result<double> ping() = 0;
  virtual Result<WorkerUsage> usage() = 0;
  /// Holds the last answer beside its model's first one to the same batch; outputs_differ where they are not the same.
  /// Comes by itself before each further request and usage(); who takes times around requests calls it in between.
  virtual Result<void> look() { return {}; }
  /// Seconds in which the worker was ready to run and others had the CPU; only differences are used.
  /// Nothing where the kernel does not tell.
  virtual std::optional<double> queued_s() { return std::nullopt; }
  virtual std::uint64_t peak_rss_bytes() = 0;
};

using StartedWorker = Result<std::unique_ptr<TimedWorker>>;

/// Starts workers.
class WorkerFactory {
 public:
  virtual ~WorkerFactory() = default;
  /// Before each round: brings the gate's own thread to these CPUs, too, so that no message crosses CPUs (a wake-up
  /// across CPUs costs small models several times their own work). None given: leaves it where it is.
  virtual void settle(std::span<const int> cpus) = 0;
  /// The gate's thread sleeps until this instant of the clock and leaves the CPU to the workers. Error: cancelled.
  virtual Result<void> wait_until(double instant_s) = 0;
  /// A fresh, ready worker for each of these models, in this order; twice the same model: two workers. Once ready they
  /// may use these CPUs only; none given: any.
  virtual std::vector<StartedWorker> start(std::span<const Role> models, std::span<const int> cpus) = 0;
  /// What the next start will probably ask for: it may begin now, off the CPUs last settled on, beside the round that
  /// is timed there. What is then not asked for, or asked for no more (no models), is thrown away.
  virtual void expect(std::span<const Role> /*models*/, std::span<const int> /*cpus*/) {}
  /// What all workers so far, those of control rounds, too, answered to requests that their model had answered before.
  virtual std::array<RepeatedOutputs, 2> repeated() const { return {}; }
};

/// A question about the rounds so far, answered by whoever knows statistics.
using RunRule = std::function<bool(const LatencyRun&)>;
/// Asked after each round from min_rounds on; true: the samples decide every check, so measuring may end.
using StopRule = RunRule;

/// How a pair of models is timed; the defaults are the protocol's.
struct MeasureSettings {
  LoadShape shape;
  bool production = true;   ///< false: only the candidate is timed
  std::vector<int> cpus;    ///< CPUs to rotate over; empty: workers are not pinned
  std::size_t threads = 1;  ///< of one worker: a round takes as many CPUs
  bool on_cpu = true;       ///< false: a GPU computes, so that only wall time counts
  std::size_t min_rounds = 6;
  std::size_t max_rounds = 20;
  std::size_t control_every =
      3;  ///< after so many judged rounds one of production against production, unless they decided; 0: none
  double cap_s = latency_cap_s;            ///< no round begins that would not end by then; the first one always does
  std::size_t look_rounds = 13;            ///< as many a steady but slow model is to have before it stays inconclusive
  double long_cap_s = latency_long_cap_s;  ///< holds instead where unsteady says so, or where it brings min_rounds or
                                           ///< look_rounds that cap_s does not
  double round_s = 0.6;                    ///< timed part of a round
  std::size_t groups_wanted = 16;          ///< where round_s holds fewer of them
  double long_round_s = 1.2;               ///< the timed part may last so long
  double turn_s = 1e-3;                    ///< counted requests of a turn last at least this
  double small_request_s = 2e-3;           ///< below: the first request after a switch warms the caches and is left out
  std::size_t warmup_requests = 5;         ///< and
  double warmup_s = 0.1;                   ///< at least, a worker
  double warmup_cap_s = 3.0;               ///< requests this slow warm up with 3
  std::size_t pings = 20;                  ///< a worker
  std::uint64_t seed = 1;
  std::string allocator = "pinned";
  RunRule unsteady;      ///< asked where cap_s would end the rounds: do they spread so much? none: no
  RunRule out_of_reach;  ///< asked after the first round: can no time left tell what is asked? none: it can
  RunRule control_open;  ///< asked once decided, and again after each control round that then follows: must there be
                         ///< more of them to trust this machine? none: no
};

/// Times candidate and production in rounds of fresh worker pairs that take turns on one CPU, another CPU each round:
/// start order by coin, groups ABBA or BAAB by coin, the same inputs in the same order for both. All coins come from
/// the seed. In between, control rounds with production in both places. A model that breaks is noted in errors and its
/// partner finishes the round alone; the run goes on without production, but not without a candidate. Errors: only
/// cancelled. The machine's lock is the caller's affair (measure_alone).
Result<LatencyRun> measure(const MeasureSettings& settings, WorkerFactory& factory, const StopRule& decided,
                           const Clock& clock, Progress& progress);

}  // namespace modelgate
