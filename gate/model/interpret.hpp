// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
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
  std::size_t classes = 0;  ///< multiclass: number of classes where known, else 0
};

/// Makes scores (rows × width, row-major) what the checks expect, in place: refuses NaN and infinity (non_finite, with
/// the count and the first row), turns logits into probabilities (width 1: sigmoid; more: softmax), refuses
/// probabilities outside [0, 1] and multiclass rows that do not sum to 1 within 0.01. first_row is the 0-based golden
/// row of the first score, for messages; who begins them ("candidate: …"). Also for recorded predictions.
Result<void> normalise_scores(std::span<float> scores, std::size_t width, const OutputRule& rule, std::size_t first_row,
                              std::string_view who);
Result<void> normalise_scores(std::span<double> scores, std::size_t width, const OutputRule& rule,
                              std::size_t first_row, std::string_view who);

/// Checks and appends class indices given as numbers: whole, 0 or 1 for binary, below rule.classes where known.
Result<void> append_classes(std::span<const double> values, const OutputRule& rule, std::size_t first_row,
                            std::string_view who, std::vector<std::int32_t>& into);

/// Appends one chunk of raw outputs to into, which starts as Predictions{} and must have been fed the chunks before it.
/// Shapes: [rows], [rows, 1]; binary also [rows, 2] (column 1); multiclass scores [rows, classes]. Else wrong_shape.
Result<void> append_outputs(const OutputBlock& block, const OutputRule& rule, std::string_view who, Predictions& into);

/// Rows held so far.
std::size_t rows_of(const Predictions& predictions);

}  // namespace modelgate
