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
std::optional<double> tango_z(const PairedCounts& counts, double delta) {
  if (counts.n() == 0 || !(delta > -1.0 && delta < 1.0)) return std::nullopt;
  const auto n = static_cast<double>(counts.n());
  const auto b = static_cast<double>(counts.only_candidate);
  const auto c = static_cast<double>(counts.only_production);
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

std::optional<double> tango_p_at_most(const PairedCounts& counts, double delta) {
  const auto z = tango_z(counts, delta);
  if (!z) return std::nullopt;
  return normal_tail(*z);
}

std::optional<double> tango_p_at_least(const PairedCounts& counts, double delta) {
  const auto z = tango_z(counts, delta);
  if (!z) return std::nullopt;
  return normal_cdf(*z);
}

std::optional<Interval> tango_interval(const PairedCounts& counts, double alpha) {
  if (counts.n() == 0 || !usable_level(alpha)) return std::nullopt;
  const double critical = normal_critical(alpha);
  return Interval{.low = bisect([&](double d) { return *tango_z(counts, d) > critical; }, -1.0, 1.0),
                  .high = bisect([&](double d) { return *tango_z(counts, d) > -critical; }, -1.0, 1.0)};
}

}  // namespace modelgate::stats
