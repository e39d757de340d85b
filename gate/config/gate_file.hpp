// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gate/core/check_spec.hpp"
#include "gate/core/error.hpp"
#include "gate/core/plan.hpp"

namespace modelgate {

/// What the command line adds to the gate file.
struct PlanRequest {
  std::string gate_file = "modelgate.yaml";
  std::string candidate;   ///< --candidate: .pt, .pt2, or predictions file or glob; relative to the working directory
  std::string production;  ///< --production
  std::string dataset;     ///< --dataset
  std::vector<std::string> sets;  ///< --set key=value: models (not pins), dataset.path, runtime (not isolation)
  std::vector<std::string> only;  ///< --only: families or check ids
  bool first_release = false;
  std::optional<std::uint64_t> seed;
};

/// Reads, validates strictly and resolves a gate file. Every problem found is reported at once:
/// "file:line: what is wrong", the source line, a caret, and the word meant or what to do.
Result<Plan> load_plan(const PlanRequest& request, std::span<const CheckSpec* const> specs);

/// The gate file of a valid plan as YAML, with what it extends merged into it and a comment where each check came from;
/// what the command line overrides is left out. Saved beside the gate file it gives the same plan.
Result<std::string> resolved_gate_file(const PlanRequest& request);

/// The gate's name where the file can be read that far and the name is valid, else empty: a broken gate file, too, must
/// replace the reports of its last run.
std::string gate_name_of(const std::string& gate_file);

/// Every key of the gate file as a Markdown page, generated from the same table as the reader.
std::string gate_file_reference();

/// The JSON Schema (draft 2020-12) of the gate file, generated from the same tables as the reader.
std::string gate_file_schema(std::span<const CheckSpec* const> specs);

}  // namespace modelgate
