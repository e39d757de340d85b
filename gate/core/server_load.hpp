// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>

namespace modelgate {

// How much load server offers in a round: gate/measure sends it, checks tell beforehand what it can show.

inline constexpr std::size_t server_segments = 2;  ///< of each model in a round
inline constexpr double server_lead_s = 0.1;       ///< arrivals before it fill the queue and are not counted
inline constexpr double server_cap_s = 60.0;       ///< for the rounds of one load shape

/// Seconds of a segment in which arrivals are counted: at 24/s and more, 6 rounds hold 459 requests of a model, the
/// fewest that say anything of a p99.
constexpr double server_segment_s(double rate) { return std::clamp(45.0 / rate, 0.6, 1.9); }

/// Counted requests of one model in a round, on average.
constexpr double server_requests_a_round(double rate) {
  return rate * server_segment_s(rate) * static_cast<double>(server_segments);
}

}  // namespace modelgate
