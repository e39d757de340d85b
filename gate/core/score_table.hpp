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
#include "gate/core/repeats.hpp"

namespace modelgate {

/// A slice or attribute column: a code per row into the sorted distinct values; a null is "(missing)".
struct CategoryColumn {
  std::string name;
  std::vector<std::string> values;   ///< sorted bytewise, at most 1,000
  std::vector<std::uint16_t> codes;  ///< one a row
};

/// Units that rows belong to (clusters, queries): a code per row into the distinct units, numbered as first seen.
struct UnitColumn {
  std::string name;
  std::vector<std::uint64_t> keys;   ///< one a unit: hash of its value, the same for any row order
  std::vector<std::uint32_t> codes;  ///< one a row

  bool empty() const { return codes.empty(); }
  std::size_t size() const { return keys.size(); }
};

/// What the golden rows themselves say; models never see it.
struct RowColumns {
  std::size_t rows = 0;
  std::vector<std::uint64_t> id_hash;     ///< empty when the id is the row number
  std::vector<std::int32_t> label_class;  ///< binary: 0/1; multiclass: index into class_names
  std::vector<double> label_value;        ///< regression; ranking: the relevance of the row
  std::vector<std::uint8_t> label_bits;   ///< multilabel: rows × labels, row-major, 0 or 1; the names in class_names
  std::vector<std::string> class_names;   ///< multiclass: in output order; multilabel: the labels
  std::vector<double> weight;             ///< empty: every row weighs 1
  UnitColumn cluster;                     ///< empty: every row is its own unit
  UnitColumn query;                       ///< ranking only
  std::vector<CategoryColumn> categories;
  std::vector<std::string> id_text;  ///< ids as read; only for reports.row_evidence: plain with an id column

  const CategoryColumn* category(std::string_view name) const;
};

/// Numbers of a model at the precision they came in, rows × width, row-major.
using Scores = std::variant<std::vector<float>, std::vector<double>>;

/// One model's outputs aligned with the rows, at the precision they came in.
struct Predictions {
  OutputKind kind = OutputKind::probability;  ///< logit has become probability when stored
  std::size_t width = 1;  ///< scores a row; binary, value and ranking: 1; multiclass: classes; multilabel: labels
  Scores scores;          ///< rows × width, row-major; empty for klass
  std::vector<std::int32_t> classes;  ///< kind klass: class index (binary 0/1) a row; multilabel: 0/1, rows × width
  double positive_threshold = 0.5;    ///< compared at the scores' own precision, score >= threshold
  std::optional<Error> error;         ///< set: this model could not be evaluated; the columns are not to be read
  bool present = false;               ///< false: no such model in this run

  bool usable() const { return present && !error; }
};

/// A few compact columns per golden row, aligned by row; O(rows) memory, at most 32 bytes a row for a binary task.
struct ScoreTable {
  Task task = Task::binary;
  RowColumns rows;
  std::array<Predictions, 2> models;  ///< by Role
  /// By Role: a live model that was given rows again, its answers held to each tolerance; empty: it was not.
  std::array<std::vector<RepeatedOutputs>, 2> repeated{};

  const Predictions& model(Role role) const { return models[index_of(role)]; }
};

}  // namespace modelgate
