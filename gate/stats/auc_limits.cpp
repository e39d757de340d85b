// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "gate/stats/auc.hpp"

namespace modelgate::stats {

namespace {

// Standard error of logit(AUC) by the delta method: se / (A(1 − A)) (Qin & Hotilovac 2008, Stat. Methods Med. Res.
// 17:207).
std::optional<double> logit_error(const AucEstimate& e) {
  if (!(e.auc > 0.0 && e.auc < 1.0) || !(e.variance > 0.0)) return std::nullopt;
  return std::sqrt(e.variance) / (e.auc * (1.0 - e.auc));
}

std::optional<double> logit_z(const AucEstimate& e, double limit) {
  const auto se = logit_error(e);
  if (!se || !(limit > 0.0 && limit < 1.0)) return std::nullopt;
  return (logit(e.auc) - logit(limit)) / *se;
}

double upper_tail(double z, std::size_t units) {
  return units == 0 ? normal_tail(z) : t_tail(z, static_cast<double>(units - 1));
}

double critical(double alpha, std::size_t units) {
  return units == 0 ? normal_critical(alpha) : t_critical(alpha, static_cast<double>(units - 1));
}

struct Contrast {
  double value = 0.0;
  double std_error = 0.0;
};

// candidate − k·production has variance Vc + k²·Vp − 2k·Cov.
std::optional<Contrast> contrast_of(const PairedAuc& pair, double factor) {
  const double variance =
      pair.candidate.variance + factor * factor * pair.production.variance - 2.0 * factor * pair.covariance;
  // equal scores leave a rounding error of the three terms, not a variance
  const double rounding = 1e-14 * (pair.candidate.variance + factor * factor * pair.production.variance);
  if (!(variance > rounding)) return std::nullopt;
  return Contrast{.value = pair.candidate.auc - factor * pair.production.auc, .std_error = std::sqrt(variance)};
}

}  // namespace

std::optional<Interval> auc_interval(const AucEstimate& estimate, double alpha) {
  const auto se = logit_error(estimate);
  if (!se || !usable_level(alpha)) return std::nullopt;
  const double half = critical(alpha, estimate.units) * *se;
  const double centre = logit(estimate.auc);
  return Interval{.low = expit(centre - half), .high = expit(centre + half)};
}

std::optional<double> auc_p_at_most(const AucEstimate& estimate, double limit) {
  const auto z = logit_z(estimate, limit);
  if (!z) return std::nullopt;
  return upper_tail(*z, estimate.units);
}

std::optional<double> auc_p_at_least(const AucEstimate& estimate, double limit) {
  const auto z = logit_z(estimate, limit);
  if (!z) return std::nullopt;
  return upper_tail(-*z, estimate.units);
}

std::optional<Interval> paired_auc_interval(const PairedAuc& pair, double alpha, double factor) {
  const auto contrast = contrast_of(pair, factor);
  if (!contrast || !usable_level(alpha)) return std::nullopt;
  const double half = critical(alpha, pair.candidate.units) * contrast->std_error;
  return Interval{.low = contrast->value - half, .high = contrast->value + half};
}

std::optional<double> paired_auc_p_at_most(const PairedAuc& pair, double limit, double factor) {
  const auto contrast = contrast_of(pair, factor);
  if (!contrast || std::isnan(limit)) return std::nullopt;
  return upper_tail((contrast->value - limit) / contrast->std_error, pair.candidate.units);
}

std::optional<double> paired_auc_p_at_least(const PairedAuc& pair, double limit, double factor) {
  const auto contrast = contrast_of(pair, factor);
  if (!contrast || std::isnan(limit)) return std::nullopt;
  return upper_tail((limit - contrast->value) / contrast->std_error, pair.candidate.units);
}

}  // namespace modelgate::stats
