// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "gate/core/plan.hpp"
#include "gate/data/profile.hpp"
#include "gate/propose/checks.hpp"
#include "gate/propose/roles.hpp"

namespace modelgate::propose {

/// One model as the gate file will name it.
struct ModelDraft {
  ModelSource source = ModelSource::absent;
  std::string path;                  ///< relative to the gate file; empty for columns of the golden rows
  std::vector<std::string> columns;  ///< of predictions
  Why columns_why;
  std::vector<InputSpec> inputs;  ///< live models; vocabularies relative to the gate file
  Why inputs_why;
  std::optional<OutputKind> own_kind;  ///< where it differs from the common one
  std::optional<std::int64_t> index;   ///< of a tuple
  std::string entry;                   ///< of a dict
};

/// Everything that the text of a gate file is made of.
struct Proposal {
  std::string name;
  std::string schema;   ///< path of the JSON Schema for editors, relative; empty: no line
  std::string dataset;  ///< path relative to the gate file
  std::size_t min_rows = 0;
  std::array<ModelDraft, 2> models;  ///< by Role
  Roles roles;
  OutputKind kind = OutputKind::probability;
  Why kind_why;
  std::vector<std::string> classes;  ///< in the order of the outputs' columns
  Why classes_why;
  std::vector<CheckLine> checks;
};

/// A thing to look at, and where.
struct Doubt {
  std::size_t line = 0;
  std::string text;
};

/// The gate file with a comment on every line, and its CHECK comments once more as a list.
struct GateText {
  std::string text;
  std::vector<Doubt> doubts;
};
GateText write_gate(const Proposal& proposal, const TableProfile& golden);

}  // namespace modelgate::propose
