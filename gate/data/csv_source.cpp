// SPDX-License-Identifier: Apache-2.0
#include <arrow/record_batch.h>
#include <arrow/status.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <exception>
#include <fstream>
#include <regex>

#include "gate/data/csv_blocks.hpp"
#include "gate/data/table_source.hpp"

namespace modelgate {
namespace {

/// A type that Arrow saw in the first rows, widened to what the column is used for.
std::shared_ptr<arrow::DataType> fitting_type(const ColumnNeed& need, const std::shared_ptr<arrow::DataType>& seen) {
  const bool number = need.as_decimal || need.as_integer;
  if (need.type) return need.type;
  if (!number) return arrow::utf8();
  const bool whole = seen->id() == arrow::Type::INT64 || seen->id() == arrow::Type::NA;
  if (whole && need.as_decimal && !need.as_integer && !need.as_text) return arrow::float64();
  if (seen->id() == arrow::Type::NA) return arrow::int64();
  if (seen->id() == arrow::Type::BINARY) return arrow::utf8();
  return seen;
}

/// "semicolons" or "tabs" where the header line has them and no comma; else nothing.
std::string foreign_separator(const std::string& path) {
  constexpr std::size_t most = 1 << 16;
  std::ifstream file(path, std::ios::binary);
  std::string head(most, '\0');
  file.read(head.data(), static_cast<std::streamsize>(most));
  head.resize(static_cast<std::size_t>(file.gcount()));
  const std::string_view header = std::string_view(head).substr(0, head.find_first_of("\r\n"));
  if (header.contains(',')) return {};
  if (header.contains(';')) return "semicolons";
  return header.contains('\t') ? "tabs" : "";
}

class CsvSource final : public TableSource {
 public:
  static Result<std::unique_ptr<TableSource>> open(const std::string& path) {
    auto source = std::make_unique<CsvSource>();
    source->path_ = path;
    if (const std::string separator = foreign_separator(path); !separator.empty())
      return data_error(fmt::format(
          "{} separates its cells by {}; columns are told apart by commas alone. Save it with commas, and with a "
          "point in decimal numbers, or as Parquet.",
          path, separator));
    try {
      const auto blocks = CsvBlocks::open(path, arrow::csv::ConvertOptions::Defaults());
      if (!blocks.ok()) return source->translated(blocks.status());
      source->schema_ = (*blocks)->schema();
    } catch (const std::exception& thrown) {
      return source->translated(thrown);
    }
    return source;
  }

  const arrow::Schema& schema() const override { return *schema_; }
  std::optional<std::size_t> rows() const override { return std::nullopt; }
  std::shared_ptr<const arrow::KeyValueMetadata> metadata() const override { return nullptr; }

  Result<std::vector<std::shared_ptr<arrow::DataType>>> select(std::span<const ColumnNeed> needs) override {
    auto convert = arrow::csv::ConvertOptions::Defaults();
    std::vector<std::shared_ptr<arrow::DataType>> types;
    for (const auto& need : needs) {
      types.push_back(fitting_type(need, schema_->GetFieldByName(need.name)->type()));
      convert.column_types[need.name] = types.back();
      convert.include_columns.push_back(need.name);
    }
    try {
      auto blocks = CsvBlocks::open(path_, std::move(convert));
      if (!blocks.ok()) return translated(blocks.status());
      blocks_ = std::move(*blocks);
    } catch (const std::exception& thrown) {
      return translated(thrown);
    }
    return types;
  }

  Result<std::shared_ptr<arrow::RecordBatch>> next() override {
    try {
      auto batch = blocks_->next();
      if (!batch.ok()) return translated(batch.status());
      return *std::move(batch);
    } catch (const std::exception& thrown) {
      return translated(thrown);
    }
  }

 private:
  std::unexpected<Error> translated(const std::exception& thrown) const {
    return is_out_of_memory(thrown) ? no_memory(path_) : translated(std::string());
  }

  std::unexpected<Error> translated(const arrow::Status& status) const {
    if (status.IsOutOfMemory()) return no_memory(path_);
    if (status.IsIOError())
      return data_error(
          fmt::format("{} cannot be read: its disk or network gave an error. Try again, or fetch it anew.", path_));
    return translated(status.message());
  }

  /// Arrow's words carry the cell's value; ours do not.
  std::unexpected<Error> translated(const std::string& message) const {
    static const std::regex conversion("In CSV column #(\\d+): Row #(\\d+): CSV conversion error to (\\w+)[^]*");
    static const std::regex width("CSV parse error: Row #(\\d+): Expected (\\d+) columns, got (\\d+)[^]*");
    std::smatch found;
    if (std::regex_match(message, found, conversion)) {
      const auto row = std::stoull(found[2]) - 1;
      const auto column = std::stoi(found[1]);
      const auto name = schema_ && column < schema_->num_fields() ? schema_->field(column)->name() : found[1].str();
      const bool text = found[3] == "string";
      return data_error(fmt::format(
          "{}, column {}, row {} (line {}): {}. {}.", path_, name, row, csv_line(path_, row - 1),
          text ? "the cell is not valid UTF-8"
               : fmt::format("the cell is not of the column's type, {}", found[3].str()),
          text ? "Save the file as UTF-8" : "One column must have one type in every row and file; correct the cell"));
    }
    if (std::regex_match(message, found, width)) {
      const auto row = std::stoull(found[1]) - 1;
      return data_error(
          fmt::format("{}, row {} (line {}): {} cells where the header has {}. Correct the row or quote it.", path_,
                      row, csv_line(path_, row == 0 ? 0 : row - 1), found[3].str(), found[2].str()));
    }
    if (message.find("straddling") != std::string::npos) {
      return data_error(
          fmt::format("{} has a row longer than {} MiB (or an unclosed quote); use Parquet for such rows.", path_,
                      CsvBlocks::block_bytes >> 20));
    }
    if (message.find("Empty CSV") != std::string::npos) {
      return data_error(fmt::format("{} has no header line that ends in a line break, or no rows.", path_));
    }
    return data_error(fmt::format("{} cannot be read as CSV (comma-separated, UTF-8, with a header line).", path_));
  }

  std::string path_;
  std::shared_ptr<arrow::Schema> schema_;
  std::unique_ptr<CsvBlocks> blocks_;
};

}  // namespace

Result<std::unique_ptr<TableSource>> open_csv(const std::string& path) { return CsvSource::open(path); }

std::size_t csv_line(const std::string& path, std::size_t row) {
  std::ifstream file(path, std::ios::binary);
  std::size_t line = 1;
  std::size_t records = 0;  // the header is the first
  bool quoted = false;
  bool blank = true;
  for (std::string text; std::getline(file, text); ++line) {
    if (!quoted) {
      blank = text.empty() || text == "\r";
      if (!blank && records++ == row + 1) return line;
    }
    for (const char c : text) quoted = quoted != (c == '"');
  }
  return line;
}

}  // namespace modelgate
