// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gate/config/problems.hpp"
#include "gate/config/section.hpp"
#include "gate/core/check_spec.hpp"
#include "gate/core/plan.hpp"

namespace modelgate {

/// What every part of the resolving needs to know of the whole.
struct Scene {
  Problems& problems;
  std::vector<std::string> folders;  ///< by Place::file; "" for the working directory
  Task task = Task::binary;
};

/// One entry of checks: the row of the registry it names and the planned checks made of it.
struct CheckEntry {
  const CheckSpec* spec = nullptr;
  Place metric;  ///< where the metric's name stands
  std::vector<PlannedCheck> planned;
};

/// A path of the gate file is relative to it, one of the command line to the working directory; addresses stay.
std::string resolved_path(const std::string& written, const Place& place, const Scene& scene);

RuntimeSpec read_runtime(const Section& top);
/// What surrounds the checks: waivers, ledger, first_release, reports, target_prevalence, costs.
void read_terms(const Section& top, const Scene& scene, Plan& plan);

/// What wrong decisions cost, or nothing where that is left out or wrong; classes: of output, may be empty.
std::optional<CostSpec> read_costs(const Section& top, const std::vector<std::string>& classes, Task task);

DatasetSpec read_dataset(const Section& top, const Scene& scene);

/// The list of a model's inputs, in the order of its arguments.
std::vector<InputSpec> read_inputs(const Section& owner, const Scene& scene);

/// Both models with outputs and inputs merged; an absent one stays ModelSource::absent.
std::array<ModelSpec, 2> read_models(const Section& top, const Scene& scene);

/// The common output with a model's own keys over it, the task's default kind and threshold filled in.
OutputSpec read_output(const Section& common, const Section& own, ModelSource source, const Scene& scene);

/// Every entry of every family, in the order of the file.
std::vector<CheckEntry> read_checks(const Section& top, std::span<const CheckSpec* const> specs,
                                    OnInconclusive on_inconclusive, const Scene& scene);

/// Whether checks, models and data fit: metrics that need scores, weights, labels, classes, live models.
void check_fit(const Section& top, const Plan& plan, std::span<const CheckEntry> entries, Problems& problems);

}  // namespace modelgate
