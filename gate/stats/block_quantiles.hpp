// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "gate/core/interval.hpp"

namespace modelgate::stats {

/// Fewest blocks whose spread says anything of an interval.
inline constexpr std::size_t fewest_blocks = 6;
inline constexpr std::size_t block_replicates = 2000;

/// Intervals (two-sided confidence, 0.95) of quantiles of all values together, by resampling whole blocks: values of
/// one block may depend on each other, blocks may not. One interval for each q, deterministic for a seed, whatever the
/// order of the values in a block. nullopt for fewer than 6 blocks with values, a NaN, or q outside [0, 1].
/// Of 8 blocks whose own means spread by half of a value's, intervals of nominal 95 % hold p95 in 90 % of simulated
/// runs. O(n log n) once for n values, then O(log n) a block, quantile and replicate.
std::vector<std::optional<Interval>> block_bootstrap_quantiles(std::span<const std::span<const float>> blocks,
                                                               std::span<const double> q, double confidence,
                                                               std::uint64_t seed);

}  // namespace modelgate::stats
