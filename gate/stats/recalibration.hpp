// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "gate/stats/influence.hpp"

namespace modelgate::stats {

// Cox's recalibration of probabilities p (Cox 1958): logit P(label = 1) = a + b·logit(p). Logits finite, labels 0/1.
// Undefined with one label alone and where the labels are separated (the slope has no largest likelihood).

/// a with b = 1 held: calibration in the large, 0 where the probabilities are right on average.
Linearised calibration_intercept(std::span<const double> logits, std::span<const std::uint8_t> labels,
                                 const RowCounts& rows);
/// b with a free: 1 where the probabilities are as spread as they should be, below 1 where they are too extreme.
Linearised calibration_slope(std::span<const double> logits, std::span<const std::uint8_t> labels,
                             const RowCounts& rows);

/// The expected calibration error over equal-width bins, Σ_bins |Σ (p − y)| / n, beside what a perfectly calibrated
/// model with the same scores would show.
struct ExpectedCalibration {
  double error = 0.0;
  double if_calibrated = 0.0;       ///< mean over labels redrawn from the scores
  double if_calibrated_high = 0.0;  ///< 95 % of the redraws lie at or below
};

/// Bins of the expected calibration error: [0, 1/15), …, [14/15, 1].
inline constexpr std::size_t calibration_bins = 15;

/// p in [0, 1]; keys: one a row, from which its redraws are made, whatever its place. Bins of more than 1,024 rows are
/// redrawn by the normal distribution of their sum; 200 redraws. Nothing where the weights add up to 0.
std::optional<ExpectedCalibration> expected_calibration(std::span<const double> probabilities,
                                                        std::span<const std::uint8_t> labels, const RowCounts& rows,
                                                        std::span<const std::uint64_t> keys, std::uint64_t seed);

}  // namespace modelgate::stats
