// SPDX-License-Identifier: Apache-2.0
#include <arrow/record_batch.h>
#include <fmt/format.h>

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "gate/data/row_decoder.hpp"

namespace modelgate {
namespace {

/// Units numbered as first seen, found by their keys: open addressing over the keys themselves, 12 bytes a unit at the
/// most crowded, however many there are.
class UnitNumbers {
 public:
  std::uint32_t number_of(std::uint64_t key, std::vector<std::uint64_t>& keys) {
    if ((keys.size() + 1) * 2 > slots_.size()) grow(keys);
    auto& slot = slots_[slot_of(key, keys)];
    if (slot == free) {
      slot = static_cast<std::uint32_t>(keys.size());
      keys.push_back(key);
    }
    return slot;
  }

 private:
  static constexpr std::uint32_t free = std::numeric_limits<std::uint32_t>::max();

  std::size_t slot_of(std::uint64_t key, const std::vector<std::uint64_t>& keys) const {
    const auto mask = slots_.size() - 1;
    auto at = key & mask;
    while (slots_[at] != free && keys[slots_[at]] != key) at = (at + 1) & mask;
    return at;
  }

  void grow(const std::vector<std::uint64_t>& keys) {
    slots_.assign(slots_.size() * 2, free);
    for (std::size_t i = 0; i < keys.size(); ++i) slots_[slot_of(keys[i], keys)] = static_cast<std::uint32_t>(i);
  }

  std::vector<std::uint32_t> slots_ = std::vector<std::uint32_t>(64, free);
};

/// A dictionary of whole numbers or booleans, such as a categorical column that was made of codes.
bool is_coded_whole(const arrow::DataType& type) {
  return type.id() == arrow::Type::DICTIONARY &&
         is_whole(*static_cast<const arrow::DictionaryType&>(type).value_type());
}

/// Calls visit(row_in_run, optional text) for each item of the run.
template <class Visit>
void visit_units(const Run& run, const arrow::Array& array, const Visit& visit) {
  if (!is_coded_whole(*array.type())) return visit_as_text(array, run.begin, run.count, visit);
  const auto& coded = static_cast<const arrow::DictionaryArray&>(array);
  std::vector<std::optional<std::string>> values;
  visit_as_text(*coded.dictionary(), 0, coded.dictionary()->length(), [&](std::int64_t, auto text) {
    values.push_back(text ? std::optional<std::string>(*text) : std::nullopt);
  });
  visit_indices(coded, run.begin, run.count, [&](std::int64_t i, std::int64_t index) {
    const auto* value = index < 0 ? nullptr : &values[static_cast<std::size_t>(index)];
    visit(i, value != nullptr && *value ? std::optional<std::string_view>(**value) : std::nullopt);
  });
}

class UnitDecoder final : public RowDecoder {
 public:
  UnitDecoder(BoundColumn column, UnitColumn RowColumns::* units, std::string_view key)
      : column_(std::move(column)), units_(units), key_(key) {}

  Result<void> decode(const Run& run, RowColumns& rows) override {
    auto& units = rows.*units_;
    if (units.name.empty()) units.name = column_.name;
    std::int64_t null_row = -1;
    visit_units(run, *run.batch.column(static_cast<int>(column_.index)),
                [&](std::int64_t i, std::optional<std::string_view> text) {
                  if (text && !text->empty())
                    units.codes.push_back(numbers_.number_of(id_hash(*text), units.keys));
                  else if (null_row < 0)
                    null_row = i;
                });
    if (null_row < 0) return {};
    return data_error(
        fmt::format("{}: the value is null or empty, so that the row belongs to no unit of {}. Mend or "
                    "remove the row.",
                    place(run, column_.name, null_row), key_));
  }

 private:
  BoundColumn column_;
  UnitColumn RowColumns::* units_;
  std::string_view key_;
  UnitNumbers numbers_;
};

}  // namespace

RowDecoderResult make_unit_decoder(const BoundColumn& column, UnitColumn RowColumns::* units, std::string_view key,
                                   const BoundRows& bound) {
  if (!is_text(*column.type) && !is_whole(*column.type) && !is_coded_whole(*column.type)) {
    return data_error(
        fmt::format("{}, column {}: {} needs text, whole numbers or booleans, not {}. Write the column as "
                    "text.",
                    bound.file, column.name, key, type_name(*column.type)));
  }
  return std::make_unique<UnitDecoder>(column, units, key);
}

}  // namespace modelgate
