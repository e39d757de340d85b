// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arrow/type_fwd.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gate/core/error.hpp"
#include "gate/data/table_source.hpp"

namespace modelgate {

enum class ColumnUse { decimal, integer, text, few_texts };

/// A column as bound to a file's stream: its place in every batch and its type.
struct BoundColumn {
  std::string name;
  std::size_t index = 0;                  ///< column of the batches
  std::shared_ptr<arrow::DataType> type;  ///< as the batches have it
};

/// Columns asked for, each read once however many uses it has.
class ColumnSet {
 public:
  /// Registers a use and returns the column's place in every batch.
  std::size_t add(const std::string& name, ColumnUse use);
  const std::vector<ColumnNeed>& needs() const { return needs_; }
  /// From now on files must have these types.
  void fix_types(const std::vector<std::shared_ptr<arrow::DataType>>& types);
  BoundColumn bound(std::size_t index) const;

 private:
  std::vector<ColumnNeed> needs_;
};

/// The column names of a file, in its order.
std::vector<std::string> column_names(const arrow::Schema& schema);

/// Names or patterns ("v*") as columns of the file, patterns in the file's column order; use ("an input") stands in the
/// errors: no such column, a pattern without match, a column twice, a name that several columns of the file bear.
Result<std::vector<std::string>> expand_columns(std::span<const std::string> wanted, std::span<const std::string> names,
                                                const std::string& file, std::string_view use);

/// Text form of a type for people: decimal128(10, 2), list<item: float>.
std::string type_name(const arrow::DataType& type);

}  // namespace modelgate
