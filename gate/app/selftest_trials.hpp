// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gate/app/selftest_options.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/progress.hpp"
#include "gate/core/run_record.hpp"
#include "gate/sandbox/isolation.hpp"
#include "gate/selftest/schedule.hpp"

namespace modelgate {

/// Which model the self-test repeats: production, or the candidate of a first release.
Role reference_role(const Plan& plan);

/// The plan with that model in both places.
Plan against_itself(Plan plan);

/// A check's name in the self-test: its id without values of slices.
std::string check_name(const PlannedCheck& check);

/// In Decision::checks: every dataset check of the gate together.
inline std::string whole_gate() { return "(whole gate)"; }

/// Decisions on latency: each a full measurement of the model against itself, one side slowed, by the gate file's own
/// relative latency checks (none: one of batch 1), judged as `run` does. Notes say what is left out. The plan is
/// against_itself. isolation hears of every worker and outlives the trial.
Experiment latency_trial(const Plan& plan, const SelftestOptions& options, RunRecord& record,
                         std::vector<std::string>& notes, WeakestIsolation& isolation);

/// Decisions on the golden rows: each on a fresh resample of them, with production's outputs, worsened in the
/// candidate's place, judged as `run` does. Replays the model once. No cells where no check asked for is relative.
Result<Experiment> rows_trial(const Plan& plan, const SelftestOptions& options, RunRecord& record, Progress& progress,
                              std::vector<std::string>& notes, WeakestIsolation& isolation);

}  // namespace modelgate
