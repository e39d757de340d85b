// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gate/core/error.hpp"
#include "gate/core/plan.hpp"

namespace modelgate {

/// A slice or attribute column: a code per row into the sorted distinct values; a null is "(missing)".
struct CategoryColumn {
  std::string name;
  std::vector<std::string> values;   ///< sorted bytewise, at most 1,000
  std::vector<std::uint16_t> codes;  ///< one a row
};

/// What the golden rows themselves say; models never see it.
struct RowColumns {
  std::size_t rows = 0;
  std::vector<std::uint64_t> id_hash;     ///< empty when the id is the row number
  std::vector<std::int32_t> label_class;  ///< binary: 0/1; multiclass: index into class_names
  std::vector<double> label_value;        ///< regression
  std::vector<std::string> class_names;   ///< multiclass: in output order
  std::vector<double> weight;             ///< empty: every row weighs 1
  std::vector<CategoryColumn> categories;

  const CategoryColumn* category(std::string_view name) const;
};

/// One model's outputs aligned with the rows, at the precision they came in.
struct Predictions {
  OutputKind kind = OutputKind::probability;  ///< logit has become probability when stored
  std::size_t width = 1;                      ///< scores a row; binary and value: 1; multiclass: classes
  std::variant<std::vector<float>, std::vector<double>> scores;  ///< rows × width, row-major; empty for klass
  std::vector<std::int32_t> classes;                             ///< kind klass: class index (binary 0/1) a row
  double positive_threshold = 0.5;  ///< compared at the scores' own precision, score >= threshold
  std::optional<Error> error;       ///< set: this model could not be evaluated; the columns are not to be read
  bool present = false;             ///< false: no such model in this run

  bool usable() const { return present && !error; }
};

/// A few compact columns per golden row, aligned by row; O(rows) memory, at most 32 bytes a row for a binary task.
struct ScoreTable {
  Task task = Task::binary;
  RowColumns rows;
  std::array<Predictions, 2> models;  ///< by Role

  const Predictions& model(Role role) const { return models[index_of(role)]; }
};

}  // namespace modelgate
