// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gate/core/error.hpp"
#include "gate/core/input_layout.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/score_table.hpp"

namespace modelgate {

/// What to read of the golden data. Without dataset.label.columns no labels are read; likewise without dataset.weight,
/// dataset.cluster and dataset.query.
struct GoldenRequest {
  const DatasetSpec& dataset;
  Task task = Task::binary;
  std::vector<std::string> class_names;            ///< output.classes; empty: 0…k−1, or multilabel the label columns
  std::vector<std::string> category_columns;       ///< slice and attribute columns, without repeats
  std::vector<std::vector<InputSpec>> input_sets;  ///< distinct input lists; models with equal inputs share one
  std::vector<std::vector<std::string>> prediction_columns;  ///< for models with predictions: dataset
  bool keep_ids = false;                                     ///< keep the ids themselves for take_ids (predict)
  std::size_t shard = 0;                                     ///< 1…shards: only this share of the rows; 0: all rows
  std::size_t shards = 0;
  bool keep_id_text = false;                 ///< fill RowColumns::id_text
  std::vector<OutputKind> prediction_kinds;  ///< one for each of prediction_columns; texts are read for class only
};

/// The ids of the golden rows as the file has them: integers (also the row numbers, without an id column) or texts.
struct IdValues {
  bool is_text = false;
  std::vector<std::int64_t> integers;
  std::string text;                     ///< all texts, one after the other
  std::vector<std::uint64_t> text_end;  ///< row i is text[text_end[i − 1], text_end[i])

  std::size_t size() const { return is_text ? text_end.size() : integers.size(); }
};

/// Buffers for one chunk: [input set][input], each large enough for max_rows (strings: whatever is given; the chunk
/// ends early when full).
using ChunkBuffers = std::vector<std::vector<std::span<std::byte>>>;

/// Streams the golden data once, file by file, in order; decoding only the columns asked for.
class GoldenReader {
 public:
  virtual ~GoldenReader() = default;

  /// Opens every file, checks schema and columns. Errors name file, column and what to do.
  static Result<std::unique_ptr<GoldenReader>> open(const GoldenRequest& request);

  /// Layouts of each input of each input set, known after open.
  virtual const std::vector<std::vector<InputLayout>>& layouts() const = 0;
  /// Column names each input expands to, in order ([set][input][column]); for validate.
  virtual const std::vector<std::vector<std::vector<std::string>>>& expanded_columns() const = 0;
  /// Rows this request will give when the format tells beforehand (Parquet, NPZ).
  virtual std::optional<std::size_t> total_rows() const = 0;
  /// Resolved files in reading order.
  virtual const std::vector<std::string>& files() const = 0;

  /// digest_mismatch where a file is no longer the one that was opened; asked after the last row and its digest.
  virtual Result<void> check_unchanged() const = 0;

  /// Decodes up to max_rows rows: inputs into the buffers, labels, ids, weights, units and categories appended to rows,
  /// dataset prediction columns appended to dataset_scores[i] (row-major; float32 where every column is). Returns the
  /// rows read, 0 at the end.
  virtual Result<std::size_t> next(std::size_t max_rows, const ChunkBuffers& buffers, RowColumns& rows,
                                   std::vector<Scores>& dataset_scores) = 0;

  /// The ids of the rows read so far, with keep_ids; leaves none behind.
  virtual IdValues take_ids() = 0;

  /// After the last row: sorts categories, refuses duplicate ids, zero rows and fewer than min_rows.
  virtual Result<void> finish(RowColumns& rows) = 0;
};

}  // namespace modelgate
