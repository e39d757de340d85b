// SPDX-License-Identifier: Apache-2.0
#include <arrow/array.h>
#include <arrow/extension_type.h>
#include <arrow/record_batch.h>
#include <fmt/format.h>

#include <algorithm>

#include "gate/data/inputs.hpp"
#include "gate/data/numbers.hpp"

namespace modelgate {
namespace {

/// The items of the rows of a list column, however deeply nested: row i has items [bounds[i], bounds[i + 1]).
struct Lists {
  std::shared_ptr<arrow::Array> items;
  std::vector<std::int64_t> bounds;
};

template <class Array>
void step_in(Lists& lists, const arrow::Array& array) {
  const auto& typed = static_cast<const Array&>(array);
  for (auto& bound : lists.bounds) bound = typed.value_offset(bound);
  lists.items = typed.values();
}

std::int64_t first_null(const arrow::Array& array, std::int64_t begin, std::int64_t end) {
  if (array.null_count() == 0) return -1;
  for (std::int64_t i = begin; i < end; ++i) {
    if (array.IsNull(i)) return i;
  }
  return -1;
}

/// The run's lists, or an error that names the first row whose list is null.
Result<Lists> lists_of(const Run& run, const BoundColumn& column) {
  Lists lists;
  lists.items = run.batch.column(static_cast<int>(column.index));
  for (std::int64_t i = 0; i <= run.count; ++i) lists.bounds.push_back(run.begin + i);
  auto rows = lists.bounds;
  while (true) {
    if (lists.items->type_id() == arrow::Type::EXTENSION) {
      lists.items = static_cast<const arrow::ExtensionArray&>(*lists.items).storage();
    }
    const auto array = lists.items;
    const auto id = array->type_id();
    const bool list = id == arrow::Type::LIST || id == arrow::Type::LARGE_LIST || id == arrow::Type::FIXED_SIZE_LIST;
    if (!list) return lists;
    if (const auto null = first_null(*array, lists.bounds.front(), lists.bounds.back()); null >= 0) {
      const auto row = std::ranges::upper_bound(lists.bounds, null) - lists.bounds.begin() - 1;
      return data_error(fmt::format("{}: the list is null. Mend or remove the row.", place(run, column.name, row)));
    }
    if (id == arrow::Type::LIST) step_in<arrow::ListArray>(lists, *array);
    if (id == arrow::Type::LARGE_LIST) step_in<arrow::LargeListArray>(lists, *array);
    if (id == arrow::Type::FIXED_SIZE_LIST) step_in<arrow::FixedSizeListArray>(lists, *array);
  }
}

const arrow::DataType& item_type(const arrow::DataType& type) {
  if (type.id() == arrow::Type::EXTENSION)
    return item_type(*static_cast<const arrow::ExtensionType&>(type).storage_type());
  const bool list = type.id() == arrow::Type::LIST || type.id() == arrow::Type::LARGE_LIST ||
                    type.id() == arrow::Type::FIXED_SIZE_LIST;
  return list ? item_type(*type.field(0)->type()) : type;
}

Result<void> check_items(const Run& run, const BoundColumn& column, const Lists& lists, const Numbers& numbers,
                         DType dtype, const NullPolicy& nulls) {
  const auto flaw = first_flaw(numbers, dtype, nulls);
  if (!flaw) return {};
  const auto item = lists.bounds.front() + flaw->index;
  const auto row = std::ranges::upper_bound(lists.bounds, item) - lists.bounds.begin() - 1;
  return data_error(fmt::format("{}, item {}: {}.", place(run, column.name, row),
                                item - lists.bounds[static_cast<std::size_t>(row)] + 1, describe(flaw->kind, dtype)));
}

/// Lists of one length: their items lie as the model wants them.
class ShapedListInput final : public InputDecoder {
 public:
  ShapedListInput(const BoundInput& input, std::vector<std::int64_t> row_shape)
      : column_(input.columns.front()), nulls_(input.spec.nulls) {
    set_layout(input.spec.dtype, std::move(row_shape));
  }

  Result<void> decode(const Run& run, std::size_t row) override {
    const auto lists = lists_of(run, column_);
    if (!lists) return std::unexpected(lists.error());
    const auto items_a_row = product_of(layout_.row_shape);
    const auto& bounds = lists->bounds;
    for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
      if (bounds[i + 1] - bounds[i] == items_a_row) continue;
      return data_error(
          fmt::format("{}: the list has {} items where shape: asks for {}. Mend the row or correct shape:.",
                      place(run, column_.name, static_cast<std::int64_t>(i)), bounds[i + 1] - bounds[i], items_a_row));
    }
    const Numbers numbers(*lists->items, bounds.front(), bounds.back() - bounds.front());
    if (auto flawed = check_items(run, column_, *lists, numbers, layout_.dtype, nulls_); !flawed) return flawed;
    store(numbers, 0, numbers.size(), layout_.dtype, nulls_, row_at(row), 1);
    return {};
  }

 private:
  BoundColumn column_;
  NullPolicy nulls_;
};

/// Lists of any length, padded and, if allowed, cut to one; or the mask that tells items from padding.
class RaggedInput final : public InputDecoder {
 public:
  explicit RaggedInput(const BoundInput& input) : spec_(input.spec), column_(input.columns.front()) {
    set_layout(spec_.dtype, {spec_.length});
  }

  Result<void> decode(const Run& run, std::size_t row) override {
    const auto lists = lists_of(run, column_);
    if (!lists) return std::unexpected(lists.error());
    const auto& bounds = lists->bounds;
    const bool mask = spec_.kind == InputSpec::Kind::mask_of;
    const Numbers numbers(*lists->items, bounds.front(), mask ? 0 : bounds.back() - bounds.front());
    if (auto flawed = check_items(run, column_, *lists, numbers, layout_.dtype, spec_.nulls); !flawed) return flawed;
    const auto item_bytes = size_of(layout_.dtype);
    const double filling = mask ? 0.0 : spec_.pad.value_or(0.0);
    for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
      const auto items = bounds[i + 1] - bounds[i];
      if (items > spec_.length && !spec_.truncate) {
        return data_error(
            fmt::format("{}: the list has {} items, more than length: {}. Raise length:, or give the input "
                        "truncate: true.",
                        place(run, column_.name, static_cast<std::int64_t>(i)), items, spec_.length));
      }
      const auto kept = std::min(items, spec_.length);
      auto* target = row_at(row + i);
      auto* rest = target + static_cast<std::size_t>(kept) * item_bytes;
      if (mask) {
        store_constant(1.0, layout_.dtype, target, static_cast<std::size_t>(kept));
      } else {
        store(numbers, bounds[i] - bounds.front(), kept, layout_.dtype, spec_.nulls, target, 1);
      }
      store_constant(filling, layout_.dtype, rest, static_cast<std::size_t>(spec_.length - kept));
    }
    return {};
  }

 private:
  InputSpec spec_;
  BoundColumn column_;
};

}  // namespace

InputResult make_list_input(const BoundInput& input) {
  const auto& column = input.columns.front();
  const auto& type = *column.type;
  const auto& spec = input.spec;
  if (!is_number(item_type(type))) {
    return data_error(fmt::format("{}, column {}: a list input is made of numbers, not of {}.", input.file, column.name,
                                  type_name(type)));
  }
  if (spec.pad) {
    if (!can_hold(spec.dtype, *spec.pad) || spec.length <= 0) {
      return data_error(fmt::format("The input with column {}: pad: must be a value of {} and length: at least 1.",
                                    column.name, to_string(spec.dtype)));
    }
    return std::make_unique<RaggedInput>(input);
  }
  auto shape = spec.shape;
  if (shape.empty() && type.id() == arrow::Type::FIXED_SIZE_LIST && is_number(*type.field(0)->type())) {
    shape = {static_cast<const arrow::FixedSizeListType&>(type).list_size()};
  }
  if (shape.empty()) {
    return data_error(
        fmt::format("{}, column {} holds lists ({}); give the input shape: [...], or pad: and length: if their "
                    "lengths differ.",
                    input.file, column.name, type_name(type)));
  }
  return std::make_unique<ShapedListInput>(input, std::move(shape));
}

InputResult make_mask_input(const BoundInput& input) {
  const auto& column = input.columns.front();
  if (&item_type(*column.type) == column.type.get()) {
    return data_error(fmt::format("{}, column {}: mask_of: needs a list column; this one is {}.", input.file,
                                  column.name, type_name(*column.type)));
  }
  if (input.spec.length <= 0) {
    return data_error(
        fmt::format("The mask of column {} needs the length: of the padded input it belongs to.", column.name));
  }
  return std::make_unique<RaggedInput>(input);
}

}  // namespace modelgate
