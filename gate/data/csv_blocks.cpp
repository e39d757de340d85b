// SPDX-License-Identifier: Apache-2.0
#include "gate/data/csv_blocks.hpp"

#include <arrow/array/array_base.h>
#include <arrow/buffer.h>
#include <arrow/csv/chunker.h>
#include <arrow/csv/column_decoder.h>
#include <arrow/csv/parser.h>
#include <arrow/io/file.h>
#include <arrow/record_batch.h>
#include <arrow/status.h>
#include <arrow/type.h>
#include <arrow/util/future.h>
#include <arrow/util/utf8.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <string_view>
#include <utility>

namespace modelgate {

CsvBlocks::CsvBlocks(arrow::csv::ConvertOptions convert)
    : convert_(std::move(convert)),
      parse_(arrow::csv::ParseOptions::Defaults()),
      partial_(std::make_shared<arrow::Buffer>("")) {
  parse_.newlines_in_values = true;
}

CsvBlocks::~CsvBlocks() = default;

arrow::Result<std::unique_ptr<CsvBlocks>> CsvBlocks::open(const std::string& path, arrow::csv::ConvertOptions convert) {
  std::unique_ptr<CsvBlocks> blocks(new CsvBlocks(std::move(convert)));
  ARROW_RETURN_NOT_OK(blocks->begin(path));
  return blocks;
}

arrow::Status CsvBlocks::begin(const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(file_, arrow::io::ReadableFile::Open(path));
  chunker_ = arrow::csv::MakeChunker(parse_);
  ARROW_ASSIGN_OR_RAISE(buffer_, read_buffer());
  if (!buffer_) return arrow::Status::Invalid("Empty CSV file");
  ARROW_RETURN_NOT_OK(read_header());
  do {  // blank lines alone tell no types
    ARROW_ASSIGN_OR_RAISE(first_, read_block());
  } while (first_ && first_->num_rows() == 0);
  schema_ = first_ ? first_->schema() : arrow::schema(fields_);
  return arrow::Status::OK();
}

/// Null at the end. No byte order mark, and no line break torn in two, so that a block never begins with half of one.
arrow::Result<std::shared_ptr<arrow::Buffer>> CsvBlocks::read_buffer() {
  ARROW_ASSIGN_OR_RAISE(auto buffer, file_->Read(block_bytes));
  if (buffer->size() == 0) return nullptr;
  std::int64_t skip = 0;
  if (std::exchange(at_start_, false)) {
    ARROW_ASSIGN_OR_RAISE(const auto* text, arrow::util::SkipUTF8BOM(buffer->data(), buffer->size()));
    skip = text - buffer->data();
  }
  const std::string_view bytes(*buffer);
  if (after_cr_ && bytes.front() == '\n') ++skip;
  after_cr_ = bytes.back() == '\r';
  if (skip == buffer->size()) return nullptr;
  return arrow::SliceBuffer(std::move(buffer), skip);
}

arrow::Status CsvBlocks::read_header() {
  arrow::csv::BlockParser parser(arrow::default_memory_pool(), parse_, /*num_cols=*/-1, row_, /*max_num_rows=*/1);
  std::uint32_t parsed = 0;
  ARROW_RETURN_NOT_OK(parser.Parse(std::string_view(*buffer_), &parsed));
  if (parser.num_rows() != 1 || parser.num_cols() == 0) return arrow::Status::Invalid("Empty CSV file: no header");
  ARROW_RETURN_NOT_OK(parser.VisitLastRow([&](const std::uint8_t* cell, std::uint32_t size, bool, bool) {
    names_.emplace_back(reinterpret_cast<const char*>(cell), size);
    return arrow::Status::OK();
  }));
  buffer_ = arrow::SliceBuffer(buffer_, parsed);
  ++row_;
  for (const std::string& name : convert_.include_columns.empty() ? names_ : convert_.include_columns) {
    const auto found = std::ranges::find(names_, name);
    if (found == names_.end()) return arrow::Status::KeyError("no column ", name);
    const auto index = static_cast<std::int32_t>(std::distance(names_.begin(), found));
    const auto type = convert_.column_types.find(name);
    auto* const pool = arrow::default_memory_pool();
    auto decoder = type == convert_.column_types.end()
                       ? arrow::csv::ColumnDecoder::Make(pool, index, convert_)
                       : arrow::csv::ColumnDecoder::Make(pool, type->second, index, convert_);
    ARROW_RETURN_NOT_OK(decoder.status());
    decoders_.push_back(*std::move(decoder));
    fields_.push_back(arrow::field(name, type == convert_.column_types.end() ? arrow::null() : type->second));
  }
  return arrow::Status::OK();
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> CsvBlocks::next() {
  if (first_) return std::exchange(first_, nullptr);
  return read_block();
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> CsvBlocks::read_block() {
  if (!buffer_) return nullptr;
  ARROW_ASSIGN_OR_RAISE(const auto parser, parse_block());
  return decode(parser);
}

/// The rows that are whole in partial_ and buffer_; what is left goes before the next buffer.
arrow::Result<std::shared_ptr<arrow::csv::BlockParser>> CsvBlocks::parse_block() {
  ARROW_ASSIGN_OR_RAISE(auto next, read_buffer());
  std::shared_ptr<arrow::Buffer> completion;
  std::shared_ptr<arrow::Buffer> rest;
  ARROW_RETURN_NOT_OK(next ? chunker_->ProcessWithPartial(partial_, buffer_, &completion, &rest)
                           : chunker_->ProcessFinal(partial_, buffer_, &completion, &rest));
  ARROW_ASSIGN_OR_RAISE(const auto straddling, arrow::ConcatenateBuffers({partial_, completion}));
  std::vector<std::string_view> views{std::string_view(*rest)};
  if (straddling->size() != 0) views.insert(views.begin(), std::string_view(*straddling));
  auto parser = std::make_shared<arrow::csv::BlockParser>(arrow::default_memory_pool(), parse_,
                                                          static_cast<std::int32_t>(names_.size()), row_,
                                                          std::numeric_limits<std::int32_t>::max());
  std::uint32_t parsed = 0;
  ARROW_RETURN_NOT_OK(next ? parser->Parse(views, &parsed) : parser->ParseFinal(views, &parsed));
  if (parsed < straddling->size()) return arrow::Status::Invalid("a row was not parsed as a whole");
  row_ += parser->total_num_rows();
  partial_ = arrow::SliceBuffer(rest, parsed - straddling->size());
  buffer_ = std::move(next);
  return parser;
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> CsvBlocks::decode(
    const std::shared_ptr<arrow::csv::BlockParser>& parser) {
  arrow::ArrayVector arrays;
  arrays.reserve(decoders_.size());
  for (std::size_t i = 0; i < decoders_.size(); ++i) {
    const auto decoded = decoders_[i]->Decode(parser);  // one that is still to come would be waited for in vain
    if (!decoded.is_finished()) return arrow::Status::UnknownError("a column was not decoded at once");
    ARROW_ASSIGN_OR_RAISE(auto array, decoded.result());
    fields_[i] = arrow::field(fields_[i]->name(), array->type());
    arrays.push_back(std::move(array));
  }
  return arrow::RecordBatch::Make(arrow::schema(fields_), parser->num_rows(), std::move(arrays));
}

}  // namespace modelgate
