// SPDX-License-Identifier: Apache-2.0
#include <arrow/api.h>
#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <map>
#include <memory>

#include "gate/data/npy.hpp"
#include "gate/data/table_source.hpp"

namespace modelgate {
namespace {

constexpr std::size_t most_batch_rows = 16384;
constexpr std::size_t batch_bytes = 8U << 20U;

struct CloseZip {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_file_t* entry) const { zip_fclose(entry); }
};
using Archive = std::unique_ptr<zip_t, CloseZip>;
using Entry = std::unique_ptr<zip_file_t, CloseZip>;

bool read_entry(zip_file_t* entry, char* bytes, std::size_t size) {
  while (size > 0) {
    const auto got = zip_fread(entry, bytes, size);
    if (got <= 0) return false;
    bytes += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

/// One array of the archive, read row by row.
struct ArrayStream {
  Entry entry;
  NpyHeader header;
  std::string name;
};

class NpzSource final : public TableSource {
 public:
  static Result<std::unique_ptr<TableSource>> open(const std::string& path) {
    auto source = std::make_unique<NpzSource>();
    source->path_ = path;
    int code = 0;
    source->archive_.reset(zip_open(path.c_str(), ZIP_RDONLY, &code));
    if (!source->archive_) {
      return data_error(
          fmt::format("{} cannot be read as .npz (a zip archive of .npy arrays); write it with numpy.savez.", path));
    }
    arrow::FieldVector fields;
    const auto count = zip_get_num_entries(source->archive_.get(), 0);
    for (zip_uint64_t i = 0; i < static_cast<zip_uint64_t>(count); ++i) {
      std::string name = zip_get_name(source->archive_.get(), i, 0);
      if (name.ends_with(".npy")) name.resize(name.size() - 4);
      auto stream = source->open_array(i, name);
      if (!stream) return std::unexpected(stream.error());
      if (stream->header.shape.empty()) continue;  // a single number has no rows
      source->entries_[name] = i;
      fields.push_back(arrow::field(name, column_type(stream->header)));
    }
    source->schema_ = arrow::schema(fields);
    return source;
  }

  const arrow::Schema& schema() const override { return *schema_; }
  std::optional<std::size_t> rows() const override { return rows_; }
  std::shared_ptr<const arrow::KeyValueMetadata> metadata() const override { return nullptr; }

  Result<std::vector<std::shared_ptr<arrow::DataType>>> select(std::span<const ColumnNeed> needs) override {
    std::vector<std::shared_ptr<arrow::DataType>> types;
    std::size_t row_bytes = 1;
    for (const auto& need : needs) {
      auto stream = open_array(entries_.at(need.name), need.name);
      if (!stream) return std::unexpected(stream.error());
      const auto rows = stream->header.shape[0];
      const auto before = rows_.value_or(rows);
      if (rows != before) {
        return data_error(
            fmt::format("{}: array {} has {} rows and array {} has {}; every array needs one row a golden row.", path_,
                        columns_.front().name, before, need.name, rows));
      }
      rows_ = rows;
      row_bytes += stream->header.items_a_row() * stream->header.item_bytes;
      types.push_back(column_type(stream->header));
      columns_.push_back(std::move(*stream));
    }
    batch_rows_ = std::clamp<std::size_t>(batch_bytes / row_bytes, 1, most_batch_rows);
    return types;
  }

  Result<std::shared_ptr<arrow::RecordBatch>> next() override {
    const auto count = std::min(batch_rows_, rows_.value_or(0) - done_);
    if (count == 0) return std::shared_ptr<arrow::RecordBatch>();
    arrow::ArrayVector arrays;
    arrow::FieldVector fields;
    for (auto& column : columns_) {
      auto array = read_rows(column, count);
      if (!array) return std::unexpected(array.error());
      fields.push_back(arrow::field(column.name, (*array)->type()));
      arrays.push_back(std::move(*array));
    }
    done_ += count;
    return arrow::RecordBatch::Make(arrow::schema(fields), static_cast<std::int64_t>(count), arrays);
  }

 private:
  static std::shared_ptr<arrow::DataType> column_type(const NpyHeader& header) {
    if (header.shape.size() == 1) return arrow_type(header);
    const auto items = std::min<std::size_t>(header.items_a_row(), INT32_MAX);
    return arrow::fixed_size_list(arrow_type(header), static_cast<std::int32_t>(items));
  }

  Result<ArrayStream> open_array(zip_uint64_t index, const std::string& name) const {
    const auto called = fmt::format("{}, array {}", path_, name);
    zip_stat_t stat;
    zip_stat_init(&stat);
    ArrayStream stream;
    stream.name = name;
    stream.entry.reset(zip_fopen_index(archive_.get(), index, 0));
    if (!stream.entry || zip_stat_index(archive_.get(), index, 0, &stat) != 0 || (stat.valid & ZIP_STAT_SIZE) == 0) {
      return data_error(fmt::format("{} cannot be opened; write the file anew with numpy.savez.", called));
    }
    const auto read = [&](char* bytes, std::size_t size) { return read_entry(stream.entry.get(), bytes, size); };
    auto header = read_npy_header(read, called, stat.size);
    if (!header) return std::unexpected(header.error());
    stream.header = std::move(*header);
    return stream;
  }

  Result<std::shared_ptr<arrow::Array>> read_rows(ArrayStream& column, std::size_t rows) const {
    const auto& header = column.header;
    std::string bytes(rows * header.items_a_row() * header.item_bytes, '\0');
    if (!read_entry(column.entry.get(), bytes.data(), bytes.size())) {
      return data_error(fmt::format("{}, array {} is cut off or damaged after row {}; write the file anew.", path_,
                                    column.name, done_));
    }
    auto items = arrow_items(header, std::move(bytes));
    if (!items) {
      items.error().message = fmt::format("{}, array {} {}", path_, column.name, items.error().message);
      return items;
    }
    if (header.shape.size() == 1) return items;
    return std::make_shared<arrow::FixedSizeListArray>(column_type(header), static_cast<std::int64_t>(rows), *items);
  }

  std::string path_;
  Archive archive_;
  std::map<std::string, zip_uint64_t> entries_;
  std::shared_ptr<arrow::Schema> schema_;
  std::vector<ArrayStream> columns_;
  std::optional<std::size_t> rows_;
  std::size_t batch_rows_ = 1;
  std::size_t done_ = 0;
};

}  // namespace

Result<std::unique_ptr<TableSource>> open_npz(const std::string& path) { return NpzSource::open(path); }

}  // namespace modelgate
