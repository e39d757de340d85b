// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "gate/core/check_result.hpp"
#include "gate/core/samples.hpp"

namespace modelgate {

/// Adds 95 % intervals to the reported percentiles of both models, by a bootstrap of whole rounds that the seed and the
/// load shape fix. Absent for fewer than 6 rounds or fewer requests than the percentile needs to be judged.
void add_percentile_intervals(LatencyReport& report, const LatencyRun& run, std::uint64_t seed);

}  // namespace modelgate
