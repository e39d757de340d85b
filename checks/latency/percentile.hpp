// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checks/latency/levels.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/samples.hpp"

namespace modelgate {

/// A percentile of request times that can be limited, and what judging it needs.
struct Percentile {
  std::string_view metric;  ///< "latency_p99.9"
  std::string_view name;    ///< "p99.9"
  double q = 0.0;

  /// In all: the distribution-free floor, so that the slowest of them lies beyond the percentile with 99 % probability.
  std::size_t requests() const;
  /// In each of the 6 blocks or more that are judged, so that the slowest of one lies beyond it more often than not.
  std::size_t block_requests() const;
};
inline constexpr std::array<Percentile, 5> percentiles{{{"latency_p50", "p50", 0.50},
                                                        {"latency_p90", "p90", 0.90},
                                                        {"latency_p95", "p95", 0.95},
                                                        {"latency_p99", "p99", 0.99},
                                                        {"latency_p99.9", "p99.9", 0.999}}};

/// The percentile that a metric of the latency family limits, or null.
const Percentile* percentile_of(std::string_view metric);

/// Consecutive rounds judged as one, so many that the percentile can be seen in their requests; a fast model's rounds
/// each stand alone. With production both models have enough in each. Rounds after the last whole block are left out.
std::vector<std::span<const Round>> percentile_blocks(std::span<const Round> rounds, const Percentile& percentile,
                                                      bool with_production);

/// Whether production was timed all along, so that its tail can speak for the machine's.
bool has_production(const LatencyRun& run);

/// The percentile of each block: two order statistics, each on its side of the true percentile with probability 1/2 at
/// least, and the value between them.
RoundLevels percentile_levels(std::span<const std::span<const Round>> blocks, const Percentile& percentile,
                              bool with_production);

/// The percentile over all requests of these rounds together, in seconds; nothing without any.
std::optional<double> pooled_percentile(std::span<const Round> rounds, Role role, double q);

/// Blocks that the rounds will have made by this cap if they go on as they do; the blocks there are after no seconds.
std::size_t blocks_by(const LatencyRun& run, const Percentile& percentile, double cap_s);

/// The same for rounds of so many seconds and requests each, from none.
std::size_t blocks_within(double cap_s, double round_s, double round_requests, const Percentile& percentile);

/// Why the percentile cannot be judged on so few requests, and what to do: full sentences.
std::string too_few_requests(const LatencyRun& run, const Percentile& percentile);

}  // namespace modelgate
