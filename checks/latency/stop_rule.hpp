// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "gate/core/plan.hpp"
#include "gate/core/samples.hpp"

namespace modelgate {

/// Whether measuring this run may end: the rounds have reached a look (6, 9, 13 or 20) at which every selected latency
/// check of this batch passes or fails, its even share of the error budget counted; or 20 rounds; or the candidate
/// cannot be timed.
bool latency_decided(const LatencyRun& run, const Plan& plan);

}  // namespace modelgate
