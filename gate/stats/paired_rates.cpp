// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/paired_rates.hpp"

#include <algorithm>
#include <cmath>

#include "gate/stats/bisect.hpp"

namespace modelgate::stats {

// Tango 1998, Statistics in Medicine 17:891, equations (4)–(6). b = only_candidate, c = only_production, delta his Δ
// (the margin with its sign): T(Δ) = (b − c − nΔ) / sqrt(n(2·q21 + Δ(1 − Δ))), with q21 the maximum-likelihood
// probability of a production-only row under difference = Δ: q21 = (sqrt(B² − 4AC) − B)/(2A), A = 2n, B = −b − c + (2n
// − b + c)Δ, C = −cΔ(1 − Δ).
std::optional<double> effective_tango_z(const PairedShares& shares, double delta) {
  const auto& [n, b, c] = shares;
  if (!(n > 0.0) || !(delta > -1.0 && delta < 1.0)) return std::nullopt;
  const double excess = b - c - n * delta;
  if (excess == 0.0) return 0.0;
  const double qa = 2.0 * n;
  const double qb = -b - c + (2.0 * n - b + c) * delta;
  const double qc = -c * delta * (1.0 - delta);
  const double root = std::sqrt(std::max(0.0, qb * qb - 4.0 * qa * qc));
  const double q21 = qb > 0.0 ? -2.0 * qc / (root + qb) : (root - qb) / (2.0 * qa);  // without cancellation
  const double variance = n * (2.0 * q21 + delta * (1.0 - delta));
  return excess / std::sqrt(std::max(0.0, variance));
}

std::optional<double> effective_tango_p_at_most(const PairedShares& shares, double delta) {
  const auto z = effective_tango_z(shares, delta);
  if (!z) return std::nullopt;
  return normal_tail(*z);
}

std::optional<double> effective_tango_p_at_least(const PairedShares& shares, double delta) {
  const auto z = effective_tango_z(shares, delta);
  if (!z) return std::nullopt;
  return normal_cdf(*z);
}

std::optional<Interval> effective_tango_interval(const PairedShares& shares, double alpha) {
  if (!(shares.n > 0.0) || !usable_level(alpha)) return std::nullopt;
  const double critical = normal_critical(alpha);
  return Interval{.low = bisect([&](double d) { return *effective_tango_z(shares, d) > critical; }, -1.0, 1.0),
                  .high = bisect([&](double d) { return *effective_tango_z(shares, d) > -critical; }, -1.0, 1.0)};
}

std::optional<double> tango_z(const PairedCounts& counts, double delta) {
  return effective_tango_z(counts.shares(), delta);
}

std::optional<double> tango_p_at_most(const PairedCounts& counts, double delta) {
  return effective_tango_p_at_most(counts.shares(), delta);
}

std::optional<double> tango_p_at_least(const PairedCounts& counts, double delta) {
  return effective_tango_p_at_least(counts.shares(), delta);
}

std::optional<Interval> tango_interval(const PairedCounts& counts, double alpha) {
  return effective_tango_interval(counts.shares(), alpha);
}

}  // namespace modelgate::stats
