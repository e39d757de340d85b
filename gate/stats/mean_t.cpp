// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/mean_t.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace modelgate::stats {

// A unit i has the sums A_i = Σw·x and W_i = Σw; the mean is θ = ΣA/ΣW. For the squares a_i = A_i − s·W_i, shift s.
// Linearised variance: G/(G − 1) · Σ(A_i − θ·W_i)² / (ΣW)², which for rows is HC1 of a weighted mean (MacKinnon & White
// 1985) and for clusters the between-cluster form of Liang & Zeger 1986 with the usual small-sample factor.
std::optional<MeanEstimate> MeanAccumulator::estimate() const {
  if (rows_ > 0) return folded().estimate();
  const double w = w_.value();
  if (units_ == 0 || !(w > 0.0)) return std::nullopt;
  const double mean = wx_.value() / w;
  const double offset = a_.value() / w;
  const double square = aa_.value() - 2.0 * offset * aw_.value() + offset * offset * ww_.value();
  if (!std::isfinite(mean) || !std::isfinite(square) || !std::isfinite(ww_.value())) return std::nullopt;
  MeanEstimate result{.mean = mean, .std_error = 0.0, .units = units_, .weight = w, .kish = w * w / ww_.value()};
  // Rounding of w·x leaves residuals of 1e-16 of the mean: what is no larger is no variance.
  const double rounding = 1e-28 * mean * mean * ww_.value();
  if (units_ > 1 && square > rounding) {
    const auto g = static_cast<double>(units_);
    result.std_error = std::sqrt(g / (g - 1.0) * square) / w;
  }
  return result;
}

MeanAccumulator MeanAccumulator::folded() const {
  MeanAccumulator all = *this;
  const auto rows = static_cast<double>(std::exchange(all.rows_, 0));
  all.w_.add(rows);
  all.ww_.add(rows);
  all.wx_.merge(row_x_);
  all.a_.merge(row_a_);
  all.aw_.merge(row_a_);
  all.aa_.merge(row_aa_);
  all.row_x_ = all.row_a_ = all.row_aa_ = {};
  return all;
}

void MeanAccumulator::merge(const MeanAccumulator& other) {
  if (other.rows_ > 0) return merge(other.folded());
  if (rows_ > 0) *this = folded();
  if (other.units_ == 0) return;
  if (units_ == 0) {
    *this = other;
    return;
  }
  // a about our shift is a about theirs plus d·W, d = their shift − ours.
  const double d = other.shift_ - shift_;
  units_ += other.units_;
  wx_.merge(other.wx_);
  a_.merge(other.a_);
  a_.add(d * other.w_.value());
  aa_.merge(other.aa_);
  aa_.add(2.0 * d * other.aw_.value());
  aa_.add(d * d * other.ww_.value());
  aw_.merge(other.aw_);
  aw_.add(d * other.ww_.value());
  w_.merge(other.w_);
  ww_.merge(other.ww_);
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
