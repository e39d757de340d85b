// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/rates.hpp"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>

namespace modelgate::stats {

namespace {

// Score statistic of rate = limit: z = (p̂ − p0) / sqrt(p0(1 − p0)/n); ±infinity where the limit leaves no variance.
std::optional<double> score_z(RateCount count, double limit) {
  if (!count.usable() || !(limit >= 0.0 && limit <= 1.0)) return std::nullopt;
  const auto n = static_cast<double>(count.n);
  const double excess = static_cast<double>(count.events) - n * limit;
  if (excess == 0.0) return 0.0;
  return excess / std::sqrt(n * limit * (1.0 - limit));
}

std::optional<double> score_z(RateShare share, double limit) {
  if (!share.usable() || !(limit >= 0.0 && limit <= 1.0)) return std::nullopt;
  const double excess = share.n * (share.rate - limit);
  if (excess == 0.0) return 0.0;
  return excess / std::sqrt(share.n * limit * (1.0 - limit));
}

}  // namespace

std::optional<Interval> effective_wilson_interval(RateShare share, double alpha) {
  if (!share.usable() || !usable_level(alpha)) return std::nullopt;
  const double z = normal_critical(alpha);
  const double scale = 1.0 + z * z / share.n;
  const double centre = (share.rate + z * z / (2.0 * share.n)) / scale;
  const double half =
      z / scale * std::sqrt(share.rate * (1.0 - share.rate) / share.n + z * z / (4.0 * share.n * share.n));
  return Interval{.low = share.rate <= 0.0 ? 0.0 : std::max(0.0, centre - half),
                  .high = share.rate >= 1.0 ? 1.0 : std::min(1.0, centre + half)};
}

std::optional<double> effective_rate_p_at_most(RateShare share, double limit) {
  const auto z = score_z(share, limit);
  if (!z) return std::nullopt;
  return limit == 1.0 ? 1.0 : normal_tail(*z);
}

std::optional<double> effective_rate_p_at_least(RateShare share, double limit) {
  const auto z = score_z(share, limit);
  if (!z) return std::nullopt;
  return limit == 0.0 ? 1.0 : normal_cdf(*z);
}

// Wilson 1927, JASA 22:209: the p0 with |p̂ − p0| = z·sqrt(p0(1 − p0)/n); centre (p̂ + z²/2n)/(1 + z²/n).
std::optional<Interval> wilson_interval_z(RateCount count, double z) {
  if (!count.usable() || !(z >= 0.0)) return std::nullopt;
  const auto n = static_cast<double>(count.n);
  const double p = count.rate();
  const double scale = 1.0 + z * z / n;
  const double centre = (p + z * z / (2.0 * n)) / scale;
  const double half = z / scale * std::sqrt(p * (1.0 - p) / n + z * z / (4.0 * n * n));
  return Interval{.low = count.events == 0 ? 0.0 : std::max(0.0, centre - half),
                  .high = count.events == count.n ? 1.0 : std::min(1.0, centre + half)};
}

std::optional<Interval> wilson_interval(RateCount count, double alpha) {
  if (!usable_level(alpha)) return std::nullopt;
  return wilson_interval_z(count, normal_critical(alpha));
}

std::optional<double> rate_p_at_most(RateCount count, double limit) {
  const auto z = score_z(count, limit);
  if (!z) return std::nullopt;
  return limit == 1.0 ? 1.0 : normal_tail(*z);  // a rate is never above 1
}

std::optional<double> rate_p_at_least(RateCount count, double limit) {
  const auto z = score_z(count, limit);
  if (!z) return std::nullopt;
  return limit == 0.0 ? 1.0 : normal_cdf(*z);
}

// Clopper & Pearson 1934, Biometrika 26:404, through the beta quantiles that Boost inverts.
std::optional<Interval> clopper_pearson_interval(RateCount count, double alpha) {
  if (!count.usable() || !usable_level(alpha)) return std::nullopt;
  using Binomial = boost::math::binomial_distribution<double>;
  const auto n = static_cast<double>(count.n);
  const auto k = static_cast<double>(count.events);
  return Interval{.low = count.events == 0 ? 0.0 : Binomial::find_lower_bound_on_p(n, k, alpha),
                  .high = count.events == count.n ? 1.0 : Binomial::find_upper_bound_on_p(n, k, alpha)};
}

}  // namespace modelgate::stats
