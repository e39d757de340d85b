// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gate/core/error.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/progress.hpp"
#include "gate/core/run_record.hpp"
#include "gate/core/score_table.hpp"
#include "gate/data/golden_reader.hpp"
#include "gate/wire/message.hpp"

namespace modelgate {

/// What the judging needs of the golden rows, beside labels and predictions.
struct ReplayNeeds {
  std::vector<std::string> category_columns;  ///< columns of slices and attributes, without repeats
  std::optional<Role> only;                   ///< predict: this model alone, which must be live
  bool labels = true;     ///< false (predict): neither labels, weights, clusters nor queries are read
  bool keep_ids = false;  ///< predict: fill ReplayResult::ids
  /// Live models are asked again, in a second worker, too, and held to each of these: fills the table's repeated.
  std::vector<SameWithin> repeat;
  std::size_t shard = 0;  ///< predict: 1…shards; 0: all rows
  std::size_t shards = 0;
};

/// What the replay stands on; tests put their own reader and worker here.
struct ReplayHost {
  std::function<Result<std::unique_ptr<GoldenReader>>(const GoldenRequest&)> open_reader = GoldenReader::open;
  std::string worker_program;                 ///< empty: beside this executable
  const std::atomic<bool>* cancel = nullptr;  ///< true ends the replay with Reason::cancelled
};

/// What one live model's worker did.
struct ReplayWorker {
  double start_s = 0.0;
  double load_s = 0.0;
  double busy_s = 0.0;  ///< CPU seconds of the worker, start included
  std::uint64_t peak_rss_bytes = 0;
  std::string runtime;
  std::optional<Confinement> confinement;  ///< nothing where its model was not opened
  std::string printed;                     ///< what the model printed, escaped and capped
};

/// The golden rows with both models' outputs, and where everything came from.
struct ReplayResult {
  ScoreTable table;                   ///< a model that failed carries its error; the other's results stand
  std::array<ModelRecord, 2> models;  ///< by Role
  std::array<std::optional<ReplayWorker>, 2> workers;  ///< live models only
  std::string dataset_sha256;
  std::vector<std::string> dataset_files;
  IdValues ids;  ///< with keep_ids
  std::vector<std::string> warnings;
};

/// Replays the golden data through the plan's models, each live one in a worker of its own, and joins recorded
/// predictions. An error of the data, of the dataset's pin or of the gate itself ends it; an error of one model stands
/// in the table. Main thread only. Workers are gone when it returns.
Result<ReplayResult> replay(const Plan& plan, const ReplayNeeds& needs, Progress& progress,
                            const ReplayHost& host = {});

}  // namespace modelgate
