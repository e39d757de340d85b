// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "checks/latency/rounds.hpp"
#include "gate/core/check_result.hpp"
#include "gate/core/plan.hpp"

namespace modelgate {

/// What a margin of the check allows as a share by which a request may become slower; NaN where production has no
/// times. A throughput loss of r is a slowdown by r/(1 − r).
double allowed_slowdown(const PlannedCheck& planned, double margin, const LatencyRun& run);

/// Judges a margin against production at this look: latency by CPU time and wall time, throughput by wall time. Fills
/// parts, difference, margin and the report's ratios; leaves parts empty where the rounds hold no times. On a machine
/// that its control rounds prove unfit nothing passes or fails: reason runner_unfit.
void judge_ratio_limit(CheckResult& result, const Plan& plan, const LatencyRun& run, const Look& look);

}  // namespace modelgate
