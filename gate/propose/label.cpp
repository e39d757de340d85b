// SPDX-License-Identifier: Apache-2.0
// Which column holds the true answers: what was said, what the predictions show, what the name says, where it stands.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "gate/propose/names.hpp"
#include "gate/propose/roles.hpp"

namespace modelgate::propose {
namespace {

constexpr int last_column = 50;
constexpr int two_values = 20;
constexpr int few_texts = 10;
constexpr int enough = 50;
constexpr int by_name = 80;
constexpr std::size_t most_listed = 40;

std::string columns_text(const TableProfile& golden) {
  std::vector<std::string> names(golden.columns.size());
  std::ranges::transform(golden.columns, names.begin(), &ColumnProfile::name);
  if (names.size() <= most_listed) return fmt::format("{}", fmt::join(names, ", "));
  return fmt::format("{}, … ({} in all)", fmt::join(std::span(names).first(most_listed), ", "), names.size());
}

bool is_bit(const ColumnProfile& column) {
  if (column.kind == ColumnKind::boolean) return true;
  return column.is_number() && column.whole_numbers && column.low >= 0 && column.high <= 1;
}

/// Columns of the predictions that golden columns of 0 and 1 bear, too: those are the labels.
std::vector<std::string> shared_bits(const TableProfile& golden, const TableProfile& predictions) {
  std::vector<std::string> shared;
  for (const ColumnProfile& column : golden.columns) {
    if (is_bit(column) && predictions.find(column.name) != nullptr) shared.push_back(column.name);
  }
  return shared;
}

/// The golden text column whose values name columns of the predictions.
std::string column_of_classes(const TableProfile& golden, const TableProfile& predictions) {
  for (const ColumnProfile& column : golden.columns) {
    const bool named = column.values.size() >= 3 && std::ranges::all_of(column.values, [&](const auto& value) {
                         return predictions.find(value.first) != nullptr;
                       });
    if (named) return column.name;
  }
  return {};
}

int grade_of(const ColumnProfile& column, const ColumnProfile& last) {
  if (column.distinct < 2 || column.kind == ColumnKind::list || column.kind == ColumnKind::other) return 0;
  const bool few = column.kind == ColumnKind::text && !column.values.empty() && 4 * column.distinct <= column.rows;
  if (column.kind == ColumnKind::text && !few) return 0;
  int grade = label_grade(column.name);
  const bool question = grade > 0 && grade < enough;
  if (question && column.distinct != 2) grade = 0;
  if (&column == &last) grade += last_column;
  if (column.distinct == 2) grade += two_values;
  return grade + (few ? few_texts : 0);
}

Result<LabelChoice> by_content(const TableProfile& golden, const std::vector<std::string>& taken) {
  const ColumnProfile* best = nullptr;
  int best_grade = 0;
  for (const ColumnProfile& column : golden.columns) {
    if (contains(taken, column.name)) continue;
    const int grade = names_an_attribute(column.name) ? 0 : grade_of(column, golden.columns.back());
    if (grade > best_grade || (grade == best_grade && grade > 0)) best = &column;
    best_grade = std::max(grade, best_grade);
  }
  if (best == nullptr || best_grade < enough) {
    return usage_error(
        fmt::format("modelgate init: no column of {} looks like the label, the true answers. Name it: --label COLUMN "
                    "(several by commas for multilabel). Its columns: {}.",
                    golden.written, columns_text(golden)));
  }
  const bool named = label_grade(best->name) >= by_name;
  return LabelChoice{{best->name}, {named ? "its name says so" : "a guess by place and values", named}};
}

Result<LabelChoice> as_said(const TableProfile& golden, const Hints& hints) {
  for (const std::string& name : hints.labels) {
    if (golden.find(name) != nullptr) continue;
    return usage_error(fmt::format("modelgate init: --label {}: {} has no such column. Its columns: {}.", name,
                                   golden.written, columns_text(golden)));
  }
  return LabelChoice{hints.labels, {"as --label says", true}};
}

}  // namespace

Result<LabelChoice> choose_label(const TableProfile& golden, const std::vector<const TableProfile*>& predictions,
                                 const Hints& hints, const std::vector<std::string>& taken) {
  if (!hints.labels.empty()) return as_said(golden, hints);
  for (const TableProfile* table : predictions) {
    if (auto shared = shared_bits(golden, *table); shared.size() >= 2)
      return LabelChoice{std::move(shared), {"the predictions bear the same names", true}};
    if (auto column = column_of_classes(golden, *table); !column.empty())
      return LabelChoice{{std::move(column)}, {"the predictions have a column for each of its values", true}};
  }
  return by_content(golden, taken);
}

}  // namespace modelgate::propose
