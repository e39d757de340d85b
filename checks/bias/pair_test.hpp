// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "gate/core/interval.hpp"
#include "gate/stats/mean_t.hpp"
#include "gate/stats/rates.hpp"

namespace modelgate {

/// How two groups' rates are compared.
enum class GapKind : std::uint8_t { difference, ratio };

/// A group's rate under one model.
struct GroupSide {
  stats::RateCount count;                   ///< rows, frequencies expanded
  std::optional<stats::MeanEstimate> mean;  ///< set where rows are weighted or clustered: decides in place of the count
  stats::RateCount effective;               ///< with it: the same rate on as many rows as its units are worth
  bool thin = false;                        ///< with it: so few units speak that its variance knows too little

  double rate() const { return mean ? mean->mean : count.rate(); }
  bool defined() const { return mean || count.n > 0; }
};

/// Two groups' rates under one model, turned so that the difference is >= 0 and the ratio <= 1.
struct PairOfRates {
  const GroupSide* first = nullptr;
  const GroupSide* second = nullptr;
  bool swapped = false;     ///< first is the group that was named second
  double covariance = 0.0;  ///< of the two means
};

/// Both sides must outlive the result.
PairOfRates turned(const GroupSide& x, const GroupSide& y, GapKind gap, double covariance = 0.0);

/// What one pair says of a limit.
struct PairVerdict {
  double value = 0.0;
  double p_fail = 1.0;  ///< p of "the limit holds"
  bool passes = false;  ///< proven to hold, towards both sides, at this alpha
};

/// The gap itself; nothing for the ratio of two rates that are 0.
std::optional<double> gap_of(const PairOfRates& pair, GapKind gap);

/// The pair against the largest difference or smallest ratio allowed; nothing where it has no value. Rows that count
/// once and alone: Newcombe's or Koopman's score; weighted or clustered ones: the linearised t, of the ratio's
/// logarithm, and where a side is thin the worse of that and the score on the effective rows.
std::optional<PairVerdict> test_pair(const PairOfRates& pair, GapKind gap, double limit, double alpha);

/// The interval that belongs to the test.
std::optional<Interval> interval_of(const PairOfRates& pair, GapKind gap, double alpha);

}  // namespace modelgate
