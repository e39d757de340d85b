// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "gate/core/interval.hpp"
#include "gate/stats/mean_t.hpp"

namespace modelgate::stats {

/// Two estimates on different rows (groups of an attribute), whose clusters may be shared.
struct TwoMeans {
  MeanEstimate first;
  MeanEstimate second;
  double covariance = 0.0;  ///< of the two estimates; 0 where no unit has rows in both
};

// All nullopt where neither side varies, or a side has fewer than 2 units.

// ---- difference: first − second, Student's t with Welch's degrees of freedom ----

/// Interval of the difference, level 1−2·alpha; not cut to any range.
std::optional<Interval> difference_interval(const TwoMeans& means, double alpha);
/// p of "first − second <= gap".
std::optional<double> difference_p_at_most(const TwoMeans& means, double gap);

// ---- ratio: first / second on the log scale (delta method); nullopt as well unless both are above 0 ----

/// Interval of the ratio, level 1−2·alpha, above 0.
std::optional<Interval> ratio_interval(const TwoMeans& means, double alpha);
/// p of "first / second <= ratio"; ratio > 0.
std::optional<double> ratio_p_at_most(const TwoMeans& means, double ratio);
/// p of "first / second >= ratio".
std::optional<double> ratio_p_at_least(const TwoMeans& means, double ratio);

}  // namespace modelgate::stats
