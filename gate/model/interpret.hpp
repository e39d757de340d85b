// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "gate/core/error.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/score_table.hpp"

namespace modelgate {

/// One chunk of a model's raw outputs, row-major and dense; the gate's own copy.
struct OutputBlock {
  enum class Type : std::uint8_t { float32, float64, int64, int32, boolean };
  Type type = Type::float32;
  std::size_t rows = 0;
  std::size_t columns = 1;       ///< 1 for outputs of shape [rows]
  std::vector<std::byte> bytes;  ///< rows × columns × size_of(type), at least; may be longer
};

/// Bytes of one value.
std::size_t size_of(OutputBlock::Type type);

/// How the raw numbers of one model are to be read.
struct OutputRule {
  Task task = Task::binary;
  OutputSpec output;
  std::size_t classes = 0;  ///< multiclass and multilabel: number of classes or labels where known, else 0
};

/// Appends one chunk of raw outputs to into, which starts as Predictions{} and must have been fed the chunks before it.
/// Shapes: [rows], [rows, 1]; binary also [rows, 2] (column 1); multiclass scores [rows, classes]; multilabel [rows,
/// labels]. Else wrong_shape. Refuses NaN and infinity (non_finite, with the count and the first row), turns logits
/// into probabilities, refuses what gate/core/score_rules.hpp refuses; who begins messages ("candidate: …").
Result<void> append_outputs(const OutputBlock& block, const OutputRule& rule, std::string_view who, Predictions& into);

/// Rows held so far.
std::size_t rows_of(const Predictions& predictions);

}  // namespace modelgate
