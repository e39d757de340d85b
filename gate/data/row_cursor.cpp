// SPDX-License-Identifier: Apache-2.0
#include "gate/data/row_cursor.hpp"

#include <arrow/record_batch.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace modelgate {
namespace {

// Rows go to the shards in turn, this many at a time: even shares without knowing the number of rows.
constexpr std::size_t shard_rows = 64;

}  // namespace

void RowCursor::open(DataFiles files, std::vector<ColumnNeed> needs, std::unique_ptr<TableSource> first) {
  files_ = std::move(files);
  needs_ = std::move(needs);
  source_ = std::move(first);
}

Result<bool> RowCursor::advance() {
  while (true) {
    while (!batch_ || position_ == batch_->num_rows()) {
      auto next_batch = read_batch();
      if (!next_batch) return std::unexpected(next_batch.error());
      if (!*next_batch) return false;
    }
    const auto block = row_ / shard_rows;
    if (shards_ == 0 || block % shards_ == shard_ - 1) return true;
    const auto rest = static_cast<std::int64_t>((block + 1) * shard_rows - row_);
    skip(std::min(rest, batch_->num_rows() - position_));
  }
}

Result<bool> RowCursor::read_batch() {
  if (!source_ && file_ + 1 == files_.paths.size()) return false;
  if (!source_) {
    ++file_;
    file_row_ = 0;
    auto source = TableSource::open(files_.paths[file_], files_.format);
    if (!source) return std::unexpected(source.error());
    if (auto types = (*source)->select(needs_); !types) return std::unexpected(types.error());
    source_ = std::move(*source);
  }
  if (file_starts_.size() == file_) file_starts_.push_back(row_);
  auto batch = source_->next();
  if (!batch) return std::unexpected(batch.error());
  batch_ = std::move(*batch);
  position_ = 0;
  if (!batch_) source_.reset();
  return batch_ || file_ + 1 < files_.paths.size();
}

Run RowCursor::run(std::size_t most) const {
  auto count = std::min(most, static_cast<std::size_t>(batch_->num_rows() - position_));
  if (shards_ > 0) count = std::min(count, shard_rows - row_ % shard_rows);
  return {*batch_, position_, static_cast<std::int64_t>(count), files_.paths[file_], files_.format, file_row_};
}

void RowCursor::skip(std::int64_t count) {
  position_ += count;
  file_row_ += static_cast<std::size_t>(count);
  row_ += static_cast<std::size_t>(count);
}

std::size_t RowCursor::share(std::size_t rows) const {
  if (shards_ == 0) return rows;
  const auto cycle = shards_ * shard_rows;
  const auto rest = rows % cycle;
  const auto before = (shard_ - 1) * shard_rows;
  return rows / cycle * shard_rows + (rest > before ? std::min(rest - before, shard_rows) : 0);
}

std::string RowCursor::row_words(std::size_t index) const {
  auto row = index;
  if (shards_ > 0) row = ((index / shard_rows) * shards_ + shard_ - 1) * shard_rows + index % shard_rows;
  const auto file = static_cast<std::size_t>(std::ranges::upper_bound(file_starts_, row) - file_starts_.begin()) - 1;
  return fmt::format("{}, row {}", files_.paths[file], row - file_starts_[file] + 1);
}

}  // namespace modelgate
