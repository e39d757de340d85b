// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/two_rates.hpp"

#include <algorithm>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <cstdint>
#include <utility>

#include "gate/stats/bisect.hpp"

namespace modelgate::stats {

namespace {

constexpr double largest_z = 38.0;  // P(Z > 38) is the smallest normal double

// Newcombe 1998, Statistics in Medicine 17:873, method 10: with the Wilson limits (l1, u1), (l2, u2) of both rates,
// d − sqrt((p1 − l1)² + (u2 − p2)²) … d + sqrt((u1 − p1)² + (p2 − l2)²). Not cut to [−1, 1], so that p is smooth in the
// gap.
Interval newcombe_at(RateCount first, RateCount second, double z) {
  const Interval one = wilson_interval_z(first, z).value_or(Interval{});
  const Interval two = wilson_interval_z(second, z).value_or(Interval{});
  const double d = first.rate() - second.rate();
  return {.low = d - std::hypot(first.rate() - one.low, two.high - second.rate()),
          .high = d + std::hypot(one.high - first.rate(), second.rate() - two.low)};
}

/// The z >= 0 at which a falling excess reaches 0; a thousand groups have a million pairs, so not by bisection.
template <class Excess>
double crossing_z(Excess excess) {
  if (!(excess(0.0) > 0.0)) return 0.0;
  double low = 0.0;
  double high = 2.0;
  while (high < largest_z && excess(high) > 0.0) low = std::exchange(high, 2.0 * high);
  high = std::min(high, largest_z);
  if (excess(high) > 0.0) return largest_z;
  std::uintmax_t steps = 100;
  const auto [left, right] =
      boost::math::tools::toms748_solve(excess, low, high, boost::math::tools::eps_tolerance<double>(50), steps);
  return left + (right - left) / 2.0;
}

bool usable(RateCount first, RateCount second) { return first.usable() && second.usable(); }

// Koopman 1984, Biometrics 40:513, in the variance form of Miettinen & Nurminen 1985 (without their N/(N − 1)):
//   z = (p̂1 − θ·p̂2) / sqrt(p1(1 − p1)/n1 + θ²·p2(1 − p2)/n2),
// p2 the smaller root of A·p² − B·p + C = 0, A = θ(n1 + n2), B = θ(n1 + x2) + x1 + n2, C = x1 + x2; p1 = θ·p2.
std::optional<double> koopman_z(RateCount first, RateCount second, double theta) {
  if (!usable(first, second) || second.events == 0 || !(theta > 0.0) || std::isinf(theta)) return std::nullopt;
  const auto x1 = static_cast<double>(first.events);
  const auto n1 = static_cast<double>(first.n);
  const auto x2 = static_cast<double>(second.events);
  const auto n2 = static_cast<double>(second.n);
  const double excess = x1 / n1 - theta * (x2 / n2);
  if (excess == 0.0) return 0.0;
  const double qb = theta * (n1 + x2) + x1 + n2;
  const double root = std::sqrt(std::max(0.0, qb * qb - 4.0 * theta * (n1 + n2) * (x1 + x2)));
  const double p2 = std::min(1.0, 2.0 * (x1 + x2) / (qb + root));
  const double p1 = std::min(1.0, theta * p2);
  return excess / std::sqrt(p1 * (1.0 - p1) / n1 + theta * theta * p2 * (1.0 - p2) / n2);
}

}  // namespace

std::optional<Interval> newcombe_interval(RateCount first, RateCount second, double alpha) {
  if (!usable(first, second) || !usable_level(alpha)) return std::nullopt;
  const Interval wide = newcombe_at(first, second, normal_critical(alpha));
  return Interval{.low = std::max(-1.0, wide.low), .high = std::min(1.0, wide.high)};
}

std::optional<double> newcombe_p_at_most(RateCount first, RateCount second, double gap) {
  if (!usable(first, second) || !(gap >= -1.0 && gap <= 1.0)) return std::nullopt;
  if (first.rate() - second.rate() > gap)
    return normal_tail(crossing_z([&](double z) { return newcombe_at(first, second, z).low - gap; }));
  return normal_cdf(crossing_z([&](double z) { return gap - newcombe_at(first, second, z).high; }));
}

std::optional<double> newcombe_p_at_least(RateCount first, RateCount second, double gap) {
  return newcombe_p_at_most(second, first, -gap);  // first − second >= gap is second − first <= −gap
}

std::optional<Interval> koopman_interval(RateCount first, RateCount second, double alpha) {
  if (!usable(first, second) || second.events == 0 || !usable_level(alpha)) return std::nullopt;
  const double critical = normal_critical(alpha);
  constexpr double widest = 50.0;  // of ln θ
  const auto above = [&](double log_theta, double z) { return *koopman_z(first, second, std::exp(log_theta)) > z; };
  const double low = bisect([&](double u) { return above(u, critical); }, -widest, widest);
  const double high = bisect([&](double u) { return above(u, -critical); }, -widest, widest);
  return Interval{.low = first.events == 0 ? 0.0 : std::exp(low), .high = std::exp(high)};
}

std::optional<double> koopman_p_at_most(RateCount first, RateCount second, double ratio) {
  const auto z = koopman_z(first, second, ratio);
  if (!z) return std::nullopt;
  return normal_tail(*z);
}

std::optional<double> koopman_p_at_least(RateCount first, RateCount second, double ratio) {
  const auto z = koopman_z(first, second, ratio);
  if (!z) return std::nullopt;
  return normal_cdf(*z);
}

}  // namespace modelgate::stats
