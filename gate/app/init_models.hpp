// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "gate/app/init_trial.hpp"
#include "gate/core/error.hpp"
#include "gate/core/plan.hpp"
#include "gate/data/profile.hpp"
#include "gate/propose/gate_text.hpp"
#include "gate/propose/outputs.hpp"

namespace modelgate {

/// One model as the command line names it: a .pt or .pt2 file, recorded predictions with their profile, or golden
/// columns.
struct GivenModel {
  ModelSource source = ModelSource::absent;
  std::string written;
  std::vector<std::string> columns;     ///< dataset:COLUMN[,COLUMN]
  std::optional<TableProfile> profile;  ///< recorded predictions
};

/// Reads what was given for a role; an empty word is an absent model. Usage errors say what a model may be.
Result<GivenModel> given_model(Role role, const std::string& word);

/// What was found out about one model.
struct SettledModel {
  propose::ModelDraft draft;  ///< paths as given, not yet relative to the gate file
  propose::OutputFacts facts;
  std::optional<Trial> trial;              ///< live models that took the proposed inputs
  std::vector<std::string> classes;        ///< multiclass: in the order of the columns, where they show it
  std::string refusal;                     ///< a live model took no proposed inputs: its words
  std::optional<Confinement> confinement;  ///< of a live model's worker
};

/// Finds inputs (by trying the model) or prediction columns. Errors: files that cannot be read, models that cannot be
/// loaded, and data without anything to feed the model.
Result<SettledModel> settle_model(Role role, const GivenModel& given, const TableProfile& golden,
                                  const DatasetSpec& dataset, const propose::Roles& roles);

}  // namespace modelgate
