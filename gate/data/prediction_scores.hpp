// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gate/core/error.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/score_table.hpp"

namespace modelgate {

/// What recorded outputs of a task may look like, and how they become the score table's.
struct ScoreRules {
  Task task = Task::binary;
  OutputSpec output;
  std::vector<std::string> class_names;
  std::optional<std::optional<OutputKind>> first_stored;  ///< what the first file said; every file must say the same

  /// The kind a file says it holds, or nothing: a logit that was stored as probability stays one; another kind is an
  /// error.
  Result<void> accept_kind(std::optional<OutputKind> stored, const std::string& file);
  /// Columns a row: binary 1 (or 2 for probability and logit), regression, ranking and classes 1, multiclass one a
  /// class, multilabel one a label, of classes, too. what begins the message ("preds.parquet").
  Result<void> accept_width(std::size_t width, const std::string& what) const;

  struct Flaw {
    std::size_t index = 0;  ///< of the number, or of its row's first
    std::string what;
    Reason reason = Reason::data_invalid;
  };
  /// What first_score_flaw finds in rows × width numbers, in words without the number; or nothing.
  std::optional<Flaw> first_flaw(std::span<const float> scores, std::size_t width) const;
  std::optional<Flaw> first_flaw(std::span<const double> scores, std::size_t width) const;

  /// The table's predictions: logits become probabilities, of two binary columns the second stays, classes become
  /// int32.
  Predictions predictions(Scores scores, std::size_t width) const;
};

}  // namespace modelgate
