// SPDX-License-Identifier: Apache-2.0
#include "checks/groups.hpp"

#include <fmt/format.h>

#include <utility>

namespace modelgate {
namespace {

Result<const CategoryColumn*> column_of(const RowColumns& rows, const std::string& name) {
  const CategoryColumn* column = rows.category(name);
  if (column == nullptr || column->codes.size() != rows.rows)
    return data_error(fmt::format("Column \"{}\" is not among the slice and group columns that were read.", name));
  if (column->values.size() > max_groups)
    return data_error(fmt::format("Column \"{}\" has {} values; a slice or attribute may have at most {}.", name,
                                  column->values.size(), max_groups));
  return column;
}

void count_rows(Grouping& grouping) {
  for (const std::uint16_t code : grouping.codes)
    if (code < grouping.rows.size()) ++grouping.rows[code];
}

Grouping by_column(const CategoryColumn& column) {
  Grouping grouping;
  grouping.columns = {column.name};
  for (const std::string& value : column.values) grouping.values.push_back({value});
  grouping.rows.assign(column.values.size(), 0);
  grouping.codes = column.codes;
  count_rows(grouping);
  return grouping;
}

/// Only pairs that occur become groups; codes of both columns are sorted, so the pairs are, too.
Result<Grouping> by_crossing(const CategoryColumn& first, const CategoryColumn& second) {
  const std::size_t width = second.values.size();
  std::vector<std::size_t> pair_rows(first.values.size() * width, 0);
  for (std::size_t row = 0; row < first.codes.size(); ++row) ++pair_rows[first.codes[row] * width + second.codes[row]];

  Grouping grouping;
  grouping.columns = {first.name, second.name};
  std::vector<std::uint16_t> code_of_pair(pair_rows.size(), 0);
  for (std::size_t pair = 0; pair < pair_rows.size(); ++pair) {
    if (pair_rows[pair] == 0) continue;
    if (grouping.size() == max_groups)
      return data_error(fmt::format("\"{} & {}\" has more than {} groups; cross columns with fewer values.", first.name,
                                    second.name, max_groups));
    code_of_pair[pair] = static_cast<std::uint16_t>(grouping.size());
    grouping.values.push_back({first.values[pair / width], second.values[pair % width]});
    grouping.rows.push_back(pair_rows[pair]);
  }
  grouping.crossed.resize(first.codes.size());
  for (std::size_t row = 0; row < first.codes.size(); ++row)
    grouping.crossed[row] = code_of_pair[first.codes[row] * width + second.codes[row]];
  grouping.codes = grouping.crossed;
  return grouping;
}

}  // namespace

std::string Grouping::name(std::size_t group) const {
  return group < values.size() ? fmt::format("{}", fmt::join(values[group], ", ")) : std::string{};
}

Result<Grouping> make_grouping(const RowColumns& rows, const std::optional<Scope>& scope) {
  if (!scope || scope->columns.empty()) {
    Grouping all;
    all.rows = {rows.rows};
    return all;
  }
  if (scope->columns.size() > 2) return data_error(fmt::format("\"{}\" crosses more than two columns.", scope->text()));
  const Result<const CategoryColumn*> first = column_of(rows, scope->columns.front());
  if (!first) return std::unexpected(first.error());
  if (scope->columns.size() == 1) return by_column(**first);
  const Result<const CategoryColumn*> second = column_of(rows, scope->columns.back());
  if (!second) return std::unexpected(second.error());
  return by_crossing(**first, **second);
}

}  // namespace modelgate
