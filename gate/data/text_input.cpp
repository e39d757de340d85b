// SPDX-License-Identifier: Apache-2.0
#include <arrow/record_batch.h>
#include <fmt/format.h>

#include <cstring>
#include <fstream>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "gate/data/inputs.hpp"
#include "gate/data/numbers.hpp"
#include "gate/data/values.hpp"

namespace modelgate {
namespace {

/// Texts as they are. The buffer begins with the offsets of max_rows rows; end() closes the gap that fewer rows leave.
class TextInput final : public InputDecoder {
 public:
  explicit TextInput(const BoundInput& input) : columns_(input.columns) {
    layout_.dtype = DType::string;
    layout_.row_shape = {static_cast<std::int64_t>(columns_.size())};
    layout_.strings_per_row = columns_.size();
  }

  Result<void> begin(std::span<std::byte> buffer, std::size_t max_rows) override {
    buffer_ = buffer;
    // At most half of the buffer for offsets, so that some text fits, too.
    const auto affordable = buffer.size() / 2 / sizeof(std::uint64_t);
    most_rows_ = affordable == 0 ? 0 : std::min(max_rows, (affordable - 1) / columns_.size());
    text_start_ = offset_bytes(most_rows_);
    rows_ = 0;
    used_ = 0;
    return {};
  }

  std::int64_t fitting(const Run& run) override {
    const auto count = static_cast<std::size_t>(run.count);
    const auto width = columns_.size();
    cells_.assign(count * width, std::nullopt);
    for (std::size_t c = 0; c < width; ++c) {
      visit_text(*run.batch.column(static_cast<int>(columns_[c].index)), run.begin, run.count,
                 [&](std::int64_t i, auto text) { cells_[static_cast<std::size_t>(i) * width + c] = text; });
    }
    std::size_t free = buffer_.size() - text_start_ - used_;
    for (std::size_t row = 0; row < count; ++row) {
      std::size_t bytes = 0;
      for (std::size_t c = 0; c < width; ++c) bytes += cells_[row * width + c].value_or("").size();
      if (bytes > free || rows_ + row >= most_rows_) return static_cast<std::int64_t>(row);
      free -= bytes;
    }
    return run.count;
  }

  Result<void> decode(const Run& run, std::size_t row) override {
    const auto width = columns_.size();
    for (std::size_t i = 0; i < static_cast<std::size_t>(run.count) * width; ++i) {
      const auto& cell = cells_[i];
      if (!cell) {
        return data_error(fmt::format("{}: the text is null. Mend or remove the row; an empty text is allowed.",
                                      place(run, columns_[i % width].name, static_cast<std::int64_t>(i / width))));
      }
      write_offset(row * width + i);
      std::memcpy(buffer_.data() + text_start_ + used_, cell->data(), cell->size());
      used_ += cell->size();
    }
    rows_ = row + static_cast<std::size_t>(run.count);
    return {};
  }

  void end(std::size_t rows) override {
    write_offset(rows * columns_.size());
    std::memmove(buffer_.data() + offset_bytes(rows), buffer_.data() + text_start_, used_);
  }

 private:
  std::size_t offset_bytes(std::size_t rows) const { return (rows * columns_.size() + 1) * sizeof(std::uint64_t); }
  void write_offset(std::size_t index) {
    const std::uint64_t at = used_;
    std::memcpy(buffer_.data() + index * sizeof at, &at, sizeof at);
  }

  std::vector<BoundColumn> columns_;
  std::vector<std::optional<std::string_view>> cells_;
  std::size_t most_rows_ = 0;
  std::size_t text_start_ = 0;
  std::size_t rows_ = 0;
  std::size_t used_ = 0;
};

using Vocabulary = std::map<std::string, std::int64_t, std::less<>>;

Result<Vocabulary> read_vocabulary(const std::string& path, DType dtype) {
  std::ifstream file(path);
  if (!file) return data_error(fmt::format("The vocabulary {} cannot be opened.", path));
  const auto json = nlohmann::json::parse(file, nullptr, false);
  if (!json.is_object() || json.empty()) {
    return data_error(
        fmt::format("The vocabulary {} must be a JSON object of texts and codes: {{\"food\": 1, …}}.", path));
  }
  Vocabulary codes;
  for (const auto& [text, code] : json.items()) {
    if (!code.is_number_integer() || !can_hold(dtype, code.get<double>())) {
      return data_error(
          fmt::format("The vocabulary {} must give every text a whole number that {} holds.", path, to_string(dtype)));
    }
    codes[text] = code.get<std::int64_t>();
  }
  return codes;
}

class VocabularyInput final : public InputDecoder {
 public:
  VocabularyInput(const BoundInput& input, std::vector<std::int64_t> row_shape, Vocabulary codes)
      : spec_(input.spec), columns_(input.columns), codes_(std::move(codes)) {
    coders_.assign(columns_.size(), ValueCoder(input.format == DataFormat::csv));
    set_layout(spec_.dtype, std::move(row_shape));
  }

  Result<void> decode(const Run& run, std::size_t row) override {
    const auto item_bytes = size_of(layout_.dtype);
    const auto code_of = [this](std::optional<std::string_view> text) { return code(text); };
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const auto& array = *run.batch.column(static_cast<int>(columns_[c].index));
      const auto& codes = coders_[c].codes(array, run.begin, run.count, code_of);
      for (std::size_t i = 0; i < codes.size(); ++i) {
        if (codes[i] <= unknown_text) return refuse(run, columns_[c], static_cast<std::int64_t>(i), codes[i]);
        store_constant(static_cast<double>(codes[i]), layout_.dtype, row_at(row + i) + c * item_bytes, 1);
      }
    }
    return {};
  }

 private:
  static constexpr std::int64_t null_text = std::numeric_limits<std::int64_t>::min();
  static constexpr std::int64_t unknown_text = null_text + 1;

  std::int64_t code(std::optional<std::string_view> text) const {
    if (!text) {
      return spec_.nulls.kind == NullPolicy::Kind::number ? static_cast<std::int64_t>(spec_.nulls.number) : null_text;
    }
    const auto found = codes_.find(*text);
    return found != codes_.end() ? found->second : spec_.unknown.value_or(unknown_text);
  }

  std::unexpected<Error> refuse(const Run& run, const BoundColumn& column, std::int64_t row, std::int64_t code) const {
    const auto where = place(run, column.name, row);
    if (code == null_text) {
      return data_error(
          fmt::format("{}: the text is null, and the input has no nulls: policy. Mend the row, or give the "
                      "input nulls: <code>.",
                      where));
    }
    return data_error(
        fmt::format("{}: the text is not in the vocabulary {}. Add it there, or give the input unknown: <code>.", where,
                    spec_.vocabulary));
  }

  InputSpec spec_;
  std::vector<BoundColumn> columns_;
  Vocabulary codes_;
  std::vector<ValueCoder> coders_;
};

}  // namespace

InputResult make_text_input(const BoundInput& input) {
  for (const auto& column : input.columns) {
    if (!is_text(*column.type)) {
      return data_error(fmt::format("{}, column {}: an input of dtype string needs text, not {}.", input.file,
                                    column.name, type_name(*column.type)));
    }
  }
  return std::make_unique<TextInput>(input);
}

InputResult make_vocabulary_input(const BoundInput& input) {
  const auto& spec = input.spec;
  for (const auto& column : input.columns) {
    if (!is_text(*column.type) && !is_whole(*column.type)) {
      return data_error(fmt::format("{}, column {}: a vocabulary needs text or whole numbers, not {}.", input.file,
                                    column.name, type_name(*column.type)));
    }
  }
  auto shape = spec.shape;
  if (shape.empty()) shape = {static_cast<std::int64_t>(input.columns.size())};
  if (product_of(shape) != static_cast<std::int64_t>(input.columns.size())) {
    return data_error(fmt::format("{}: {} vocabulary columns cannot fill an input of {} values a row. Correct shape:.",
                                  input.file, input.columns.size(), product_of(shape)));
  }
  if (spec.unknown && !can_hold(spec.dtype, static_cast<double>(*spec.unknown))) {
    return data_error(fmt::format("The input with column {}: unknown: {} is no value of {}.",
                                  input.columns.front().name, *spec.unknown, to_string(spec.dtype)));
  }
  auto codes = read_vocabulary(spec.vocabulary, spec.dtype);
  if (!codes) return std::unexpected(codes.error());
  return std::make_unique<VocabularyInput>(input, std::move(shape), std::move(*codes));
}

}  // namespace modelgate
