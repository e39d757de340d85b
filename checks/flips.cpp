// SPDX-License-Identifier: Apache-2.0
#include "checks/flips.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "checks/cells.hpp"
#include "checks/groups.hpp"
#include "checks/multilabel.hpp"
#include "gate/core/policy.hpp"

namespace modelgate {
namespace {

constexpr std::size_t most_slices = 5;
constexpr std::size_t fewest_flips = 2;  // one row is an anecdote, and points at a person

constexpr double worth_naming = 1.1;  // times the overall share; less is no concentration

enum class Change : std::uint8_t { none, right_to_wrong, wrong_to_right };

/// Which rows a metric is about: all of them, those of the class, or those of every other class.
enum class About { all, of_class, of_others };

Change change_of(bool candidate, bool production) {
  if (candidate == production) return Change::none;
  return production ? Change::right_to_wrong : Change::wrong_to_right;
}

std::vector<Change> changes_of_bits(const ScoreTable& table) {
  const auto candidate = all_labels_right(table, Role::candidate);
  const auto production = all_labels_right(table, Role::production);
  if (!candidate || !production) return {};
  std::vector<Change> changes(table.rows.rows);
  for (std::size_t row = 0; row < changes.size(); ++row)
    changes[row] = change_of((*candidate)[row] != 0, (*production)[row] != 0);
  return changes;
}

std::vector<Change> changes_of_classes(const ScoreTable& table) {
  if (table.rows.label_class.size() != table.rows.rows) return {};
  const auto joint = joint_codes(table, {true, true});
  if (!joint) return {};
  const auto classes = static_cast<std::uint32_t>(joint->classes);
  std::vector<Change> changes(joint->codes.size());
  for (std::size_t row = 0; row < changes.size(); ++row) {
    const std::uint32_t code = joint->codes[row];
    const std::uint32_t label = code / classes / classes;
    changes[row] = change_of(code / classes % classes == label, code % classes == label);
  }
  return changes;
}

std::vector<Change> changes_of(const ScoreTable& table) {
  if (!table.model(Role::candidate).usable() || !table.model(Role::production).usable()) return {};
  switch (table.task) {
    case Task::binary:
    case Task::multiclass: return changes_of_classes(table);
    case Task::multilabel: return changes_of_bits(table);
    case Task::regression:
    case Task::ranking: return {};
  }
  return {};
}

About about(const std::string& metric) {
  const auto is = [&](auto... names) { return ((metric == names) || ...); };
  if (is("recall", "tpr", "fnr")) return About::of_class;
  return is("tnr", "fpr", "specificity") ? About::of_others : About::all;
}

/// The rows of one result, as a mask's three parts: its slice's group, its metric's class.
class RowsOf {
 public:
  RowsOf(const ScoreTable& table, const CheckResult& result) : rows_(table.rows) {
    for (const auto& [name, value] : result.slice) {
      const CategoryColumn* const column = rows_.category(name);
      const auto found = column == nullptr ? std::vector<std::string>::const_iterator{}
                                           : std::ranges::lower_bound(column->values, value);
      if (column == nullptr || found == column->values.end() || *found != value) {
        none_ = true;
        return;
      }
      codes_.emplace_back(column, static_cast<std::uint16_t>(found - column->values.begin()));
    }
    if (table.task == Task::multilabel) return;
    about_ = about(result.planned.metric);
    if (result.planned.klass.empty()) {
      if (table.task != Task::binary) about_ = About::all;
      return;
    }
    const auto klass = std::ranges::find(rows_.class_names, result.planned.klass);
    if (klass == rows_.class_names.end())
      about_ = About::all;
    else
      class_ = static_cast<std::int32_t>(klass - rows_.class_names.begin());
  }

  bool operator()(std::size_t row) const {
    if (none_) return false;
    for (const auto& [column, code] : codes_)
      if (column->codes[row] != code) return false;
    return about_ == About::all || (rows_.label_class[row] == class_) == (about_ == About::of_class);
  }

 private:
  const RowColumns& rows_;
  std::vector<std::pair<const CategoryColumn*, std::uint16_t>> codes_;
  About about_ = About::all;
  std::int32_t class_ = 1;
  bool none_ = false;
};

/// Flips that the slice value's rows would have at the overall share.
double fair_share(const FlipSlice& slice, const Flips& flips) {
  return static_cast<double>(slice.rows) * static_cast<double>(flips.right_to_wrong) / static_cast<double>(flips.rows);
}

double excess(const FlipSlice& slice, const Flips& flips) {
  return static_cast<double>(slice.right_to_wrong) - fair_share(slice, flips);
}

void add_slices(Flips& flips, const CategoryColumn& column, const std::vector<std::array<std::size_t, 2>>& counts,
                std::size_t suppress_below) {
  for (std::size_t value = 0; value < counts.size(); ++value) {
    const auto [rows, lost] = counts[value];
    if (lost < std::max(fewest_flips, suppress_below)) continue;
    FlipSlice slice{column.name, column.values[value], lost, rows};
    if (static_cast<double>(slice.right_to_wrong) >= worth_naming * fair_share(slice, flips))
      flips.slices.push_back(std::move(slice));
  }
}

Flips count_flips(const ScoreTable& table, const std::vector<Change>& changes, const CheckResult& result,
                  std::size_t suppress_below) {
  const RowsOf concerns(table, result);
  const auto& columns = table.rows.categories;
  std::vector<std::vector<std::array<std::size_t, 2>>> counts;  // by column and value: rows, right to wrong
  counts.reserve(columns.size());
  for (const CategoryColumn& column : columns) counts.emplace_back(column.values.size(), std::array<std::size_t, 2>{});
  Flips flips;
  for (std::size_t row = 0; row < changes.size(); ++row) {
    if (!concerns(row)) continue;
    ++flips.rows;
    const bool lost = changes[row] == Change::right_to_wrong;
    flips.right_to_wrong += lost;
    flips.wrong_to_right += changes[row] == Change::wrong_to_right;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      auto& count = counts[i][columns[i].codes[row]];
      ++count[0];
      count[1] += lost;
    }
  }
  for (std::size_t i = 0; i < columns.size(); ++i) add_slices(flips, columns[i], counts[i], suppress_below);
  std::ranges::stable_sort(flips.slices, std::greater<>{}, [&](const FlipSlice& one) { return excess(one, flips); });
  if (flips.slices.size() > most_slices) flips.slices.resize(most_slices);
  return flips;
}

/// A result on one label of several is about that label alone.
Flips flips_of_label(const ScoreTable& table, const CheckResult& result, std::size_t suppress_below) {
  const auto& names = table.rows.class_names;
  const auto label = std::ranges::find(names, result.planned.klass);
  if (label == names.end()) return {};
  const Result<ScoreTable> alone = table_of_label(table, static_cast<std::size_t>(label - names.begin()));
  if (!alone) return {};
  CheckResult binary = result;
  binary.planned.klass.clear();
  return count_flips(*alone, changes_of(*alone), binary, suppress_below);
}

}  // namespace

std::vector<std::size_t> flipped_rows(const ScoreTable& table) {
  std::vector<std::size_t> rows;
  const std::vector<Change> changes = changes_of(table);
  for (std::size_t row = 0; row < changes.size(); ++row)
    if (changes[row] == Change::right_to_wrong) rows.push_back(row);
  return rows;
}

bool is_broken_comparison(const CheckResult& result) {
  const bool judged = result.outcome == Outcome::fail || result.outcome == Outcome::inconclusive;
  const CheckSpec* const spec = result.planned.spec;
  return result.blocking && judged && is_of_rows(result.planned.family) && spec != nullptr && !spec->needs_scores;
}

void explain_flips(const ScoreTable& table, std::span<CheckResult> results, std::size_t suppress_below) {
  if (std::ranges::none_of(results, is_broken_comparison)) return;
  const std::vector<Change> changes = changes_of(table);
  if (changes.empty()) return;
  // Limits on one metric in one place ask the same question; only different questions cost a pass over the rows.
  std::map<std::string, Flips> answered;
  for (CheckResult& result : results) {
    if (!is_broken_comparison(result)) continue;
    std::string question = std::to_string(static_cast<int>(about(result.planned.metric))) + "\n" + result.planned.klass;
    for (const auto& [column, value] : result.slice) question.append("\n").append(column).append("\n").append(value);
    auto known = answered.find(question);
    if (known == answered.end()) {
      const bool of_label = table.task == Task::multilabel && !result.planned.klass.empty();
      known = answered
                  .emplace(std::move(question), of_label ? flips_of_label(table, result, suppress_below)
                                                         : count_flips(table, changes, result, suppress_below))
                  .first;
    }
    result.flips = known->second;
  }
}

}  // namespace modelgate
