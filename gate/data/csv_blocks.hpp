// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arrow/csv/options.h>
#include <arrow/result.h>
#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace arrow {
class Chunker;
namespace csv {
class BlockParser;
class ColumnDecoder;
}  // namespace csv
}  // namespace arrow

namespace modelgate {

/// The rows of a CSV file, block by block, with Arrow's parser and converters, all in the calling thread. Arrow's own
/// readers need a thread of theirs, and wait for ever where none can be started.
class CsvBlocks {
 public:
  /// A longer row is an error.
  static constexpr std::int64_t block_bytes = 4 << 20;

  /// Reads up to the first rows, whose types are those of the columns that convert leaves open.
  static arrow::Result<std::unique_ptr<CsvBlocks>> open(const std::string& path, arrow::csv::ConvertOptions convert);
  CsvBlocks(const CsvBlocks&) = delete;
  CsvBlocks& operator=(const CsvBlocks&) = delete;
  ~CsvBlocks();

  /// Of the columns that convert includes; all where it includes none.
  const std::shared_ptr<arrow::Schema>& schema() const { return schema_; }
  /// The next rows; null at the end.
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> next();

 private:
  explicit CsvBlocks(arrow::csv::ConvertOptions convert);
  arrow::Status begin(const std::string& path);
  arrow::Result<std::shared_ptr<arrow::Buffer>> read_buffer();
  arrow::Status read_header();
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> read_block();
  arrow::Result<std::shared_ptr<arrow::csv::BlockParser>> parse_block();
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> decode(const std::shared_ptr<arrow::csv::BlockParser>& parser);

  const arrow::csv::ConvertOptions convert_;  // the decoders refer to it
  arrow::csv::ParseOptions parse_;
  std::shared_ptr<arrow::io::InputStream> file_;
  std::unique_ptr<arrow::Chunker> chunker_;
  std::vector<std::string> names_;  ///< of the file's columns
  arrow::FieldVector fields_;       ///< of the columns that are decoded; their types as of the first rows
  std::vector<std::shared_ptr<arrow::csv::ColumnDecoder>> decoders_;
  std::shared_ptr<arrow::Schema> schema_;
  std::shared_ptr<arrow::RecordBatch> first_;
  std::shared_ptr<arrow::Buffer> partial_;  ///< the beginning of a row that goes on in buffer_
  std::shared_ptr<arrow::Buffer> buffer_;   ///< null at the end of the file
  bool after_cr_ = false;                   ///< the last buffer ended in the first half of a line break
  bool at_start_ = true;
  std::int64_t row_ = 1;  ///< of the file, from 1; the header is one
};

}  // namespace modelgate
