// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "gate/core/error.hpp"
#include "gate/data/data_files.hpp"

namespace modelgate {

/// What the cells of a column are.
enum class ColumnKind { whole, decimal, boolean, text, list, other };

/// What the first rows of a table say of one column.
struct ColumnProfile {
  std::string name;
  ColumnKind kind = ColumnKind::other;
  std::string type;          ///< the file's word for it: "int64", "list<item: float>"
  std::size_t rows = 0;      ///< looked at
  std::size_t nulls = 0;     ///< null, NaN, or empty in CSV
  std::size_t distinct = 0;  ///< values, nulls aside; 0 for lists and other kinds
  double low = 0.0;          ///< numbers: smallest and largest; 0 where there is none
  double high = 0.0;
  bool whole_numbers = false;                               ///< numbers: all are whole
  std::size_t list_length = 0;                              ///< lists: the one length of all; 0: ragged
  std::vector<std::pair<std::string, std::size_t>> values;  ///< at most 64 distinct values as texts with their rows, by
                                                            ///< bytes; empty: more, or fractions

  bool is_number() const { return kind == ColumnKind::whole || kind == ColumnKind::decimal; }
  /// No two rows alike, none empty.
  bool unique() const { return rows > 0 && nulls == 0 && distinct == rows; }
  /// The rows of a value's text, 0 where it does not occur.
  std::size_t rows_of(std::string_view value) const;
};

/// What the first rows of a data file, glob or folder look like, column by column, in the file's order.
struct TableProfile {
  std::string written;  ///< the path as given
  DataFormat format = DataFormat::parquet;
  std::vector<std::string> files;
  std::size_t rows = 0;                 ///< looked at
  std::optional<std::size_t> all_rows;  ///< of all files, where known
  std::vector<ColumnProfile> columns;   ///< those of a name that no other column bears

  const ColumnProfile* find(std::string_view name) const;
};

/// Rows that a profile looks at, at most.
inline constexpr std::size_t most_profiled_rows = 100'000;

/// Profiles the table behind a path; what begins each message ("the dataset"). Errors are those of the files, and
/// tables without rows.
Result<TableProfile> profile_table(std::string_view what, const std::string& path, const std::string& written,
                                   std::span<const DataFormat> allowed);

/// Texts and their whole-number codes in a JSON object; nothing where the file is no such object.
std::optional<std::vector<std::pair<std::string, std::int64_t>>> vocabulary_in(const std::string& path);

}  // namespace modelgate
