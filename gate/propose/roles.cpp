// SPDX-License-Identifier: Apache-2.0
#include "gate/propose/roles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gate/propose/names.hpp"

namespace modelgate::propose {
namespace {

constexpr std::size_t most_groups = 12;  // of a slice or attribute
constexpr std::size_t most_slices = 4;
constexpr std::size_t most_class_indexes = 20;

/// A name that a line of the gate file can bear; spaces at the edges are not kept there around the columns of a slice.
bool is_plain_name(std::string_view name) {
  return !name.empty() && name.front() != ' ' && name.back() != ' ' && fits_a_line(name);
}

class RoleChooser {
 public:
  RoleChooser(const TableProfile& golden, const std::vector<const TableProfile*>& predictions,
              const std::vector<std::string>& scores, const Hints& hints)
      : golden_(golden), predictions_(predictions), hints_(hints), taken_(scores) {}

  Result<Roles> choose() {
    if (auto id = choose_id(); !id) return std::unexpected(id.error());
    choose_units();
    const auto label = choose_label(golden_, predictions_, hints_, taken_);
    if (!label) return std::unexpected(label.error());
    roles_.labels = label->columns;
    roles_.label_why = label->why;
    taken_.insert(taken_.end(), label->columns.begin(), label->columns.end());
    if (auto task = choose_task(); !task) return std::unexpected(task.error());
    if (roles_.task == Task::binary) choose_positive();
    if (roles_.task == Task::ranking) drop_what_ranking_ignores();
    if (roles_.task != Task::ranking) roles_.query.clear();
    choose_groups();
    choose_features();
    return roles_;
  }

 private:
  /// Recorded predictions are joined by it, so it must stand there, too.
  bool in_predictions(const std::string& name) const {
    return std::ranges::all_of(predictions_, [&](const TableProfile* table) { return table->find(name) != nullptr; });
  }

  static bool can_be_key(const ColumnProfile& column) {
    return column.unique() && (column.kind == ColumnKind::text || column.kind == ColumnKind::whole);
  }

  Result<void> choose_id() {
    if (!hints_.id.empty()) {
      if (golden_.find(hints_.id) == nullptr)
        return usage_error(fmt::format("modelgate init: --id {}: {} has no such column.", hints_.id, golden_.written));
      return take_id(hints_.id, {"as --id says", true});
    }
    for (const ColumnProfile& column : golden_.columns) {
      if (!predictions_.empty() && can_be_key(column) && in_predictions(column.name))
        return take_id(column.name, {"unique, and in the predictions, too", true});
    }
    for (const bool named : {true, false}) {
      for (const ColumnProfile& column : golden_.columns) {
        if (!can_be_key(column) || contains(taken_, column.name) || !predictions_.empty()) continue;
        if (named && (names_a_key(column.name) || names_a_unit(column.name)))
          return take_id(column.name, {"unique in every row", true});
        if (!named && column.kind == ColumnKind::text && label_grade(column.name) == 0)
          return take_id(column.name, {"a text of its own in every row", false});
      }
    }
    return {};
  }

  Result<void> take_id(const std::string& name, Why why) {
    roles_.id = name;
    roles_.id_why = std::move(why);
    taken_.push_back(name);
    return {};
  }

  void choose_units() {
    for (const ColumnProfile& column : golden_.columns) {
      if (contains(taken_, column.name) || contains(hints_.labels, column.name)) continue;
      const bool full = column.nulls == 0 && column.distinct > 1;
      const bool repeats = column.distinct < column.rows;
      const bool discrete = column.kind == ColumnKind::text || column.kind == ColumnKind::whole;
      if (roles_.weight.empty() && names_a_weight(column.name) && column.is_number() && full && column.low > 0)
        roles_.weight = column.name;
      else if (roles_.query.empty() && names_a_query(column.name) && discrete && full && repeats)
        roles_.query = column.name;
      else if (roles_.cluster.empty() && names_a_unit(column.name) && discrete && full && repeats)
        roles_.cluster = column.name;
      else
        continue;
      taken_.push_back(column.name);
    }
  }

  Result<void> choose_task() {
    if (const auto& said = hints_.task) {
      if (*said == Task::ranking && roles_.query.empty())
        return usage_error(
            fmt::format("modelgate init: --task ranking needs a column that says which rows are ranked against each "
                        "other, and none of {} is named as one. Name it query, query_id or qid.",
                        golden_.written));
      roles_.task = *said;
      roles_.task_why = {"as --task says", true};
      return finish_task(*golden_.find(roles_.labels.front()));
    }
    const ColumnProfile& label = *golden_.find(roles_.labels.front());
    const bool indexes = label.whole_numbers && label.low == 0 && label.distinct <= most_class_indexes &&
                         label.high == static_cast<double>(label.distinct) - 1;
    if (roles_.labels.size() > 1 || label.kind == ColumnKind::list) {
      roles_.task = Task::multilabel;
      roles_.task_why = {"several labels a row", true};
    } else if (!roles_.query.empty() && label.is_number() && label.low >= 0) {
      roles_.task = Task::ranking;
      roles_.task_why = {fmt::format("{} says which rows are ranked against each other", roles_.query), true};
    } else if (label.distinct < 2) {
      return data_error(
          fmt::format("modelgate init: the label {} has {} in the first {} rows of {}: nothing can be "
                      "judged. Name another by --label, or give rows of every kind.",
                      label.name, label.distinct == 0 ? "no value" : "a single value", label.rows, golden_.written));
    } else if (label.distinct == 2) {
      roles_.task = Task::binary;
      roles_.task_why = {"the label has two values", true};
    } else if (label.kind == ColumnKind::text) {
      roles_.task = Task::multiclass;
      roles_.task_why = {fmt::format("the label has {} values", label.distinct), true};
    } else if (indexes && !predicts_fractions()) {
      roles_.task = Task::multiclass;
      roles_.task_why = {
          fmt::format("the label counts from 0 to {:.0f}; numbers to be estimated? regression", label.high), false};
    } else {
      roles_.task = Task::regression;
      roles_.task_why = {"the label is a number", true};
    }
    return finish_task(label);
  }

  /// Recorded predictions of one column that are no whole numbers estimate a number.
  bool predicts_fractions() const {
    if (predictions_.empty()) return false;
    std::size_t numbers = 0;
    bool fractions = false;
    for (const ColumnProfile& column : predictions_.front()->columns) {
      if (column.name == roles_.id || !column.is_number()) continue;
      ++numbers;
      fractions |= !column.whole_numbers;
    }
    return numbers == 1 && fractions;
  }

  Result<void> finish_task(const ColumnProfile& label) {
    if (roles_.task != Task::multiclass) return {};
    if (label.kind != ColumnKind::text && label.whole_numbers && label.low == 0 &&
        label.high == static_cast<double>(label.distinct) - 1)
      return {};
    if (label.values.empty())
      return data_error(
          fmt::format("modelgate init: the label {} has {} values, too many classes to list. Name "
                      "another by --label.",
                      label.name, label.distinct));
    for (const auto& [value, rows] : label.values) roles_.classes.push_back(value);
    return {};
  }

  /// Queries are its units, and all count alike.
  void drop_what_ranking_ignores() {
    for (std::string* column : {&roles_.weight, &roles_.cluster}) {
      if (!column->empty()) roles_.notes.push_back(*column + " is not used: a ranking counts queries, each alike.");
      column->clear();
    }
  }

  void choose_positive() {
    const ColumnProfile& label = *golden_.find(roles_.labels.front());
    if (label.kind == ColumnKind::boolean || label.values.size() != 2) return;
    if (label.rows_of("0") > 0 && label.rows_of("1") > 0) return;
    const auto& [first, second] = std::pair(label.values[0], label.values[1]);
    if (says_yes(first.first) != says_yes(second.first)) {
      roles_.positive = says_yes(first.first) ? first.first : second.first;
      roles_.positive_why = {"by its name", true};
    } else if (says_no(first.first) != says_no(second.first)) {
      roles_.positive = says_no(first.first) ? second.first : first.first;
      roles_.positive_why = {"the other value says no", true};
    } else if (label.is_number()) {
      roles_.positive = label.low == std::stod(first.first) ? second.first : first.first;
      roles_.positive_why = {"the larger number", false};
    } else {
      roles_.positive = first.second <= second.second ? first.first : second.first;
      roles_.positive_why = {"the rarer value", false};
    }
  }

  /// " & " would read as a crossing of two columns.
  static bool can_be_group(const ColumnProfile& column) {
    const bool discrete =
        column.kind == ColumnKind::text || column.kind == ColumnKind::boolean || column.kind == ColumnKind::whole;
    return discrete && column.distinct >= 2 && column.distinct <= most_groups && !column.values.empty() &&
           is_plain_name(column.name) && column.name.find('&') == std::string::npos;
  }

  void choose_groups() {
    for (const ColumnProfile& column : golden_.columns) {
      if (contains(taken_, column.name) || column.distinct < 2) continue;
      if (!can_be_group(column)) {
        if (names_an_attribute(column.name) && column.kind != ColumnKind::list) note_groups(column);
        continue;
      }
      if (names_an_attribute(column.name))
        roles_.attributes.push_back(column.name);
      else if (column.kind != ColumnKind::whole && roles_.slices.size() < most_slices)
        roles_.slices.push_back(column.name);
    }
  }

  void note_groups(const ColumnProfile& column) {
    const bool many = column.distinct > most_groups || column.values.empty();
    roles_.notes.push_back(
        fmt::format("{} is no group as it is ({}): to compare its groups add a column of few texts to the golden rows.",
                    column.name, many ? fmt::format("{} values", column.distinct) : "of type " + column.type));
  }

  void choose_features() {
    for (const ColumnProfile& column : golden_.columns) {
      if (contains(taken_, column.name)) continue;
      if (column.kind != ColumnKind::list && column.kind != ColumnKind::other && column.distinct == 0)
        roles_.left_out.push_back(column.name + ": empty in every row");
      else if (column.is_number() || column.kind == ColumnKind::boolean)
        roles_.numbers.push_back(column.name);
      else if (column.kind == ColumnKind::list)
        roles_.lists.push_back(column.name);
      else if (column.kind == ColumnKind::text)
        roles_.texts.push_back(column.name);
      else
        roles_.left_out.push_back(fmt::format("{}: a {} is no input", column.name, column.type));
    }
  }

  const TableProfile& golden_;
  const std::vector<const TableProfile*>& predictions_;
  const Hints& hints_;
  std::vector<std::string> taken_;
  Roles roles_;
};

}  // namespace

Result<Roles> choose_roles(const TableProfile& golden, const std::vector<const TableProfile*>& predictions,
                           const std::vector<std::string>& scores, const Hints& hints) {
  return RoleChooser(golden, predictions, scores, hints).choose();
}

}  // namespace modelgate::propose
