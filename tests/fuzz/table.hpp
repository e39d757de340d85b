// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arrow/api.h>

#include <string>
#include <vector>

#include "gate/data/table_source.hpp"
#include "tests/fuzz/target.hpp"

namespace modelgate::fuzz {

/// The first columns, each in turn as another kind of need; those that share a name cannot be asked for.
inline std::vector<ColumnNeed> needs_of(const arrow::Schema& schema) {
  constexpr int most = 16;
  std::vector<ColumnNeed> needs;
  for (int i = 0; i < std::min(schema.num_fields(), most); ++i) {
    const std::string& name = schema.field(i)->name();
    if (schema.GetAllFieldIndices(name).size() != 1) continue;
    needs.push_back({.name = name,
                     .as_decimal = i % 4 == 0,
                     .as_integer = i % 4 == 1,
                     .as_text = i % 4 == 2,
                     .few_values = i % 4 == 3});
  }
  return needs;
}

/// Reads a whole table: sound batches with the columns asked for and the rows promised, or an error that says
/// something.
inline void read_table(const std::string& path, DataFormat format) {
  auto source = TableSource::open(path, format);
  if (!source) return require_words(source.error());
  const auto needs = needs_of((*source)->schema());
  if (needs.empty()) return;
  const auto types = (*source)->select(needs);
  if (!types) return require_words(types.error());
  require(types->size() == needs.size());
  for (std::size_t rows = 0;;) {
    const auto batch = (*source)->next();
    if (!batch) return require_words(batch.error());
    if (*batch == nullptr) return require((*source)->rows().value_or(rows) == rows);
    require((*batch)->num_rows() > 0 && (*batch)->num_columns() == static_cast<int>(needs.size()));
    require((*batch)->Validate().ok());
    rows += static_cast<std::size_t>((*batch)->num_rows());
  }
}

}  // namespace modelgate::fuzz
