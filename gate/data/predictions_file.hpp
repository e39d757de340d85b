// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "gate/core/error.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/score_table.hpp"
#include "gate/data/data_files.hpp"
#include "gate/data/golden_reader.hpp"

namespace modelgate {

/// Where recorded predictions came from; empty strings where the file does not say ("origin unproven").
struct PredictionsOrigin {
  std::string model_sha256;
  std::string dataset_sha256;
  std::string tool_version;
  std::size_t shard = 0;  ///< 1…shards; 0: not sharded
  std::size_t shards = 0;
};

/// Predictions as read, in file order, joined to the golden rows by id hash (or by row number without an id column).
struct RecordedPredictions {
  std::vector<std::uint64_t> id_hash;      ///< the golden id's hash; row number when the golden data have no id
  Predictions predictions;                 ///< present = true, rows in file order
  std::vector<PredictionsOrigin> origins;  ///< one a file
  DataFiles files;                         ///< resolved, in reading order
};

/// Reads .parquet/.csv predictions (a path or glob): the golden id column (or "row", from 0, when the golden data have
/// no id), then the declared columns, else prediction_0…, else the single remaining numeric column. Logits become
/// probabilities unless the file was written by write_predictions, which stores what it was given. Gaps and overlaps
/// between shards, duplicate ids, null, NaN or non-numeric scores are errors that name file, column and row.
Result<RecordedPredictions> read_predictions(const ModelSpec& model, const DatasetSpec& dataset, Task task,
                                             const std::vector<std::string>& class_names);

/// Reorders recorded predictions to the golden rows; an id missing on either side is an error that counts and names the
/// first.
Result<Predictions> join_predictions(RecordedPredictions recorded, const RowColumns& rows, const std::string& path);

/// Writes one model's predictions as Parquet: the id column (id_column, or "row" when that is empty) and prediction_0…k
/// at the scores' own precision, with the origin in the metadata; to a temporary name, renamed when complete.
Result<void> write_predictions(const std::string& path, const std::string& id_column, const IdValues& ids,
                               const Predictions& predictions, const PredictionsOrigin& origin);

}  // namespace modelgate
