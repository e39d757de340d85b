// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "gate/model/worker_client.hpp"
#include "gate/replay/chunk_ring.hpp"
#include "gate/replay/pins.hpp"
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
  /// Feeds the worker every chunk of the ring, as its reader; leaves the ring at the end. Runs in a thread of its own.
  void feed(ChunkRing& ring, std::size_t reader, const std::shared_ptr<InputBuffers>& inputs);

  Role role() const { return role_; }
  bool failed() const { return predictions_.error.has_value(); }
  Predictions take_predictions() { return std::move(predictions_); }
  const ModelRecord& record() const { return record_; }
  const ReplayWorker& worker() const { return facts_; }

 private:
  Result<void> open(const Plan& plan, const std::string& worker_program, const std::atomic<bool>& stop);
  Result<void> check_and_load();
  Result<void> run(ChunkRing& ring, std::size_t reader, const std::shared_ptr<InputBuffers>& inputs);
  void note(const Result<void>& result);

  const ModelSpec& spec_;
  Role role_;
  OutputRule rule_;
  ModelFile file_;
  FileStamp stamp_;
  std::unique_ptr<WorkerClient> client_;
  Predictions predictions_;
  ModelRecord record_;
  ReplayWorker facts_;
};

}  // namespace modelgate
