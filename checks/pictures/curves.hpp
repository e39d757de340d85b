// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "checks/pictures/levels.hpp"
#include "gate/core/pictures.hpp"

namespace modelgate {

/// Most points of a curve.
inline constexpr std::size_t most_points = 200;

/// How fine the levels of a curve must be: a quarter of the way, of length 2 at most, from one point to the next.
inline constexpr double finest_level = 0.25 * 2.0 / 196.0;

/// Six decimals: below what can be drawn, and a third of the digits in a report.
double rounded_share(double share);
/// Six significant digits.
double rounded_value(double value);

/// scikit-learn's roc_curve at chosen thresholds, from (0, 0) to (1, 1), levels from the highest score down. Each point
/// is exact at its threshold (rounded_share); from one to the next at most 2/196 of false plus true positive rate goes
/// by unless the scores tie. Nothing where a label is missing.
///
/// At least `least` of all mass, a share, lies between any two points but those ends: 0 unless few rows are not to be
/// told apart; so too below.
std::optional<Curve> roc_curve(std::span<const Level> levels, double least = 0.0);

/// scikit-learn's precision_recall_curve at chosen thresholds, from (0, 1) to (1, share of positives): the highest
/// score, then every 1/190 of recall. Nothing where a label is missing.
std::optional<Curve> precision_recall_curve(std::span<const Level> levels, double least = 0.0);

/// Share of the mass at or below, levels of non-negative doubles' ordered keys from the highest down: at the smallest
/// value, then every 1/196, up to 1; with `least` neither the smallest nor the largest value stands alone. Nothing
/// without mass.
std::optional<Curve> ecdf_curve(std::span<const Level> levels, double least = 0.0);

/// Share of the samples at or below, up to the share `last`, in any order; nothing where one is not finite or negative,
/// or where there is none.
std::optional<Curve> ecdf_of(std::vector<double> samples, double last);

}  // namespace modelgate
