// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "gate/stats/bisect.hpp"
#include "gate/stats/paired_rates.hpp"

namespace modelgate::stats {

// Nam & Blackwelder 2002, Statistics in Medicine 21:689, restated without the rows where both say no (they cancel).
// With N = both + b + c, theta their θ0, x1 = both + b, x2 = both + c:
//   z = (x1 − θ·x2) / sqrt(n·θ·(p10 + p01)),
// p10, p01 the maximum-likelihood discordant probabilities under p1 = θ·p2. As p01 = (N/n)·t, t is the larger root of
//   (θ + 1)N·t² − [b + c − (θ² − 1)(both + c)]·t − c(θ − 1) = 0,  and  θ·p10 = (N/n)(θ − 1 + t).
std::optional<double> paired_ratio_z(const PairedCounts& counts, double theta) {
  if (counts.both + counts.discordant() == 0 || !(theta > 0.0) || std::isinf(theta)) return std::nullopt;
  const auto both = static_cast<double>(counts.both);
  const auto b = static_cast<double>(counts.only_candidate);
  const auto c = static_cast<double>(counts.only_production);
  const double excess = both + b - theta * (both + c);
  if (excess == 0.0) return 0.0;
  const double qa = (theta + 1.0) * (both + b + c);
  const double qb = b + c - (theta * theta - 1.0) * (both + c);
  const double qc = c * (theta - 1.0);
  const double root = std::sqrt(std::max(0.0, qb * qb + 4.0 * qa * qc));
  const double t = qb < 0.0 ? 2.0 * qc / (root - qb) : (qb + root) / (2.0 * qa);  // without cancellation
  const double variance = (both + b + c) * (theta * t + theta - 1.0 + t);
  return excess / std::sqrt(std::max(0.0, variance));
}

std::optional<double> paired_ratio_p_at_most(const PairedCounts& counts, double theta) {
  const auto z = paired_ratio_z(counts, theta);
  if (!z) return std::nullopt;
  return normal_tail(*z);
}

std::optional<double> paired_ratio_p_at_least(const PairedCounts& counts, double theta) {
  const auto z = paired_ratio_z(counts, theta);
  if (!z) return std::nullopt;
  return normal_cdf(*z);
}

std::optional<Interval> paired_ratio_interval(const PairedCounts& counts, double alpha) {
  if (counts.production() == 0 || !usable_level(alpha)) return std::nullopt;
  const double critical = normal_critical(alpha);
  constexpr double widest = 50.0;  // of ln θ: beyond every ratio of 64-bit counts
  const auto above = [&](double log_theta, double z) { return *paired_ratio_z(counts, std::exp(log_theta)) > z; };
  const double low = bisect([&](double u) { return above(u, critical); }, -widest, widest);
  const double high = bisect([&](double u) { return above(u, -critical); }, -widest, widest);
  return Interval{.low = counts.candidate() == 0 ? 0.0 : std::exp(low), .high = std::exp(high)};
}

}  // namespace modelgate::stats
