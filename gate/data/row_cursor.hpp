// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gate/core/error.hpp"
#include "gate/data/data_files.hpp"
#include "gate/data/table_source.hpp"

namespace modelgate {

/// Goes through the rows of all golden files, batch by batch, and stops at those that one shard gives.
class RowCursor {
 public:
  /// shard of shards, counted from 1; 0 of 0: every row.
  RowCursor(std::size_t shard, std::size_t shards) : shard_(shard), shards_(shards) {}

  /// first: the first file with its columns selected; the others are opened with the same needs when it is their turn.
  void open(DataFiles files, std::vector<ColumnNeed> needs, std::unique_ptr<TableSource> first);

  /// Comes to a row to give; false where there is none left.
  Result<bool> advance();
  /// The rows from here on that can be decoded together, at most so many; only after advance said true.
  Run run(std::size_t most) const;
  void skip(std::int64_t count);

  /// The golden row that comes next, from 0; the rows of all shards count.
  std::size_t row() const { return row_; }
  /// Of so many golden rows, those that this shard gives.
  std::size_t share(std::size_t rows) const;
  /// "a.parquet, row 17" for the index-th row given.
  std::string row_words(std::size_t index) const;

 private:
  Result<bool> read_batch();

  std::size_t shard_;
  std::size_t shards_;
  DataFiles files_;
  std::vector<ColumnNeed> needs_;
  std::unique_ptr<TableSource> source_;
  std::shared_ptr<arrow::RecordBatch> batch_;
  std::int64_t position_ = 0;  // next row of batch_
  std::size_t file_ = 0;
  std::size_t file_row_ = 0;  // next row of the file
  std::size_t row_ = 0;
  std::vector<std::size_t> file_starts_;
};

}  // namespace modelgate
