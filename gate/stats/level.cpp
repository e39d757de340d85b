// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/level.hpp"

#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numbers>

namespace modelgate::stats {

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

double normal_tail(double z) { return 0.5 * std::erfc(z / std::numbers::sqrt2); }

double logit(double p) { return std::log(p / (1.0 - p)); }

double expit(double x) { return 1.0 / (1.0 + std::exp(-x)); }

double normal_critical(double alpha) {
  return boost::math::quantile(boost::math::complement(boost::math::normal_distribution<double>(), alpha));
}

double t_tail(double t, double dof) {
  if (std::isinf(t)) return t > 0.0 ? 0.0 : 1.0;
  return boost::math::cdf(boost::math::complement(boost::math::students_t_distribution<double>(dof), t));
}

double t_critical(double alpha, double dof) {
  return boost::math::quantile(boost::math::complement(boost::math::students_t_distribution<double>(dof), alpha));
}

}  // namespace modelgate::stats
