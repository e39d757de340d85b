// SPDX-License-Identifier: Apache-2.0
#include "gate/data/prediction_columns.hpp"

#include <arrow/record_batch.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "gate/core/exact_whole.hpp"
#include "gate/data/csv_cells.hpp"
#include "gate/data/numbers.hpp"

namespace modelgate {
namespace {

constexpr std::string_view missing =
    "the prediction is null or NaN. A model that gives no number for a row cannot be judged; record the row anew";

constexpr std::string_view inexact =
    "the prediction is a whole number of 2^53 or more, of which the gate's numbers hold no last digits, so that two "
    "that differ could pass as equal. Write the column as float64 if those digits mean nothing";

template <class Value>
Result<Value*> decode_numbers(const Run& run, const BoundColumn& column, DType dtype, Value* target,
                              std::size_t stride) {
  const Numbers numbers(*run.batch.column(static_cast<int>(column.index)), run.begin, run.count);
  if (const auto flaw = first_flaw(numbers, dtype, NullPolicy{})) {
    return data_error(fmt::format("{}: {}.", place(run, column.name, flaw->index), missing), Reason::non_finite);
  }
  store(numbers, 0, run.count, dtype, NullPolicy{}, reinterpret_cast<std::byte*>(target), stride);
  for (std::int64_t i = 0; is_whole(*column.type) && i < run.count; ++i) {
    if (std::abs(static_cast<double>(target[static_cast<std::size_t>(i) * stride])) <= largest_exact_whole) continue;
    return data_error(fmt::format("{}: {}.", place(run, column.name, i), inexact));
  }
  return target;
}

}  // namespace

PredictionColumns::PredictionColumns(std::vector<BoundColumn> columns, ClassTexts texts, DataFormat format)
    : columns_(std::move(columns)), texts_(std::move(texts)), coder_(format == DataFormat::csv) {}

Result<PredictionColumns> PredictionColumns::make(std::vector<BoundColumn> columns, ClassTexts texts, DataFormat format,
                                                  const std::string& file) {
  for (const auto& column : columns) {
    if (is_number(*column.type)) continue;
    if (is_text(*column.type) && texts.declared() && columns.size() == 1) continue;
    if (is_text(*column.type) && format == DataFormat::csv) {
      if (const auto where = place_of_no_number(file, column.name)) {
        return data_error(fmt::format("{} is no number, but a prediction must be one. Correct the cell.", *where));
      }
    }
    return data_error(fmt::format("{}, column {}: a prediction must be a number{}; it is {}.", file, column.name,
                                  texts.declared()
                                      ? " or one class text"
                                      : " (texts need output: {kind: class} and output.classes or label.positive)",
                                  type_name(*column.type)));
  }
  return PredictionColumns(std::move(columns), std::move(texts), format);
}

Result<void> PredictionColumns::decode(const Run& run, std::vector<double>& values) {
  const auto before = values.size();
  values.resize(before + static_cast<std::size_t>(run.count) * width());
  for (std::size_t c = 0; c < width(); ++c) {
    auto* target = values.data() + before + c;
    if (takes_texts(c)) {
      if (auto decoded = decode_texts(run, c, target); !decoded) return decoded;
    } else if (auto decoded = decode_numbers(run, columns_[c], DType::float64, target, width()); !decoded) {
      return std::unexpected(decoded.error());
    }
  }
  return {};
}

Result<void> PredictionColumns::decode(const Run& run, std::vector<float>& values) {
  const auto before = values.size();
  values.resize(before + static_cast<std::size_t>(run.count) * width());
  for (std::size_t c = 0; c < width(); ++c) {
    auto decoded = decode_numbers(run, columns_[c], DType::float32, values.data() + before + c, width());
    if (!decoded) return std::unexpected(decoded.error());
  }
  return {};
}

/// With class names such as 3 and 7, whole numbers are names, not indexes, as they are in the label.
bool PredictionColumns::takes_texts(std::size_t column) const {
  const auto& type = *columns_[column].type;
  return is_text(type) || (width() == 1 && is_whole(type) && texts_.numeric_names());
}

bool PredictionColumns::single_precision() const {
  return std::ranges::all_of(columns_, [](const BoundColumn& column) {
    return column.type->id() == arrow::Type::FLOAT || column.type->id() == arrow::Type::HALF_FLOAT;
  });
}

Result<void> PredictionColumns::decode_texts(const Run& run, std::size_t column, double* target) {
  constexpr std::int64_t null_text = -2;
  const auto& bound = columns_[column];
  const auto code_of = [this](std::optional<std::string_view> text) { return text ? texts_.code(*text) : null_text; };
  const auto& codes = coder_.codes(*run.batch.column(static_cast<int>(bound.index)), run.begin, run.count, code_of);
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (codes[i] < 0) {
      const auto where = place(run, bound.name, static_cast<std::int64_t>(i));
      if (codes[i] == null_text) return data_error(fmt::format("{}: {}.", where, missing), Reason::non_finite);
      return data_error(fmt::format("{}: the prediction is none of the declared classes ({}).", where,
                                    fmt::join(texts_.names, ", ")));
    }
    target[i * width()] = static_cast<double>(codes[i]);
  }
  return {};
}

}  // namespace modelgate
