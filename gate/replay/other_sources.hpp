// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gate/core/plan.hpp"
#include "gate/core/run_record.hpp"
#include "gate/core/score_table.hpp"
#include "gate/data/predictions_file.hpp"

namespace modelgate {

/// Predictions aligned with the golden rows and where they came from; an error stands in the predictions.
struct SourcedPredictions {
  Predictions predictions;
  ModelRecord record;
};

/// Reads recorded predictions: digest of the model that made them where the files tell it, else of the files; the pin
/// is checked against it. Not yet joined.
Result<RecordedPredictions> read_recorded(const Plan& plan, Role role, ModelRecord& record);

/// Joins recorded predictions to the rows; refuses those made from other golden data.
SourcedPredictions join_recorded(Result<RecordedPredictions> recorded, ModelRecord record, const RowColumns& rows,
                                 const std::string& dataset_sha256, const std::string& path);

/// The warning that predictions which were read do not say where they come from; nothing for those that failed.
std::optional<std::string> unproven_warning(Role role, const Predictions& predictions, const ModelRecord& record);

/// Predictions that stand in columns of the golden data: scores, rows × columns, row-major; held to the same rules as
/// recorded predictions.
SourcedPredictions from_dataset(const Plan& plan, Role role, Scores scores, std::size_t rows);

/// Makes class columns mean the same in both models and the labels: reorders those of a model whose output.classes
/// differ in order, completes class_names where labels are 0…k−1, and refuses a model with too few classes, or with
/// another number of labels (wrong_shape).
void align_classes(const Plan& plan, ScoreTable& table);

}  // namespace modelgate
