// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "checks/latency/rounds.hpp"
#include "checks/resources/readings.hpp"
#include "gate/core/check_result.hpp"

namespace modelgate {

/// Judges a margin against production at this look: a percent margin by the rounds' log ratios, one in the metric's
/// unit by their differences. Fills difference, margin and the part; leaves parts empty where a round lacks a value.
void judge_margin(CheckResult& result, const Look& look, const ResourceMetric& metric, const Readings& readings);

/// Judges an absolute limit at this look by the candidate's rounds alone, for what the machine cannot disturb. Fills
/// margin and the part; leaves parts empty where a round lacks a value.
void judge_own_limit(CheckResult& result, const Look& look, const ResourceMetric& metric, const Readings& readings);

}  // namespace modelgate
