// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "checks/latency/rounds.hpp"
#include "gate/core/check_result.hpp"
#include "gate/core/plan.hpp"

namespace modelgate {

/// Judges a margin against production at this look: latency by CPU time and wall time, throughput by wall time. Fills
/// parts, difference, margin and the report's ratios; leaves parts empty where the rounds hold no times.
void judge_ratio_limit(CheckResult& result, const Plan& plan, const LatencyRun& run, const Look& look);

}  // namespace modelgate
