// SPDX-License-Identifier: Apache-2.0
#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "gate/data/csv_cells.hpp"
#include "gate/data/numbers.hpp"
#include "gate/data/row_decoder.hpp"

namespace modelgate {
namespace {

constexpr std::string_view not_a_bit =
    "a label of a multilabel task must be 0 or 1, and not null. Mend or remove the row";

bool is_list(const arrow::DataType& type) {
  return type.id() == arrow::Type::LIST || type.id() == arrow::Type::LARGE_LIST ||
         type.id() == arrow::Type::FIXED_SIZE_LIST;
}

/// The labels' names: the declared ones where they are others than the columns', else the columns' own.
Result<std::vector<std::string>> label_names(std::vector<std::string> own, const std::vector<std::string>& declared,
                                             const std::string& file) {
  if (declared.empty() || std::ranges::is_permutation(own, declared)) return own;
  if (declared.size() == own.size()) return declared;
  return data_error(fmt::format("{} has {} labels a row ({}), but output.classes names {} ({}). Correct the gate file.",
                                file, own.size(), fmt::join(own, ", "), declared.size(), fmt::join(declared, ", ")));
}

/// One column of 0 and 1 a label.
class ColumnBits final : public RowDecoder {
 public:
  ColumnBits(std::vector<BoundColumn> columns, std::vector<std::string> names)
      : columns_(std::move(columns)), names_(std::move(names)) {}

  Result<void> decode(const Run& run, RowColumns& rows) override {
    const auto before = rows.label_bits.size();
    rows.label_bits.resize(before + static_cast<std::size_t>(run.count) * columns_.size());
    for (std::size_t label = 0; label < columns_.size(); ++label) {
      const auto& column = columns_[label];
      const Numbers numbers(*run.batch.column(static_cast<int>(column.index)), run.begin, run.count);
      if (const auto flaw = first_flaw(numbers, DType::boolean, NullPolicy{}))
        return data_error(fmt::format("{}: {}.", place(run, column.name, flaw->index), not_a_bit));
      store(numbers, 0, run.count, DType::boolean, NullPolicy{},
            reinterpret_cast<std::byte*>(rows.label_bits.data() + before + label), columns_.size());
    }
    return {};
  }

  Result<void> finish(RowColumns& rows) override {
    rows.class_names = names_;
    return {};
  }

 private:
  std::vector<BoundColumn> columns_;
  std::vector<std::string> names_;
};

/// One column of lists of 0 and 1.
class ListBits final : public RowDecoder {
 public:
  ListBits(BoundColumn column, std::vector<std::string> declared, std::string file)
      : column_(std::move(column)), declared_(std::move(declared)), file_(std::move(file)) {}

  Result<void> decode(const Run& run, RowColumns& rows) override {
    const auto& array = *run.batch.column(static_cast<int>(column_.index));
    switch (array.type_id()) {
      case arrow::Type::LIST: return decode_lists(run, static_cast<const arrow::ListArray&>(array), rows);
      case arrow::Type::LARGE_LIST: return decode_lists(run, static_cast<const arrow::LargeListArray&>(array), rows);
      default: return decode_lists(run, static_cast<const arrow::FixedSizeListArray&>(array), rows);
    }
  }

  Result<void> finish(RowColumns& rows) override {
    std::vector<std::string> own;
    own.reserve(static_cast<std::size_t>(labels_));
    for (std::int64_t label = 0; label < labels_; ++label) own.push_back(fmt::format("{}", label));
    auto names = label_names(std::move(own), declared_, file_);
    if (!names) return std::unexpected(names.error());
    rows.class_names = std::move(*names);
    return {};
  }

 private:
  template <class Array>
  Result<void> decode_lists(const Run& run, const Array& lists, RowColumns& rows) {
    for (std::int64_t i = 0; i < run.count; ++i) {
      const auto row = run.begin + i;
      if (lists.IsNull(row)) return refuse(run, i, "the list of labels is null. Mend or remove the row");
      const auto begin = lists.value_offset(row);
      const auto count = lists.value_offset(row + 1) - begin;
      if (labels_ < 0) labels_ = count;
      if (count != labels_ || count == 0)
        return refuse(run, i,
                      fmt::format("the list has {} labels, the first row's {}; every row needs the same number, "
                                  "1 or more",
                                  count, labels_));
      const Numbers numbers(*lists.values(), begin, count);
      if (first_flaw(numbers, DType::boolean, NullPolicy{})) return refuse(run, i, not_a_bit);
      const auto before = rows.label_bits.size();
      rows.label_bits.resize(before + static_cast<std::size_t>(count));
      store(numbers, 0, count, DType::boolean, NullPolicy{},
            reinterpret_cast<std::byte*>(rows.label_bits.data() + before), 1);
    }
    return {};
  }

  std::unexpected<Error> refuse(const Run& run, std::int64_t row, std::string_view why) const {
    return data_error(fmt::format("{}: {}.", place(run, column_.name, row), why));
  }

  BoundColumn column_;
  std::vector<std::string> declared_;
  std::string file_;
  std::int64_t labels_ = -1;
};

}  // namespace

RowDecoderResult make_label_bits_decoder(const GoldenRequest& request, const BoundRows& bound) {
  const auto& first = bound.label.front();
  if (bound.label.size() == 1 && is_list(*first.type) && is_number(*first.type->field(0)->type()))
    return std::make_unique<ListBits>(first, request.class_names, bound.file);
  std::vector<std::string> own;
  for (const auto& column : bound.label) {
    own.push_back(column.name);
    if (is_number(*column.type)) continue;
    if (is_text(*column.type) && bound.format == DataFormat::csv) {
      if (const auto where = place_of_no_number(bound.file, column.name))
        return data_error(fmt::format("{}: {}.", *where, not_a_bit));
    }
    return data_error(
        fmt::format("{}, column {}: a label of a multilabel task must be a column of 0 and 1 or booleans; "
                    "it is {}.",
                    bound.file, column.name, type_name(*column.type)));
  }
  auto names = label_names(std::move(own), request.class_names, bound.file);
  if (!names) return std::unexpected(names.error());
  return std::make_unique<ColumnBits>(bound.label, std::move(*names));
}

}  // namespace modelgate
