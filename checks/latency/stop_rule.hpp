// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "gate/core/plan.hpp"
#include "gate/core/samples.hpp"

namespace modelgate {

/// Whether measuring this run may end: the rounds have reached a look (6, 9, 13 or 20) at which every selected check
/// of this load shape passes or fails, its even share of the error budget counted; or 20 rounds, and no percentile
/// needs more requests that the longer cap of time leaves room for; or the candidate cannot be timed. Where any of them
/// can block, those that only warn do not keep the others waiting.
bool latency_decided(const LatencyRun& run, const Plan& plan);

/// Whether production is to be compared with itself in this run: a selected check compares the models' times.
bool needs_control(const LoadShape& shape, const Plan& plan);

/// Whether the few control rounds so far all speak against the machine for some check, so that more of them must
/// decide.
bool control_open(const LatencyRun& run, const Plan& plan);

/// Whether the rounds spread so much that they deserve the longer cap: the standard deviation of their log ratios by
/// CPU time or wall time, without production of their log mean times, is above 3 %.
bool latency_unsteady(const LatencyRun& run, const Plan& plan);

/// Most rounds that latency_decided may ask for: more than 20 only where a percentile is limited.
std::size_t most_rounds(const LoadShape& shape, const Plan& plan);

/// Whether a percentile is still open that the longer cap of time leaves room for.
bool wants_requests(const LatencyRun& run, const Plan& plan);

/// Told after the first round: nothing but percentiles is asked of this run, and even twice the requests of the longer
/// cap of time would be too few for each of them.
bool out_of_reach(const LatencyRun& run, const Plan& plan);

}  // namespace modelgate
