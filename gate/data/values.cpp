// SPDX-License-Identifier: Apache-2.0
#include "gate/data/values.hpp"

#include <fmt/format.h>

#include "gate/data/numbers.hpp"

namespace modelgate {
namespace {

constexpr std::size_t most_remembered = 1U << 16U;

/// Calls visit(i, null, value) where uint64 keeps its bits: text_of knows how to print them.
template <class Visit>
void visit_whole(const arrow::Array& array, std::int64_t begin, std::int64_t count, Visit visit) {
  const Numbers numbers(array, begin, count);
  const auto each = [&](const auto* values) {
    for (std::int64_t i = 0; i < count; ++i) visit(i, numbers.is_null(i), static_cast<std::int64_t>(values[i]));
  };
  switch (array.type_id()) {
    case arrow::Type::INT8: return each(numbers.values<std::int8_t>());
    case arrow::Type::INT16: return each(numbers.values<std::int16_t>());
    case arrow::Type::INT32: return each(numbers.values<std::int32_t>());
    case arrow::Type::INT64: return each(numbers.values<std::int64_t>());
    case arrow::Type::UINT16: return each(numbers.values<std::uint16_t>());
    case arrow::Type::UINT32: return each(numbers.values<std::uint32_t>());
    case arrow::Type::UINT64: return each(numbers.values<std::uint64_t>());
    default: return each(numbers.values<std::uint8_t>());
  }
}

/// The text of a whole number or boolean; lives until the next call on the same digits.
std::string_view text_of(arrow::Type::type type, std::int64_t value, std::optional<fmt::format_int>& digits) {
  if (type == arrow::Type::BOOL) return value != 0 ? "true" : "false";
  if (type == arrow::Type::UINT64) {
    digits.emplace(static_cast<std::uint64_t>(value));
  } else {
    digits.emplace(value);
  }
  return {digits->data(), digits->size()};
}

}  // namespace

bool is_whole(const arrow::DataType& type) {
  return type.id() == arrow::Type::BOOL || (is_number(type) && !is_float(type));
}

const std::vector<std::int64_t>& ValueCoder::codes(const arrow::Array& array, std::int64_t begin, std::int64_t count,
                                                   const CodeOf& code_of) {
  codes_.resize(static_cast<std::size_t>(count));
  auto* out = codes_.data();
  if (is_text(*array.type())) {
    const auto ask = [&](std::optional<std::string_view> text) {
      return code_of(empty_is_null_ && text && text->empty() ? std::nullopt : text);
    };
    texts_.visit(array, begin, count, ask, [out](std::int64_t i, std::int64_t code) { out[i] = code; });
    return codes_;
  }
  if (whole_.size() > most_remembered) whole_.clear();
  const auto type = array.type_id();
  visit_whole(array, begin, count, [&](std::int64_t i, bool null, std::int64_t value) {
    if (null) {
      out[i] = code_of(std::nullopt);
      return;
    }
    const auto [known, fresh] = whole_.try_emplace(value, 0);
    std::optional<fmt::format_int> digits;
    if (fresh) known->second = code_of(text_of(type, value, digits));
    out[i] = known->second;
  });
  return codes_;
}

void visit_as_text(const arrow::Array& array, std::int64_t begin, std::int64_t count,
                   const std::function<void(std::int64_t, std::optional<std::string_view>)>& visit) {
  if (is_text(*array.type())) return visit_text(array, begin, count, visit);
  std::optional<fmt::format_int> digits;
  visit_whole(array, begin, count, [&](std::int64_t i, bool null, std::int64_t value) {
    if (null) return visit(i, std::nullopt);
    visit(i, text_of(array.type_id(), value, digits));
  });
}

}  // namespace modelgate
