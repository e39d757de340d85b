// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "checks/check.hpp"
#include "gate/stats/ranking.hpp"

namespace modelgate {

/// A measure of one query's list; ranks: 0 is the whole list.
using QueryMeasure = double (*)(const stats::RankedQuery& query, std::size_t ranks);

/// What a relevance is worth.
enum class Gain { linear, exponential };

/// Judges the mean of a measure over queries by the linearised t, unit query (or cluster of queries). Queries without a
/// relevant row are left out and counted.
std::vector<CheckResult> judge_ranking(const PlannedCheck& planned, const Evidence& evidence, QueryMeasure measure,
                                       Gain gain);

}  // namespace modelgate
