// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "gate/core/error.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/score_table.hpp"

namespace modelgate {

/// Where recorded predictions came from; empty strings where the file does not say ("origin unproven").
struct PredictionsOrigin {
  std::string model_sha256;
  std::string dataset_sha256;
  std::string tool_version;
  std::size_t shard = 0;        ///< 1…shards; 0: not sharded
  std::size_t shards = 0;
};

/// Predictions as read, in file order, joined to the golden rows by id hash (or by row number without an id column).
struct RecordedPredictions {
  std::vector<std::uint64_t> id_hash;      ///< the golden id's hash; row number when the golden data have no id
  Predictions predictions;                 ///< present = true, rows in file order
  std::vector<PredictionsOrigin> origins;  ///< one a file
};

/// Reads .parquet/.csv predictions (a path or glob): id column, then score, class or value columns.
/// Gaps and overlaps between shards, duplicate ids, null, NaN or non-numeric scores are errors that name file, column and row.
Result<RecordedPredictions> read_predictions(const ModelSpec& model, const DatasetSpec& dataset, Task task,
                                             const std::vector<std::string>& class_names);

/// Reorders recorded predictions to the golden rows; an id missing on either side is an error that counts and names the first.
Result<Predictions> join_predictions(RecordedPredictions recorded, const RowColumns& rows, const std::string& path);

}  // namespace modelgate
