// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "gate/core/interval.hpp"
#include "gate/stats/rates.hpp"

namespace modelgate {

/// How two groups' rates are compared.
enum class GapKind : std::uint8_t { difference, ratio };

/// Two groups' rates under one model, turned so that the difference is >= 0 and the ratio <= 1.
struct PairOfRates {
  stats::RateCount first;
  stats::RateCount second;
  bool swapped = false;  ///< first is the group that was named second
};

PairOfRates turned(stats::RateCount x, stats::RateCount y, GapKind gap);

/// What one pair says of a limit.
struct PairVerdict {
  double value = 0.0;
  double p_fail = 1.0;  ///< p of "the limit holds"
  bool passes = false;  ///< proven to hold, towards both sides, at this alpha
};

/// The gap itself; nothing for the ratio of two rates that are 0.
std::optional<double> gap_of(const PairOfRates& pair, GapKind gap);

/// The pair against the largest difference or smallest ratio allowed; nothing where it has no value.
std::optional<PairVerdict> test_pair(const PairOfRates& pair, GapKind gap, double limit, double alpha);

/// Newcombe's interval of a difference, Koopman's of a ratio.
std::optional<Interval> interval_of(const PairOfRates& pair, GapKind gap, double alpha);

}  // namespace modelgate
