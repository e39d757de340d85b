// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "gate/data/profile.hpp"

namespace modelgate::propose::test {

inline constexpr std::size_t row_count = 1000;

/// A column of numbers between low and high with so many distinct values.
inline ColumnProfile number(std::string name, double low = -1.5, double high = 2.5, std::size_t distinct = 900) {
  ColumnProfile column{.name = std::move(name), .kind = ColumnKind::decimal, .type = "double", .rows = row_count};
  column.distinct = distinct;
  column.low = low;
  column.high = high;
  return column;
}

/// Whole numbers 0 … values-1, evenly.
inline ColumnProfile whole(std::string name, std::size_t values) {
  ColumnProfile column = number(std::move(name), 0.0, static_cast<double>(values) - 1, values);
  column.kind = ColumnKind::whole;
  column.type = "int64";
  column.whole_numbers = true;
  for (std::size_t i = 0; values <= 64 && i < values; ++i)
    column.values.emplace_back(std::to_string(i), row_count / values);
  return column;
}

/// Texts with their rows.
inline ColumnProfile texts(std::string name, std::vector<std::pair<std::string, std::size_t>> values) {
  ColumnProfile column{.name = std::move(name), .kind = ColumnKind::text, .type = "string", .rows = row_count};
  column.distinct = values.size();
  column.values = std::move(values);
  return column;
}

/// A text of its own in every row.
inline ColumnProfile own_texts(std::string name) {
  ColumnProfile column = texts(std::move(name), {});
  column.distinct = row_count;
  return column;
}

inline TableProfile table(std::vector<ColumnProfile> columns) {
  TableProfile profile;
  profile.written = "golden.parquet";
  profile.rows = row_count;
  profile.all_rows = row_count;
  profile.columns = std::move(columns);
  return profile;
}

}  // namespace modelgate::propose::test
