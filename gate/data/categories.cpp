// SPDX-License-Identifier: Apache-2.0
#include <arrow/record_batch.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "gate/data/numbers.hpp"
#include "gate/data/row_decoder.hpp"

namespace modelgate {
namespace {

constexpr std::size_t most_values = 1000;
constexpr std::int64_t too_many = -1;

class CategoryDecoder final : public RowDecoder {
 public:
  CategoryDecoder(BoundColumn column, std::size_t index, bool empty_is_null)
      : column_(std::move(column)), index_(index), coder_(empty_is_null) {}

  Result<void> decode(const Run& run, RowColumns& rows) override {
    auto& category = rows.categories[index_];
    const auto code_of = [&](std::optional<std::string_view> text) {
      return code(category, text.value_or("(missing)"));
    };
    const auto& array = *run.batch.column(static_cast<int>(column_.index));
    const auto& codes = coder_.codes(array, run.begin, run.count, code_of);
    for (std::size_t i = 0; i < codes.size(); ++i) {
      if (codes[i] == too_many) {
        return data_error(
            fmt::format("{}: column {} has more than 1,000 distinct values, too many for slices or attributes. "
                        "Bin them first, or take another column.",
                        place(run, column_.name, static_cast<std::int64_t>(i)), column_.name));
      }
      category.codes.push_back(static_cast<std::uint16_t>(codes[i]));
    }
    return {};
  }

  Result<void> finish(RowColumns& rows) override {
    auto& category = rows.categories[index_];
    std::vector<std::size_t> order(category.values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t i) -> const std::string& { return category.values[i]; });
    std::vector<std::uint16_t> new_code(order.size());
    std::vector<std::string> sorted;
    for (const auto old : order) {
      new_code[old] = static_cast<std::uint16_t>(sorted.size());
      sorted.push_back(std::move(category.values[old]));
    }
    category.values = std::move(sorted);
    for (auto& code : category.codes) code = new_code[code];
    return {};
  }

 private:
  std::int64_t code(CategoryColumn& category, std::string_view text) {
    const auto known = seen_.find(text);
    if (known != seen_.end()) return known->second;
    if (seen_.size() == most_values) return too_many;
    category.values.emplace_back(text);
    return seen_.emplace(std::string(text), static_cast<std::int64_t>(seen_.size())).first->second;
  }

  BoundColumn column_;
  std::size_t index_;
  ValueCoder coder_;
  std::map<std::string, std::int64_t, std::less<>> seen_;
};

}  // namespace

RowDecoderResult make_category_decoder(const BoundColumn& column, std::size_t index, const BoundRows& bound) {
  if (is_float(*column.type)) {
    return data_error(
        fmt::format("{}, column {} holds {} numbers; slices and attributes need text, whole numbers or booleans. "
                    "Bin them into a column of their own first.",
                    bound.file, column.name, type_name(*column.type)));
  }
  if (!is_text(*column.type) && !is_whole(*column.type)) {
    return data_error(
        fmt::format("{}, column {}: slices and attributes need text, whole numbers or booleans, not {}. Write it "
                    "as text.",
                    bound.file, column.name, type_name(*column.type)));
  }
  return std::make_unique<CategoryDecoder>(column, index, bound.format == DataFormat::csv);
}

}  // namespace modelgate
