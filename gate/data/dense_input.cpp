// SPDX-License-Identifier: Apache-2.0
#include <arrow/record_batch.h>
#include <fmt/format.h>

#include <algorithm>

#include "gate/data/inputs.hpp"
#include "gate/data/numbers.hpp"

namespace modelgate {
namespace {

// The rows that are written column by column before going on stay in the first-level cache.
constexpr std::size_t block_bytes = 8192;

class DenseInput final : public InputDecoder {
 public:
  DenseInput(const BoundInput& input, std::vector<std::int64_t> row_shape)
      : columns_(input.columns), nulls_(input.spec.nulls) {
    set_layout(input.spec.dtype, std::move(row_shape));
  }

  Result<void> decode(const Run& run, std::size_t row) override {
    std::vector<Numbers> numbers;
    numbers.reserve(columns_.size());
    for (const auto& column : columns_) {
      numbers.emplace_back(*run.batch.column(static_cast<int>(column.index)), run.begin, run.count);
      if (const auto flaw = first_flaw(numbers.back(), layout_.dtype, nulls_)) {
        return data_error(
            fmt::format("{}: {}.", place(run, column.name, flaw->index), describe(flaw->kind, layout_.dtype)));
      }
    }
    transpose(numbers, run.count, row_at(row));
    return {};
  }

 private:
  void transpose(const std::vector<Numbers>& numbers, std::int64_t count, std::byte* target) const {
    const auto block = static_cast<std::int64_t>(std::max<std::size_t>(16, block_bytes / layout_.row_bytes));
    const auto item_bytes = size_of(layout_.dtype);
    for (std::int64_t begin = 0; begin < count; begin += block) {
      const auto rows = std::min(block, count - begin);
      auto* first = target + static_cast<std::size_t>(begin) * layout_.row_bytes;
      for (std::size_t c = 0; c < numbers.size(); ++c) {
        store(numbers[c], begin, rows, layout_.dtype, nulls_, first + c * item_bytes, numbers.size());
      }
    }
  }

  std::vector<BoundColumn> columns_;
  NullPolicy nulls_;
};

}  // namespace

InputResult make_dense_input(const BoundInput& input) {
  const auto columns = static_cast<std::int64_t>(input.columns.size());
  auto shape = input.spec.shape;
  if (shape.empty()) shape = {columns};
  if (product_of(shape) != columns) {
    return data_error(
        fmt::format("{}: {} columns (first: {}) cannot fill an input of {} values a row. Correct shape: or "
                    "columns:.",
                    input.file, columns, input.columns.front().name, product_of(shape)));
  }
  if (input.spec.pad) {
    return data_error(fmt::format("{}, column {}: pad: and length: are for list columns; this one is {}.", input.file,
                                  input.columns.front().name, type_name(*input.columns.front().type)));
  }
  return std::make_unique<DenseInput>(input, std::move(shape));
}

}  // namespace modelgate
