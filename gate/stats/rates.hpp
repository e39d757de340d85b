// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "gate/core/interval.hpp"
#include "gate/stats/level.hpp"

namespace modelgate::stats {

/// events of n rows. Undefined (nullopt everywhere below) when n = 0 or events > n.
struct RateCount {
  std::uint64_t events = 0;
  std::uint64_t n = 0;

  double rate() const { return static_cast<double>(events) / static_cast<double>(n); }
  bool usable() const { return n > 0 && events <= n; }
};

/// A rate on an effective number of rows, n > 0.
struct RateShare {
  double rate = 0.0;
  double n = 0.0;

  bool usable() const { return n > 0.0 && rate >= 0.0 && rate <= 1.0; }
};

/// Wilson's interval and the score p on an effective number of rows.
std::optional<Interval> effective_wilson_interval(RateShare share, double alpha);
std::optional<double> effective_rate_p_at_most(RateShare share, double limit);
std::optional<double> effective_rate_p_at_least(RateShare share, double limit);

/// Wilson score interval of one rate, level 1−2·alpha, within [0, 1] (Wilson 1927).
std::optional<Interval> wilson_interval(RateCount count, double alpha);

/// The same for a critical value z >= 0 of the standard normal in place of alpha.
std::optional<Interval> wilson_interval_z(RateCount count, double z);

/// Score p of "rate <= limit", the test that the Wilson interval inverts; limit in [0, 1].
std::optional<double> rate_p_at_most(RateCount count, double limit);

/// Score p of "rate >= limit"; limit in [0, 1].
std::optional<double> rate_p_at_least(RateCount count, double limit);

/// Clopper–Pearson (exact, conservative) interval, level 1−2·alpha: printed beside Wilson, never decides a rate check.
std::optional<Interval> clopper_pearson_interval(RateCount count, double alpha);

}  // namespace modelgate::stats
