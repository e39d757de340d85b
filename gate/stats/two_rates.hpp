// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "gate/core/interval.hpp"
#include "gate/stats/level.hpp"
#include "gate/stats/rates.hpp"

namespace modelgate::stats {

// Two rates on different rows (groups of an attribute). All nullopt when either count is unusable (n = 0).

// ---- difference: first − second (Newcombe 1998, method 10) ----

/// Hybrid score interval of the difference, level 1−2·alpha, within [−1, 1].
std::optional<Interval> newcombe_interval(RateCount first, RateCount second, double alpha);
/// p of "first − second <= gap": the alpha at which the interval's low end reaches gap; gap in [−1, 1].
std::optional<double> newcombe_p_at_most(RateCount first, RateCount second, double gap);
/// p of "first − second >= gap".
std::optional<double> newcombe_p_at_least(RateCount first, RateCount second, double gap);

// ---- ratio: first / second (Koopman 1984); nullopt as well when second.events = 0 ----

/// Score interval of the ratio, level 1−2·alpha; low is 0 when first.events = 0.
std::optional<Interval> koopman_interval(RateCount first, RateCount second, double alpha);
/// p of "first / second <= ratio" by the signed root of Koopman's statistic; ratio > 0.
std::optional<double> koopman_p_at_most(RateCount first, RateCount second, double ratio);
/// p of "first / second >= ratio".
std::optional<double> koopman_p_at_least(RateCount first, RateCount second, double ratio);

}  // namespace modelgate::stats
