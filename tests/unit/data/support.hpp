// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/json/from_string.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "gate/data/golden_reader.hpp"

namespace modelgate {

/// A folder of the test's own, gone afterwards.
class DataTest : public testing::Test {
 protected:
  DataTest()
      : folder_(std::filesystem::temp_directory_path() /
                ("mg_data_" + std::to_string(::getpid()) + "_" +
                 testing::UnitTest::GetInstance()->current_test_info()->name())) {
    std::filesystem::create_directories(folder_);
  }
  ~DataTest() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ / name; }
  std::string write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return path(name);
  }
  /// Writes columns given as (name, array) to Parquet.
  std::string write_parquet(const std::string& name,
                            const std::vector<std::pair<std::string, std::shared_ptr<arrow::Array>>>& columns,
                            std::int64_t row_group_rows = 1 << 20, bool store_schema = true) const {
    arrow::FieldVector fields;
    arrow::ArrayVector arrays;
    for (const auto& [column, array] : columns) {
      fields.push_back(arrow::field(column, array->type()));
      arrays.push_back(array);
    }
    auto builder = parquet::ArrowWriterProperties::Builder();
    if (store_schema) builder.store_schema();
    const auto table = arrow::Table::Make(arrow::schema(fields), arrays);
    auto file = *arrow::io::FileOutputStream::Open(path(name));
    const auto status = parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), file, row_group_rows,
                                                   parquet::default_writer_properties(), builder.build());
    EXPECT_TRUE(status.ok()) << status.ToString();
    EXPECT_TRUE(file->Close().ok());
    return path(name);
  }

  std::filesystem::path folder_;
};

/// An array from JSON text: array(arrow::int64(), "[1, null]").
inline std::shared_ptr<arrow::Array> array(const std::shared_ptr<arrow::DataType>& type, const std::string& json) {
  return arrow::json::ArrayFromJSONString(type, json).ValueOrDie();
}

/// A binary dataset with label column y and no id.
inline DatasetSpec dataset_at(const std::string& path) {
  DatasetSpec dataset;
  dataset.path = path;
  dataset.label.columns = {"y"};
  return dataset;
}

inline InputSpec input_of(std::vector<std::string> columns, DType dtype = DType::float32) {
  InputSpec input;
  input.columns = std::move(columns);
  input.dtype = dtype;
  return input;
}

/// Everything a reader gave.
struct Golden {
  RowColumns rows;
  std::vector<std::vector<std::vector<std::byte>>> inputs;  ///< [set][input]
  std::vector<Scores> scores;
  std::vector<std::vector<InputLayout>> layouts;
  std::optional<std::size_t> total;
  IdValues ids;

  template <class T>
  std::vector<T> input(std::size_t set = 0, std::size_t index = 0) const {
    std::vector<T> values(inputs[set][index].size() / sizeof(T));
    std::memcpy(values.data(), inputs[set][index].data(), values.size() * sizeof(T));
    return values;
  }
};

/// Reads everything in chunks of max_rows.
inline Result<Golden> read_golden(const GoldenRequest& request, std::size_t max_rows = 3) {
  auto reader = GoldenReader::open(request);
  if (!reader) return std::unexpected(reader.error());
  Golden golden;
  golden.layouts = (*reader)->layouts();
  golden.total = (*reader)->total_rows();
  std::vector<std::vector<std::vector<std::byte>>> chunk;
  ChunkBuffers buffers;
  for (const auto& set : golden.layouts) {
    chunk.emplace_back();
    buffers.emplace_back();
    for (const auto& layout : set)
      chunk.back().emplace_back(layout.row_bytes * max_rows + (layout.row_bytes == 0 ? 4096 : 0));
    for (auto& buffer : chunk.back()) buffers.back().emplace_back(buffer);
    golden.inputs.emplace_back(set.size());
  }
  while (true) {
    const auto rows = (*reader)->next(max_rows, buffers, golden.rows, golden.scores);
    if (!rows) return std::unexpected(rows.error());
    if (*rows == 0) break;
    for (std::size_t set = 0; set < chunk.size(); ++set) {
      for (std::size_t i = 0; i < chunk[set].size(); ++i) {
        const auto bytes = golden.layouts[set][i].row_bytes * *rows;
        golden.inputs[set][i].insert(golden.inputs[set][i].end(), chunk[set][i].begin(),
                                     chunk[set][i].begin() + static_cast<std::ptrdiff_t>(bytes));
      }
    }
  }
  golden.ids = (*reader)->take_ids();
  if (auto finished = (*reader)->finish(golden.rows); !finished) return std::unexpected(finished.error());
  return golden;
}

/// The error of reading everything, or "read" when there is none.
inline std::string error_of(const GoldenRequest& request) {
  const auto golden = read_golden(request);
  return golden ? "read" : golden.error().message;
}

}  // namespace modelgate
