// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gate/core/plan.hpp"
#include "gate/core/score_table.hpp"
#include "gate/data/profile.hpp"

namespace modelgate::propose {

/// What some outputs of a model look like.
struct OutputFacts {
  std::size_t width = 1;  ///< numbers a row
  double low = 0.0;
  double high = 0.0;
  bool whole = false;        ///< all are whole numbers
  bool sums_to_one = false;  ///< the numbers of each row
};

/// rows × width numbers, row-major.
OutputFacts facts_of(std::span<const double> numbers, std::size_t width);
/// Of recorded columns.
OutputFacts facts_of(const std::vector<const ColumnProfile*>& columns);

/// How outputs that look so are to be read.
OutputKind kind_of(const OutputFacts& facts, Task task);

/// How well the outputs go with the labels, larger is better, to be compared between inputs of one model only: 1 -
/// Brier score of two classes, share of labels hit by the best naming of the columns, minus the mean squared error.
double agreement(std::span<const double> numbers, std::size_t width, const RowColumns& rows, Task task);

/// Whether higher scores go with label 1: +1, with label 0: -1, or neither clearly: 0.
int orientation(std::span<const double> numbers, std::size_t width, const std::vector<std::int32_t>& labels);

/// The class names in the order of the outputs' columns, by which column is largest in the rows of each label; nothing
/// where that names a column twice.
std::optional<std::vector<std::string>> order_classes(std::span<const double> numbers, std::size_t width,
                                                      const RowColumns& rows);

}  // namespace modelgate::propose
