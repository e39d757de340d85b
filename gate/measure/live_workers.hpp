// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "gate/core/plan.hpp"
#include "gate/measure/measure.hpp"
#include "gate/model/input_buffers.hpp"
#include "gate/model/model_file.hpp"
#include "gate/model/output_memory.hpp"
#include "gate/sandbox/isolation.hpp"

namespace modelgate {

/// What the two models are timed with, by Role; of a model that is not timed or unusable the rest may stay empty.
struct LiveModels {
  std::array<std::shared_ptr<const ModelFile>, 2> files;
  std::array<std::optional<Error>, 2> unusable;  ///< why this model cannot even be started
  /// Asked after each load and about each turn, from several threads: says that the file has other bytes by now.
  /// Packages may be read anew at any request. May be empty.
  std::array<std::function<Result<void>()>, 2> unchanged;
  std::array<OutputSpec, 2> outputs;
  std::array<std::shared_ptr<InputBuffers>, 2> inputs;  ///< a prepared batch a slot
  std::size_t batch = 1;                                ///< rows of every slot
  std::size_t golden_rows = 0;  ///< different rows that the slots are made of, which begin again after the last
  SameWithin same;              ///< how far answers to one slot may lie apart; beyond it the model is outputs_differ
  std::string policy;           ///< the file that alone may declare more to be the same; empty: the gate file
  bool instrumented = false;    ///< both workers read their CPU clock around each request, for selftest only
  std::array<double, 2>
      slowdown{};  ///< share of its own CPU time that a worker burns after each request; needs the above
  RuntimeSpec runtime;
  /// Both workers of a round start at once, each on a CPU of its own, and come to the round's CPU when ready: sooner,
  /// but on a busier machine. false: one after the other on the round's CPU, for whoever judges the start itself.
  bool start_together = true;
  /// The next round's workers start beside this round, on other CPUs: sooner still, but the timed round has neighbours.
  /// Both models feel them alike, so a comparison may bear it; an absolute limit may not. Needs start_together.
  bool start_ahead = false;
  bool gate_apart = false;                ///< the gate's own thread keeps off the round's CPUs, as load offline needs
  std::string program;                    ///< empty: modelgate-worker beside this executable
  WeakestIsolation* isolation = nullptr;  ///< told of every worker that was shut in; may be null
  const std::atomic<bool>* cancel = nullptr;
};

/// Workers in processes of their own, started from the calling thread, which must be the main one.
std::unique_ptr<WorkerFactory> live_workers(LiveModels models);

}  // namespace modelgate
