// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>

namespace modelgate {

// How much load server offers in a round: gate/measure sends it, checks tell beforehand what it can show.

inline constexpr std::size_t server_segments = 2;  ///< of each model in a round
inline constexpr double server_lead_s = 0.1;       ///< arrivals before it fill the queue and are not counted

/// Seconds of a segment in which arrivals are counted: long enough at 29/s and more that each of 6 rounds holds the 77
/// requests of a model, with room for chance, that a p99 needs.
constexpr double server_segment_s(double rate) { return std::clamp(55.0 / rate, 0.6, 1.9); }

/// Counted requests of one model in a round, on average.
constexpr double server_requests_a_round(double rate) {
  return rate * server_segment_s(rate) * static_cast<double>(server_segments);
}

}  // namespace modelgate
