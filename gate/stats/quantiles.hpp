// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace modelgate::stats {

/// The q-quantile, 0 <= q <= 1, linear between order statistics (type 7 of Hyndman & Fan 1996, numpy's default);
/// nullopt for no values or a NaN.
std::optional<double> quantile(std::span<const float> values, double q);
std::optional<double> quantile(std::span<const double> values, double q);

/// Distribution-free upper bound of the q-quantile at one-sided confidence (0.95): the smallest order statistic x_(r)
/// with P(Binomial(n, q) < r) >= confidence; nullopt where n is below samples_needed. Assumes independent values.
std::optional<double> quantile_upper_bound(std::span<const float> values, double q, double confidence);
std::optional<double> quantile_upper_bound(std::span<const double> values, double q, double confidence);

/// The lower bound: the largest x_(r) with P(Binomial(n, q) >= r) >= confidence; nullopt where n is too small.
std::optional<double> quantile_lower_bound(std::span<const double> values, double q, double confidence);

/// Fewest values for an upper bound of the q-quantile: 299 for p99 at .95, 459 at .99. 0 where q or confidence is not
/// in (0, 1).
std::size_t samples_needed(double q, double confidence);

}  // namespace modelgate::stats
