// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gate/core/error.hpp"
#include "gate/data/data_files.hpp"

namespace modelgate {

/// What a column will be used for: tells the CSV reader how to type it and the Parquet reader to keep its dictionary.
struct ColumnNeed {
  std::string name;
  bool as_decimal = false;                ///< cast to a float
  bool as_integer = false;                ///< cast to an integer, or a class label
  bool as_text = false;                   ///< an id, a category, a text
  bool few_values = false;                ///< worth reading as a dictionary
  std::shared_ptr<arrow::DataType> type;  ///< as the first file had it; null in the first file
};

/// One golden file as a stream of record batches. Arrow's and the files' own errors come back as data errors.
class TableSource {
 public:
  virtual ~TableSource() = default;
  static Result<std::unique_ptr<TableSource>> open(const std::string& path, DataFormat format);

  /// Every column of the file, as the file types it.
  virtual const arrow::Schema& schema() const = 0;
  virtual std::optional<std::size_t> rows() const = 0;
  /// Metadata of the file (Parquet only).
  virtual std::shared_ptr<const arrow::KeyValueMetadata> metadata() const = 0;
  /// Starts the stream with these columns in this order; returns their types as they will come.
  virtual Result<std::vector<std::shared_ptr<arrow::DataType>>> select(std::span<const ColumnNeed> needs) = 0;
  /// The next rows, of bounded size; null at the end.
  virtual Result<std::shared_ptr<arrow::RecordBatch>> next() = 0;
};

Result<std::unique_ptr<TableSource>> open_parquet(const std::string& path);
Result<std::unique_ptr<TableSource>> open_csv(const std::string& path);
Result<std::unique_ptr<TableSource>> open_npz(const std::string& path);

/// Whether a reader stopped for lack of memory, which is no fault of the file.
bool is_out_of_memory(const std::exception& thrown);
/// What is said then.
std::unexpected<Error> no_memory(const std::string& path);

/// Rows of one batch that are decoded together, and where they stand in their file.
struct Run {
  const arrow::RecordBatch& batch;
  std::int64_t begin = 0;  ///< first row within the batch
  std::int64_t count = 0;
  const std::string& file;
  DataFormat format = DataFormat::parquet;
  std::size_t file_row = 0;  ///< row of the file that begin stands for, from 0
};

/// "golden.csv, column amount, row 17 (line 18)": row counts data rows of the file from 1; the line is CSV's.
std::string place(const Run& run, std::string_view column, std::int64_t row_in_run);

/// The 1-based line on which a 0-based data row of a CSV file begins: quoted line breaks and blank lines counted.
std::size_t csv_line(const std::string& path, std::size_t row);

}  // namespace modelgate
