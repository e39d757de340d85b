// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "gate/core/interval.hpp"

namespace modelgate::stats {

// One value a round, symmetric around the location sought (Hollander, Wolfe & Chicken 2014, §3). O(n²): at most 2,000
// values, else nullopt. The null distribution is exact up to 50 values, beyond that normal with continuity correction.

/// Hodges–Lehmann: the median of the Walsh averages (x_i + x_j)/2, i <= j; nullopt for none or a non-finite value.
std::optional<double> hodges_lehmann(std::span<const double> values);

/// Exact signed-rank interval of the location at a TWO-SIDED level (0.05: 95 % coverage at least, .025 a side);
/// nullopt where n is too small to reach the level (smallest_signed_rank_level).
std::optional<Interval> signed_rank_interval(std::span<const double> values, double two_sided_level);

/// Exact one-sided p of "location <= shift" (small: it is above); agrees with the interval. nullopt as hodges_lehmann.
std::optional<double> signed_rank_p_at_most(std::span<const double> values, double shift);
/// Exact one-sided p of "location >= shift".
std::optional<double> signed_rank_p_at_least(std::span<const double> values, double shift);

/// The smallest two-sided level n rounds can reach: 2^(1−n) (6 rounds: .03125); 1 for n = 0.
double smallest_signed_rank_level(std::size_t n);

}  // namespace modelgate::stats
