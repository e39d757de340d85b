// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gate/core/error.hpp"
#include "gate/core/plan.hpp"
#include "gate/model/input_buffers.hpp"
#include "gate/model/interpret.hpp"
#include "gate/model/model_file.hpp"
#include "gate/model/proc_counters.hpp"
#include "gate/sandbox/isolation.hpp"
#include "gate/sandbox/launch.hpp"
#include "gate/sandbox/scratch.hpp"
#include "gate/wire/fd.hpp"
#include "gate/wire/message.hpp"
#include "gate/wire/shared_memory.hpp"

namespace modelgate {

/// What a worker process is started with.
struct WorkerOptions {
  std::string who;        ///< "candidate" or "production"; begins every message
  RuntimeSpec runtime;    ///< threads, timeouts, memory, allocator
  std::vector<int> cpus;  ///< CPUs the worker may use; empty: all the gate may use
  std::string program;    ///< empty: modelgate-worker beside this executable
  bool profiling = true;  ///< TorchScript profiles the first requests and then optimises, as when deployed; false: the
                          ///< same plain code for every chunk, ready 35 ms earlier (replay)
  bool instrumented = false;  ///< LoadOrder's; for selftest only, as is
  double slowdown = 0.0;      ///< the share of its own CPU time that the worker burns after each request
  const std::atomic<bool>* cancel =
      nullptr;  ///< set to true from a signal handler: every wait and the next request end with Reason::cancelled
};

/// What a worker did before it was ready.
struct WorkerReady {
  double start_s = 0.0;  ///< exec → ready, on the gate's clock
  double load_s = 0.0;   ///< from the order to load to ready, on the gate's clock
  std::string runtime;   ///< "libtorch 2.13.0"; said by the worker, advisory
};

/// One model in a process of its own, seen from the gate. Order of calls: start, load, ready, attach, then requests,
/// quit. Any error leaves the worker dead and reaped; later calls repeat that error. Every wait has a deadline. Not
/// thread-safe; may be handed to another thread after start, which belongs to the main thread.
class WorkerClient {
 public:
  /// Starts the process and returns at once; the worker initialises libtorch meanwhile. Main thread only.
  static Result<std::unique_ptr<WorkerClient>> start(WorkerOptions options);
  /// Kills the worker if it still runs.
  ~WorkerClient();
  WorkerClient(const WorkerClient&) = delete;
  WorkerClient& operator=(const WorkerClient&) = delete;

  /// Orders the worker to shut itself in and load this model; returns at once.
  Result<void> load(const ModelFile& model, const OutputSpec& output);
  /// Waits until the model is loaded. model_unloadable with libtorch's own words, timeout, or isolation_insufficient
  /// where the worker could not be shut in as the gate file wants: then the model was not opened.
  Result<WorkerReady> ready();
  /// How the worker was shut in, as the kernel confirms; nothing before it was.
  const std::optional<Confinement>& confinement() const { return confinement_; }
  /// The same, and nothing where that was too little to open the model: it could do nothing, and no report warns of it.
  std::optional<Confinement> opened_in() const { return stayed_closed_ ? std::nullopt : confinement_; }
  /// What the loaded model says of its arguments; a claim, for init's guesses only.
  Result<ModelDescription> describe();
  /// Gives the worker its inputs; may be called again with other buffers between requests.
  Result<void> attach(std::shared_ptr<InputBuffers> inputs);

  /// Sends one request for rows of a slot without waiting; at most max_in_flight unanswered.
  Result<void> submit(std::size_t slot, std::size_t rows);
  /// Waits for the oldest unanswered request and copies its outputs out of the shared memory, reusing block's storage.
  /// Checked against the gate's expectations: sequence, rank 1 or 2, rows, columns, type, size.
  Result<void> collect(OutputBlock& block);
  /// submit and collect.
  Result<void> request(std::size_t slot, std::size_t rows, OutputBlock& block);
  /// An empty message there and back: the border's own cost.
  Result<void> ping();

  static constexpr std::size_t max_in_flight = 2;
  /// The longest that a reply is awaited without watching the worker's life and printing.
  static constexpr std::chrono::milliseconds quick_wait{20};

  /// Read by the gate from the kernel; nothing the worker says enters.
  Result<double> cpu_s() const;
  Result<WorkerCounters> counters() const;
  /// Seconds since its start in which the worker was ready to run and others had the CPU; nothing where unknown.
  std::optional<double> queued_s() const { return proc_.queued_s(); }
  /// Peak resident bytes (VmHWM, which starts anew at exec, unlike wait4's); after quit or death the last value read
  /// before.
  std::uint64_t peak_rss_bytes();
  pid_t pid() const { return process_.pid(); }

  /// The worker may live longer by what it was kept waiting, through no fault of its own.
  void prolong(double seconds);
  /// Asks politely, waits 2 s, then kills. Never an error: what matters has been answered already.
  ExitStatus quit();

  /// The worker's printed words, escaped and capped; empty when it was silent.
  std::string printed() const;

 private:
  struct Request {
    std::uint64_t sequence = 0;
    std::size_t rows = 0;
    std::size_t output_slot = 0;
  };

  WorkerClient(WorkerOptions options, Process process, UniqueFd socket);

  Result<void> send(MessageKind kind, std::uint64_t sequence, std::string_view body, const std::vector<int>& fds = {});
  Result<Message> receive(MessageKind expected, std::uint64_t sequence, double seconds, std::string_view during);
  Result<void> count_threads();
  Result<void> wait_for_reply(Deadline deadline, double seconds, std::string_view during);
  Result<Message> check_reply(Message message, MessageKind expected, std::uint64_t sequence, std::string_view during);
  Result<void> confined();
  Result<void> copy_output(const RunReply& reply, const Request& request, OutputBlock& block);
  Result<void> usable() const;
  bool cancelled() const;
  std::unexpected<Error> fail(Reason reason, std::string_view message);
  std::unexpected<Error> fail_cancelled();
  std::unexpected<Error> died(std::string_view during);

  WorkerOptions options_;
  ScratchFolder scratch_;  // before the process, so that it outlives it
  Process process_;
  UniqueFd socket_;
  Deadline started_;
  Deadline life_;  // end of the worker's whole life
  Deadline load_ordered_;
  bool native_ = false;  // the model that was ordered
  std::optional<Confinement> confinement_;
  bool stayed_closed_ = false;
  std::string loading_ = "loading the model";  // with its file name, once ordered
  std::optional<Error> failure_;
  std::string complaint_;  // the dynamic loader's, if it could not start the worker: then nothing else was printed
  std::shared_ptr<InputBuffers> inputs_;
  Mapping output_;
  std::size_t output_slot_bytes_ = 0;
  std::uint64_t sequence_ = 0;
  bool quick_ = false;                  // the last reply came so soon that the next may be awaited in one call
  std::uint32_t unwatched_ = 0;         // replies since the worker's printing and its life were looked at
  std::vector<Request> in_flight_;      // oldest first
  std::optional<std::size_t> columns_;  // of the first reply; may not change
  ProcCounters proc_;
  Deadline counted_;  // when its threads were counted last
  std::uint64_t last_peak_rss_bytes_ = 0;
};

/// The worker program that stands beside this executable; an error says how to build it.
Result<std::string> worker_program();

}  // namespace modelgate
