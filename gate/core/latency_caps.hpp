// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace modelgate {

/// Seconds within which the rounds of one load shape end; the longer cap holds where they spread widely or a percentile
/// needs more requests, and for load server at once.
inline constexpr double latency_cap_s = 30.0;
inline constexpr double latency_long_cap_s = 60.0;

}  // namespace modelgate
