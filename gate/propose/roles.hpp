// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gate/core/check_spec.hpp"
#include "gate/core/error.hpp"
#include "gate/data/profile.hpp"

namespace modelgate::propose {

/// What a person said, in place of guesses.
struct Hints {
  std::vector<std::string> labels;  ///< --label; several: multilabel
  std::string id;
  std::optional<Task> task;
};

/// A guess with its reason; not sure: it is to be looked at.
struct Why {
  std::string text;
  bool sure = true;
};

/// What each column of the golden rows is taken to be.
struct Roles {
  Task task = Task::binary;
  Why task_why;
  std::vector<std::string> labels;  ///< one; several for multilabel
  Why label_why;
  std::optional<std::string> positive;  ///< binary labels that are not 0 and 1
  Why positive_why;
  std::vector<std::string> classes;  ///< multiclass labels that are not 0 … k-1, by bytes
  std::string id;
  Why id_why;
  std::string weight;
  std::string cluster;
  std::string query;
  std::vector<std::string> attributes;  ///< groups that bias checks compare
  std::vector<std::string> slices;
  std::vector<std::string> numbers;  ///< what is left for the models' inputs, in the file's order
  std::vector<std::string> texts;
  std::vector<std::string> lists;
  std::vector<std::string> left_out;  ///< "empty: all null": columns of no use, with why
  std::vector<std::string> notes;     ///< sensitive columns that cannot be compared as they are, a sentence each
};

/// The label columns and why; a usage error that lists the columns where nothing speaks for one.
struct LabelChoice {
  std::vector<std::string> columns;
  Why why;
};
Result<LabelChoice> choose_label(const TableProfile& golden, const std::vector<const TableProfile*>& predictions,
                                 const Hints& hints, const std::vector<std::string>& taken);

/// The roles of all columns; predictions: tables of recorded predictions, whose columns speak, too; scores: golden
/// columns that are a model's output.
Result<Roles> choose_roles(const TableProfile& golden, const std::vector<const TableProfile*>& predictions,
                           const std::vector<std::string>& scores, const Hints& hints);

}  // namespace modelgate::propose
