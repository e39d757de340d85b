// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/mean_t.hpp"

#include <algorithm>
#include <cmath>

namespace modelgate::stats {

namespace {

__extension__ typedef __float128 Wide;  // squares about a large mean cancel; sums of two doubles fill its 113 bits

Wide wide(const CompensatedSum& sum) {
  const auto [first, second] = sum.parts();
  return static_cast<Wide>(first) + static_cast<Wide>(second);
}

}  // namespace

// A unit i has the sums A_i = Σw·x and W_i = Σw; the mean is θ = ΣA/ΣW. Linearised variance:
// G/(G − 1) · Σ(A_i − θ·W_i)² / (ΣW)², which for rows is HC1 of a weighted mean (MacKinnon & White 1985) and for
// clusters the between-cluster form of Liang & Zeger 1986 with the usual small-sample factor.
std::optional<MeanEstimate> MeanAccumulator::estimate() const {
  const std::size_t units = units_ + rows_;
  const Wide w = wide(w_) + static_cast<Wide>(rows_);
  const Wide ww = wide(ww_) + static_cast<Wide>(rows_);
  const Wide a = wide(a_) + wide(row_x_);
  const Wide aw = wide(aw_) + wide(row_x_);
  const Wide aa = wide(aa_) + wide(row_xx_);
  if (units == 0 || !(w > 0)) return std::nullopt;
  const Wide theta = a / w;
  const auto mean = static_cast<double>(theta);
  const auto square = static_cast<double>(aa - 2 * theta * aw + theta * theta * ww);
  const auto weight = static_cast<double>(w);
  const auto weight_square = static_cast<double>(ww);
  if (!std::isfinite(mean) || !std::isfinite(square) || !std::isfinite(weight_square)) return std::nullopt;
  MeanEstimate result{
      .mean = mean, .std_error = 0.0, .units = units, .weight = weight, .kish = weight * weight / weight_square};
  // Rounding of w·x leaves residuals of 1e-16 of the mean: what is no larger is no variance.
  const double rounding = 1e-28 * mean * mean * weight_square;
  if (units > 1 && square > rounding) {
    const auto g = static_cast<double>(units);
    result.std_error = std::sqrt(g / (g - 1.0) * square) / weight;
  }
  return result;
}

void MeanAccumulator::merge(const MeanAccumulator& other) {
  units_ += other.units_;
  rows_ += other.rows_;
  w_.merge(other.w_);
  ww_.merge(other.ww_);
  a_.merge(other.a_);
  aw_.merge(other.aw_);
  aa_.merge(other.aa_);
  row_x_.merge(other.row_x_);
  row_xx_.merge(other.row_xx_);
}

namespace {

std::optional<double> t_of(const MeanEstimate& e, double limit) {
  if (e.zero_variance() || e.units < 2 || std::isnan(limit)) return std::nullopt;
  return (e.mean - limit) / e.std_error;
}

double dof_of(const MeanEstimate& e) { return static_cast<double>(e.units - 1); }

}  // namespace

std::optional<Interval> mean_interval(const MeanEstimate& estimate, double alpha) {
  if (estimate.zero_variance() || estimate.units < 2 || !usable_level(alpha)) return std::nullopt;
  const double half = t_critical(alpha, dof_of(estimate)) * estimate.std_error;
  return Interval{.low = estimate.mean - half, .high = estimate.mean + half};
}

std::optional<double> mean_p_at_most(const MeanEstimate& estimate, double limit) {
  const auto t = t_of(estimate, limit);
  if (!t) return std::nullopt;
  return t_tail(*t, dof_of(estimate));
}

std::optional<double> mean_p_at_least(const MeanEstimate& estimate, double limit) {
  const auto t = t_of(estimate, limit);
  if (!t) return std::nullopt;
  return t_tail(-*t, dof_of(estimate));
}

}  // namespace modelgate::stats
