// SPDX-License-Identifier: Apache-2.0
#include <arrow/io/file.h>
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>
#include <fmt/format.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/schema.h>
#include <parquet/file_reader.h>

#include <algorithm>
#include <exception>
#include <map>
#include <numeric>

#include "gate/data/table_source.hpp"

namespace modelgate {
namespace {

// Measured on 1,000,000 × 32 float32: 4,096 to 65,536 rows a batch cost the same, memory grows with them.
constexpr std::int64_t most_batch_rows = 16384;
constexpr std::int64_t batch_bytes = 8LL << 20U;
constexpr std::int64_t stream_bytes = 256LL << 10U;

// The heap that the gate set up at its start: Arrow's own pool gives batches back and clears their pages anew.
arrow::MemoryPool* memory_pool() { return arrow::system_memory_pool(); }

std::unexpected<Error> unreadable(const std::string& path, std::string_view why) {
  return data_error(fmt::format("{} cannot be read as Parquet: {}. Write it anew, or fetch it again if it was cut off.",
                                path, why.substr(0, why.find('\n'))));
}

std::unexpected<Error> unreadable(const std::string& path, const arrow::Status& status) {
  return status.IsOutOfMemory() ? no_memory(path) : unreadable(path, status.message());
}

std::unexpected<Error> unreadable(const std::string& path, const std::exception& thrown) {
  return is_out_of_memory(thrown) ? no_memory(path) : unreadable(path, thrown.what());
}

class ParquetSource final : public TableSource {
 public:
  static Result<std::unique_ptr<TableSource>> open(const std::string& path) {
    auto source = std::make_unique<ParquetSource>();
    source->path_ = path;
    try {
      auto file = arrow::io::ReadableFile::Open(path);
      if (!file.ok()) return unreadable(path, file.status());
      // Streams of a fixed size: a row group, often the whole file, never lies in memory as a whole.
      parquet::ReaderProperties properties(memory_pool());
      properties.enable_buffered_stream();
      properties.set_buffer_size(stream_bytes);
      source->file_ = parquet::ParquetFileReader::Open(*file, properties);
      source->metadata_ = source->file_->metadata();
      if (source->metadata_->num_rows() < 0) return unreadable(path, "its footer promises less than no rows");
      const auto status = parquet::arrow::FromParquetSchema(source->metadata_->schema(), arrow_properties(),
                                                            source->metadata_->key_value_metadata(), &source->schema_);
      if (!status.ok()) return unreadable(path, status);
    } catch (const std::exception& thrown) {
      return unreadable(path, thrown);
    }
    return source;
  }

  const arrow::Schema& schema() const override { return *schema_; }
  std::optional<std::size_t> rows() const override { return static_cast<std::size_t>(metadata_->num_rows()); }
  std::shared_ptr<const arrow::KeyValueMetadata> metadata() const override { return metadata_->key_value_metadata(); }

  Result<std::vector<std::shared_ptr<arrow::DataType>>> select(std::span<const ColumnNeed> needs) override {
    try {
      return select_unguarded(needs);
    } catch (const std::exception& thrown) {
      return unreadable(path_, thrown);
    }
  }

  Result<std::shared_ptr<arrow::RecordBatch>> next() override {
    try {
      std::shared_ptr<arrow::RecordBatch> batch;
      const auto status = batches_->ReadNext(&batch);
      if (!status.ok()) return unreadable(path_, status);
      if (!batch && done_ != metadata_->num_rows()) return other_rows();
      if (!batch) return batch;
      done_ += batch->num_rows();
      auto ordered = batch->SelectColumns(order_);
      if (!ordered.ok()) return unreadable(path_, ordered.status());
      return *ordered;
    } catch (const std::exception& thrown) {
      return unreadable(path_, thrown);
    }
  }

 private:
  static parquet::ArrowReaderProperties arrow_properties() {
    auto properties = parquet::default_arrow_reader_properties();
    properties.set_use_threads(false);  // the cores belong to the workers; threads cost half as much CPU again
    properties.set_pre_buffer(false);   // would hold the whole file
    return properties;
  }

  Result<std::vector<std::shared_ptr<arrow::DataType>>> select_unguarded(std::span<const ColumnNeed> needs) {
    std::map<std::string, std::vector<int>, std::less<>> leaves;
    for (int i = 0; i < metadata_->num_columns(); ++i)
      leaves[metadata_->schema()->GetColumnRoot(i)->name()].push_back(i);
    auto properties = arrow_properties();
    std::vector<int> columns;
    for (const auto& need : needs) {
      const auto& own = leaves[need.name];
      columns.insert(columns.end(), own.begin(), own.end());
      const auto type = schema_->GetFieldByName(need.name)->type()->id();
      if (need.few_values && type == arrow::Type::STRING) properties.set_read_dictionary(own.front(), true);
    }
    std::ranges::sort(columns);
    properties.set_batch_size(rows_a_batch(columns));
    auto reader = parquet::arrow::FileReader::Make(memory_pool(), std::move(file_), properties);
    if (!reader.ok()) return unreadable(path_, reader.status());
    reader_ = std::move(*reader);
    std::vector<int> groups(static_cast<std::size_t>(reader_->num_row_groups()));
    std::iota(groups.begin(), groups.end(), 0);
    auto batches = reader_->GetRecordBatchReader(groups, columns);
    if (!batches.ok()) return unreadable(path_, batches.status());
    batches_ = std::move(*batches);
    std::vector<std::shared_ptr<arrow::DataType>> types;
    for (const auto& need : needs) {
      order_.push_back(batches_->schema()->GetFieldIndex(need.name));
      types.push_back(batches_->schema()->field(order_.back())->type());
    }
    return types;
  }

  /// A footer that lies of its rows would have a part of them judged as if they were all.
  std::unexpected<Error> other_rows() const {
    return unreadable(path_, fmt::format("its footer promises {} rows and {} are there", metadata_->num_rows(), done_));
  }

  std::int64_t rows_a_batch(const std::vector<int>& columns) const {
    std::int64_t bytes = 0;
    for (int group = 0; group < metadata_->num_row_groups(); ++group) {
      const auto meta = metadata_->RowGroup(group);
      for (const int column : columns) bytes += meta->ColumnChunk(column)->total_uncompressed_size();
    }
    const auto a_row = std::max<std::int64_t>(1, bytes / std::max<std::int64_t>(1, metadata_->num_rows()));
    return std::clamp<std::int64_t>(batch_bytes / a_row, 1, most_batch_rows);
  }

  std::string path_;
  std::unique_ptr<parquet::ParquetFileReader> file_;
  std::shared_ptr<parquet::FileMetaData> metadata_;
  std::shared_ptr<arrow::Schema> schema_;
  std::unique_ptr<parquet::arrow::FileReader> reader_;
  std::unique_ptr<arrow::RecordBatchReader> batches_;
  std::vector<int> order_;
  std::int64_t done_ = 0;
};

}  // namespace

Result<std::unique_ptr<TableSource>> open_parquet(const std::string& path) { return ParquetSource::open(path); }

}  // namespace modelgate
