// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "gate/app/report_targets.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/samples.hpp"
#include "gate/core/verdict.hpp"

namespace modelgate {

/// Removes the samples.parquet and latency.json of an earlier run from the report folders: timings must not outlive the
/// report they belong to.
void remove_sample_files(const ReportTargets& targets);

/// Where reports.samples asks for it: every timed request as samples.parquet, and the rounds in Google Benchmark's
/// format as latency.json, in every report folder; a warning where nothing was timed or no folder is written. samples
/// may be null; started is the run's date.
Result<void> add_sample_files(const Plan& plan, const Samples* samples, const ReportTargets& targets,
                              const std::string& started, Verdict& verdict);

}  // namespace modelgate
