// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/two_means.hpp"

#include <algorithm>
#include <cmath>

#include "gate/stats/level.hpp"

namespace modelgate::stats {

namespace {

struct Contrast {
  double value = 0.0;
  double std_error = 0.0;
  double dof = 0.0;
};

// Welch 1947, Biometrika 34:28: with variances v1, v2 on u1, u2 units, dof = (v1 + v2)²/(v1²/(u1 − 1) + v2²/(u2 − 1)).
// Units that both sides share change the variance by −2·covariance, not the degrees of freedom.
std::optional<Contrast> contrast_of(double value, double v1, double v2, double covariance, const TwoMeans& means) {
  if (means.first.units < 2 || means.second.units < 2) return std::nullopt;
  const double variance = v1 + v2 - 2.0 * covariance;
  if (!(variance > 0.0) || !std::isfinite(variance) || !std::isfinite(value)) return std::nullopt;
  const auto share = [](double v, std::size_t units) { return v * v / static_cast<double>(units - 1); };
  const double dof = (v1 + v2) * (v1 + v2) / (share(v1, means.first.units) + share(v2, means.second.units));
  return Contrast{.value = value, .std_error = std::sqrt(variance), .dof = dof};
}

double square(double x) { return x * x; }

std::optional<Contrast> difference_of(const TwoMeans& means) {
  return contrast_of(means.first.mean - means.second.mean, square(means.first.std_error),
                     square(means.second.std_error), means.covariance, means);
}

// The linearised logarithm of a ratio: variances and covariance relative to the means.
std::optional<Contrast> log_ratio_of(const TwoMeans& means) {
  const double a = means.first.mean;
  const double b = means.second.mean;
  if (!(a > 0.0) || !(b > 0.0)) return std::nullopt;
  return contrast_of(std::log(a / b), square(means.first.std_error / a), square(means.second.std_error / b),
                     means.covariance / (a * b), means);
}

std::optional<Interval> interval_of(const std::optional<Contrast>& contrast, double alpha) {
  if (!contrast || !usable_level(alpha)) return std::nullopt;
  const double half = t_critical(alpha, contrast->dof) * contrast->std_error;
  return Interval{.low = contrast->value - half, .high = contrast->value + half};
}

std::optional<double> p_at_most(const std::optional<Contrast>& contrast, double limit) {
  if (!contrast || std::isnan(limit)) return std::nullopt;
  return t_tail((contrast->value - limit) / contrast->std_error, contrast->dof);
}

}  // namespace

std::optional<Interval> difference_interval(const TwoMeans& means, double alpha) {
  return interval_of(difference_of(means), alpha);
}

std::optional<double> difference_p_at_most(const TwoMeans& means, double gap) {
  return p_at_most(difference_of(means), gap);
}

std::optional<Interval> ratio_interval(const TwoMeans& means, double alpha) {
  const auto logs = interval_of(log_ratio_of(means), alpha);
  if (!logs) return std::nullopt;
  return Interval{.low = std::exp(logs->low), .high = std::exp(logs->high)};
}

std::optional<double> ratio_p_at_most(const TwoMeans& means, double ratio) {
  if (!(ratio > 0.0)) return std::nullopt;
  return p_at_most(log_ratio_of(means), std::log(ratio));
}

std::optional<double> ratio_p_at_least(const TwoMeans& means, double ratio) {
  const std::optional<Contrast> logs = log_ratio_of(means);
  if (!logs || !(ratio > 0.0)) return std::nullopt;
  return t_tail((std::log(ratio) - logs->value) / logs->std_error, logs->dof);
}

}  // namespace modelgate::stats
