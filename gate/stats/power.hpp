// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

#include "gate/stats/level.hpp"

namespace modelgate::stats {

// What a comparison can decide before any model runs. margin > 0 throughout; alpha one-sided.

/// Rows for which an equal model passes a paired rate difference with the given power: (z_alpha +
/// z_power)²·discordant/m², and no fewer than Tango's n >= z²(1−m)/m. discordant in [0, 1].
std::optional<std::size_t> rows_for_paired_rate(double discordant, double margin, double alpha, double power = 0.9);

/// Rows for which an equal model passes a mean or AUC difference; se_one is the standard error of one row, se·sqrt(n).
std::optional<std::size_t> rows_for_mean(double se_one, double margin, double alpha, double power = 0.9);

/// Rows at which the present estimate would decide: n·(z·se/distance)², distance = |estimate − limit|, rounded up;
/// nullopt on the line (distance 0).
std::optional<std::size_t> rows_to_decide(std::size_t n, double std_error, double distance, double alpha);

/// The chance that an equal model passes Tango's test at −margin: candidate-only and production-only rows are equally
/// likely, n·discordant of them expected. Summed over the binomial of discordant rows.
std::optional<double> paired_rate_pass_chance(std::size_t n, double discordant, double margin, double alpha);

/// Rows for which an equal model passes Tango's test at −margin with the given power: rows_for_paired_rate, below 100
/// expected discordant rows (where that formula is short) by search on paired_rate_pass_chance, to about a row.
std::optional<std::size_t> rows_for_pass_chance(double discordant, double margin, double alpha, double power = 0.9);

/// The smallest margin that an equal model passes on n rows with the given power: by bisection on
/// paired_rate_pass_chance to 1e-9, from 100 expected discordant rows on (z_alpha + z_power)·sqrt(discordant/n);
/// nullopt where no margin below 1 does.
std::optional<double> smallest_paired_rate_margin(std::size_t n, double discordant, double alpha, double power = 0.9);

/// The smallest margin that an equal model passes with the given power, from a standard error.
std::optional<double> smallest_mean_margin(double std_error, double alpha, double power = 0.9);

/// The chance that an equal model fails at a margin: Φ(−margin/se − z).
std::optional<double> mean_fail_chance(double std_error, double margin, double alpha);

/// The chance that two groups alike pass a limit on the size of their difference: both one-sided tests,
/// max(0, 2Φ(limit/se − z) − 1) (Schuirmann 1987).
std::optional<double> alike_pass_chance(double std_error, double limit, double alpha);

/// The smallest limit that two groups alike pass with the given power: (z_alpha + z_{(1 − power)/2})·se.
std::optional<double> smallest_alike_limit(double std_error, double alpha, double power = 0.9);

/// The chance that an equal model passes a mean or AUC difference of known standard error: Φ(margin/se − z).
std::optional<double> mean_pass_chance(double std_error, double margin, double alpha);

}  // namespace modelgate::stats
