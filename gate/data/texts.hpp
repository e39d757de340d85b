// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arrow/array.h>
#include <arrow/type.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace modelgate {

/// string, large_string, string_view, or a dictionary of string or large_string.
inline bool is_text(const arrow::DataType& type) {
  const auto plain = [](arrow::Type::type id) {
    return id == arrow::Type::STRING || id == arrow::Type::LARGE_STRING || id == arrow::Type::STRING_VIEW;
  };
  if (type.id() != arrow::Type::DICTIONARY) return plain(type.id());
  return plain(static_cast<const arrow::DictionaryType&>(type).value_type()->id());
}

/// Calls visit(row_in_run, optional<string_view>) for each item of [begin, begin + count) of a plain text array.
template <class Visit>
void visit_plain_text(const arrow::Array& array, std::int64_t begin, std::int64_t count, Visit visit) {
  const auto each = [&](const auto& typed) {
    for (std::int64_t i = 0; i < count; ++i) {
      visit(i, typed.IsNull(begin + i) ? std::nullopt : std::optional<std::string_view>(typed.GetView(begin + i)));
    }
  };
  switch (array.type_id()) {
    case arrow::Type::STRING: return each(static_cast<const arrow::StringArray&>(array));
    case arrow::Type::LARGE_STRING: return each(static_cast<const arrow::LargeStringArray&>(array));
    default: return each(static_cast<const arrow::StringViewArray&>(array));
  }
}

/// Calls visit(row_in_run, dictionary index or −1 for null) for each item of a dictionary array.
template <class Visit>
void visit_indices(const arrow::DictionaryArray& array, std::int64_t begin, std::int64_t count, Visit visit) {
  const auto& indices = *array.indices();
  const auto each = [&]<class T>(const T* values) {
    const bool nulls = indices.null_count() > 0;
    for (std::int64_t i = 0; i < count; ++i) {
      const bool null = nulls && indices.IsNull(begin + i);
      visit(i, null ? std::int64_t{-1} : static_cast<std::int64_t>(values[begin + i]));
    }
  };
  const auto& data = *indices.data();
  switch (indices.type_id()) {
    case arrow::Type::INT8: return each(data.GetValues<std::int8_t>(1));
    case arrow::Type::UINT8: return each(data.GetValues<std::uint8_t>(1));
    case arrow::Type::INT16: return each(data.GetValues<std::int16_t>(1));
    case arrow::Type::UINT16: return each(data.GetValues<std::uint16_t>(1));
    case arrow::Type::INT64: return each(data.GetValues<std::int64_t>(1));
    case arrow::Type::UINT32: return each(data.GetValues<std::uint32_t>(1));
    case arrow::Type::UINT64: return each(data.GetValues<std::uint64_t>(1));
    default: return each(data.GetValues<std::int32_t>(1));
  }
}

/// Calls visit(row_in_run, optional<string_view>) for each item of any text array.
template <class Visit>
void visit_text(const arrow::Array& array, std::int64_t begin, std::int64_t count, Visit visit) {
  if (array.type_id() != arrow::Type::DICTIONARY) return visit_plain_text(array, begin, count, visit);
  const auto& dictionary = static_cast<const arrow::DictionaryArray&>(array);
  std::vector<std::optional<std::string_view>> values(static_cast<std::size_t>(dictionary.dictionary()->length()));
  visit_plain_text(*dictionary.dictionary(), 0, dictionary.dictionary()->length(),
                   [&](std::int64_t i, auto value) { values[static_cast<std::size_t>(i)] = value; });
  visit_indices(dictionary, begin, count, [&](std::int64_t i, std::int64_t index) {
    visit(i, index < 0 ? std::nullopt : values[static_cast<std::size_t>(index)]);
  });
}

/// Turns texts into codes, asking once per dictionary entry where the column is a dictionary.
class TextCoder {
 public:
  /// Calls emit(row_in_run, code) for each item; code_of(optional<string_view>) → T is asked for nulls, too.
  template <class CodeOf, class Emit>
  void visit(const arrow::Array& array, std::int64_t begin, std::int64_t count, CodeOf code_of, Emit emit) {
    if (array.type_id() != arrow::Type::DICTIONARY) {
      visit_plain_text(array, begin, count, [&](std::int64_t i, auto text) { emit(i, code_of(text)); });
      return;
    }
    const auto& coded = static_cast<const arrow::DictionaryArray&>(array);
    if (dictionary_ != coded.dictionary()) {
      dictionary_ = coded.dictionary();
      codes_.assign(static_cast<std::size_t>(dictionary_->length()), std::nullopt);
    }
    // Only entries that rows use are asked for: a dictionary may hold entries that no row has.
    visit_indices(coded, begin, count, [&](std::int64_t i, std::int64_t index) {
      if (index < 0) return emit(i, code_of(std::nullopt));
      auto& code = codes_[static_cast<std::size_t>(index)];
      if (!code) visit_plain_text(*dictionary_, index, 1, [&](std::int64_t, auto text) { code = code_of(text); });
      emit(i, *code);
    });
  }

 private:
  std::shared_ptr<arrow::Array> dictionary_;  // held, so that its address cannot come again
  std::vector<std::optional<std::int64_t>> codes_;
};

}  // namespace modelgate
