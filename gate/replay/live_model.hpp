// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gate/core/clock.hpp"
#include "gate/model/worker_client.hpp"
#include "gate/replay/chunk_ring.hpp"
#include "gate/replay/pins.hpp"
#include "gate/replay/repeat.hpp"
#include "gate/replay/replay.hpp"

namespace modelgate {

/// One live model on its way through the replay: opened, started, checked by digest, loaded, fed. The first thing that
/// goes wrong is kept and ends this model only.
class LiveModel {
 public:
  /// Opens the model and starts its worker, which initialises itself meanwhile; stop ends every wait. Main thread only.
  LiveModel(const Plan& plan, Role role, const std::string& worker_program, const std::atomic<bool>& stop);

  /// Digest and pin, then the order to load.
  void order_load();
  /// feed() will also ask the worker again once it has all rows, over the ring's slots of at most so many rows, and
  /// hold its answers to each of these.
  void ask_twice(std::size_t slots, std::size_t rows, std::span<const SameWithin> same);
  /// Feeds the worker every chunk of the ring, as its reader; leaves the ring at the end. Runs in a thread of its own.
  void feed(ChunkRing& ring, std::size_t reader, const std::shared_ptr<InputBuffers>& inputs);

  /// After feed(), where the model was asked twice and has not failed: starts a second worker. Main thread only.
  void start_again();
  /// Asks that one once for what still stands in the slots. Runs in a thread of its own.
  void repeat_again(const std::shared_ptr<InputBuffers>& inputs);

  Role role() const { return role_; }
  bool failed() const { return predictions_.error.has_value(); }
  Predictions take_predictions() { return std::move(predictions_); }
  /// What asking again has shown, for each tolerance; empty where the model was not asked again.
  std::vector<RepeatedOutputs> repeated() const;
  const ModelRecord& record() const { return record_; }
  const ReplayWorker& worker() const { return facts_; }

 private:
  Result<void> open();
  Result<void> check_and_load();
  Result<void> run(ChunkRing& ring, std::size_t reader, const std::shared_ptr<InputBuffers>& inputs);
  std::optional<ChunkRing::Chunk> wait_for_chunk(ChunkRing& ring, std::size_t reader);
  void repeat(const RepeatBounds& wanted, bool fresh);
  Result<void> attach_again(const std::shared_ptr<InputBuffers>& inputs);
  void note(const Result<void>& result);

  const ModelSpec& spec_;
  Role role_;
  WorkerOptions options_;
  OutputRule rule_;
  ModelFile file_;
  FileStamp stamp_;
  std::unique_ptr<WorkerClient> client_;
  Predictions predictions_;
  ModelRecord record_;
  ReplayWorker facts_;
  SteadyClock clock_;
  double started_s_ = 0.0;  // the worker's life, later by what it waited for rows
  double fed_s_ = 0.0;      // that the first answers took
  std::uint64_t seed_;
  std::optional<Repeater> repeater_;
  std::optional<Error> not_repeated_;  // why the gate could not ask again
};

}  // namespace modelgate
