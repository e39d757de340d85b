// SPDX-License-Identifier: Apache-2.0
#include "gate/data/columns.hpp"

#include <arrow/type.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fnmatch.h>

#include <algorithm>

namespace modelgate {
namespace {

constexpr std::size_t most_listed = 40;

std::string listed(std::span<const std::string> names) {
  if (names.size() <= most_listed) return fmt::format("{}", fmt::join(names, ", "));
  return fmt::format("{}, … ({} in all)", fmt::join(names.first(most_listed), ", "), names.size());
}

std::unexpected<Error> no_column(const std::string& wanted, std::span<const std::string> names, const std::string& file,
                                 std::string_view use) {
  const auto near = nearest_name(wanted, names);
  return data_error(fmt::format("{} has no column {} ({}){} Its columns: {}.", file, wanted, use,
                                near.empty() ? "." : fmt::format("; did you mean {}?", near), listed(names)));
}

}  // namespace

std::size_t ColumnSet::add(const std::string& name, ColumnUse use) {
  auto found = std::ranges::find(needs_, name, &ColumnNeed::name);
  if (found == needs_.end()) {
    ColumnNeed need;
    need.name = name;
    found = needs_.insert(needs_.end(), std::move(need));
  }
  found->as_decimal |= use == ColumnUse::decimal;
  found->as_integer |= use == ColumnUse::integer;
  found->as_text |= use == ColumnUse::text || use == ColumnUse::few_texts;
  found->few_values |= use == ColumnUse::few_texts;
  return static_cast<std::size_t>(found - needs_.begin());
}

void ColumnSet::fix_types(const std::vector<std::shared_ptr<arrow::DataType>>& types) {
  for (std::size_t i = 0; i < needs_.size(); ++i) needs_[i].type = types[i];
}

BoundColumn ColumnSet::bound(std::size_t index) const { return {needs_[index].name, index, needs_[index].type}; }

std::vector<std::string> column_names(const arrow::Schema& schema) { return schema.field_names(); }

Result<std::vector<std::string>> expand_columns(std::span<const std::string> wanted, std::span<const std::string> names,
                                                const std::string& file, std::string_view use) {
  std::vector<std::string> found;
  for (const auto& one : wanted) {
    const auto before = found.size();
    if (std::ranges::find(names, one) != names.end()) {
      found.push_back(one);
    } else if (one.find_first_of("*?[") != std::string::npos) {
      std::ranges::copy_if(names, std::back_inserter(found),
                           [&](const auto& name) { return ::fnmatch(one.c_str(), name.c_str(), 0) == 0; });
      if (found.size() == before) {
        return data_error(
            fmt::format("{}: the pattern {} ({}) matches no column. Its columns: {}.", file, one, use, listed(names)));
      }
    } else {
      return no_column(one, names, file, use);
    }
  }
  for (const auto& name : found) {
    if (std::ranges::count(found, name) > 1) {
      return data_error(fmt::format("{}: column {} comes twice in one list ({}); name it once.", file, name, use));
    }
    if (std::ranges::count(names, name) > 1) {
      return data_error(fmt::format("{} has several columns named {} ({}); give each its own name.", file, name, use));
    }
  }
  return found;
}

std::string type_name(const arrow::DataType& type) { return type.ToString(); }

}  // namespace modelgate
