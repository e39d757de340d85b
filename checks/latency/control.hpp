// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "gate/core/check_result.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/samples.hpp"

namespace modelgate {

/// Fewest control rounds that can speak against a machine: with fewer no signed-rank interval reaches the level of the
/// first look (1/64 a side). Six judged rounds come with two, twenty with six.
inline constexpr std::size_t control_rounds_needed = 6;

/// What production against production says of the machine for one margin.
enum class Runner {
  fit,    ///< nothing proven against it
  unfit,  ///< two equal models are proven to seem further apart than half the margin
  open,   ///< too few control rounds, and every one of them further apart than that, all on one side: take more
};

/// Whether CPU time speaks for a check of the plan: only where requests run on one thread of this machine's CPUs, by
/// the gate file and by what the rounds show (no model has used more CPU time than wall time passed).
bool cpu_time_counts(const Plan& plan, const LatencyRun& run);

/// Judges the machine by the control rounds' CPU time, or wall time where only that counts; slowdown: the margin as a
/// share of production's time.
Runner judge_runner(const Plan& plan, const LatencyRun& run, double slowdown);

/// Fills the control_* fields: Hodges–Lehmann of the rounds' ratios; intervals from control_rounds_needed on.
void report_control(LatencyReport& report, const LatencyRun& run);

}  // namespace modelgate
