// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

#include "gate/core/interval.hpp"
#include "gate/stats/level.hpp"

namespace modelgate::stats {

/// A (weighted) mean with its linearised standard error: HC1 for rows, cluster sums for clusters.
struct MeanEstimate {
  double mean = 0.0;
  double std_error = 0.0;  ///< 0 with fewer than 2 units or where every unit says the same: no interval, no p
  std::size_t units = 0;   ///< rows, or clusters; the t has units − 1 degrees of freedom
  double weight = 0.0;     ///< sum of weights
  double kish = 0.0;       ///< (Σw)²/Σw²: effective units

  bool zero_variance() const { return !(std_error > 0.0); }
};

/// A sum with its rounding errors carried along (Sum2 of Ogita, Rump & Oishi 2005), so that the order of the rows
/// hardly shows.
class CompensatedSum {
 public:
  void add(double x) {
    const double sum = sum_ + x;
    const double part = sum - sum_;
    error_ += (sum_ - (sum - part)) + (x - part);
    sum_ = sum;
  }
  void merge(const CompensatedSum& other) {
    add(other.sum_);
    error_ += other.error_;
  }
  double value() const { return sum_ + error_; }

 private:
  double sum_ = 0.0;
  double error_ = 0.0;
};

/// Collects rows (or clusters) of a mean; one a slice, filled in a single pass over the rows; parts merge.
class MeanAccumulator {
 public:
  /// One row of weight 1: a per-row loss, or the difference of two models' losses (paired). Inline: called once a row.
  void add(double x) {
    if (units_ == 0) shift_ = x;
    ++units_;
    ++rows_;
    const double a = x - shift_;
    row_x_.add(x);
    row_a_.add(a);
    row_aa_.add(a * a);
  }
  /// One row of weight w >= 0.
  void add(double x, double w) { add_unit(w * x, w); }
  /// One cluster by its sums over the cluster's rows: Σw·x and Σw.
  void add_unit(double sum_wx, double sum_w) {
    if (units_ == 0) shift_ = sum_w > 0.0 ? sum_wx / sum_w : 0.0;
    ++units_;
    const double a = sum_wx - shift_ * sum_w;
    w_.add(sum_w);
    ww_.add(sum_w * sum_w);
    wx_.add(sum_wx);
    a_.add(a);
    aw_.add(a * sum_w);
    aa_.add(a * a);
  }
  /// Adds what another accumulator saw.
  void merge(const MeanAccumulator& other);

  /// nullopt with no units, with a weight sum <= 0, or where a value was not finite.
  std::optional<MeanEstimate> estimate() const;

 private:
  /// The same with the rows of weight 1 among the weighted units.
  MeanAccumulator folded() const;

  std::size_t units_ = 0;
  double shift_ = 0.0;  // the first mean seen: keeps a large common offset out of the squares
  CompensatedSum w_, wx_, ww_, a_, aw_, aa_;
  std::size_t rows_ = 0;  // units of weight 1, which need three sums, not six
  CompensatedSum row_x_, row_a_, row_aa_;
};

/// t interval of the mean, level 1−2·alpha, units − 1 degrees of freedom; nullopt for zero variance.
std::optional<Interval> mean_interval(const MeanEstimate& estimate, double alpha);
/// p of "mean <= limit"; nullopt for zero variance.
std::optional<double> mean_p_at_most(const MeanEstimate& estimate, double limit);
/// p of "mean >= limit"; nullopt for zero variance.
std::optional<double> mean_p_at_least(const MeanEstimate& estimate, double limit);

}  // namespace modelgate::stats
