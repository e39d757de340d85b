// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "gate/stats/linearised.hpp"

namespace modelgate::stats {

/// A metric of one model with the influence of every row on it: the derivative of the value by the row's share of the
/// weight, so that the weighted influences sum to 0.
struct Linearised {
  std::optional<double> value;  ///< nothing where undefined; the influence is then empty
  std::vector<double> influence;
  double low_shift = 0.0;   ///< what is added to the value before a lower bound is made: less its known bias upwards
  double high_shift = 0.0;  ///< the same for an upper bound
};

/// How rows are counted; every span has one entry a row, or none.
struct RowCounts {
  std::span<const double> weights;       ///< empty: 1
  std::span<const double> copies;        ///< how many rows alike a row of frequency weight stands for; empty: 1
  std::span<const std::uint32_t> units;  ///< dense codes below unit_count; empty: each row its own unit
  std::size_t unit_count = 0;            ///< rows, where units is empty

  double weight(std::size_t row) const { return weights.empty() ? 1.0 : weights[row]; }
  double copies_of(std::size_t row) const { return copies.empty() ? 1.0 : copies[row]; }
};

/// The two models' values and their difference with standard errors over rows or units, from influences over the same
/// rows; a side without a value stays absent.
PairedEstimate paired_estimate(const Linearised& candidate, const Linearised& production, const RowCounts& rows);

/// A weighted mean of one value a row: its influence is the distance from the mean; undefined where it is not finite.
Linearised linearised_mean(std::vector<double> values, const RowCounts& rows);

/// The ratio of two weighted sums, sum(w top) / sum(w bottom); undefined where the bottom is not above 0.
Linearised linearised_ratio(std::span<const double> top, std::span<const double> bottom, const RowCounts& rows);

}  // namespace modelgate::stats
