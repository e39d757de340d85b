// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gate/data/texts.hpp"

namespace modelgate {

/// Integers and booleans, whose textual form stands for them.
bool is_whole(const arrow::DataType& type);

/// Turns a column of texts, integers or booleans ("true", "false") into codes by each value's text.
class ValueCoder {
 public:
  /// The code of a text, or of a null.
  using CodeOf = std::function<std::int64_t(std::optional<std::string_view>)>;

  explicit ValueCoder(bool empty_is_null) : empty_is_null_(empty_is_null) {}

  /// Codes of the items [begin, begin + count), one a row, valid until the next call. code_of must not change its
  /// answers.
  const std::vector<std::int64_t>& codes(const arrow::Array& array, std::int64_t begin, std::int64_t count,
                                         const CodeOf& code_of);

 private:
  bool empty_is_null_;  // CSV has no other way to write a null
  TextCoder texts_;
  std::unordered_map<std::int64_t, std::int64_t> whole_;
  std::vector<std::int64_t> codes_;
};

/// Calls visit(row_in_run, optional text) for each item of a column of texts, integers or booleans.
void visit_as_text(const arrow::Array& array, std::int64_t begin, std::int64_t count,
                   const std::function<void(std::int64_t, std::optional<std::string_view>)>& visit);

}  // namespace modelgate
