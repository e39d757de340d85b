// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cmath>
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

/// A sum with its rounding errors, and theirs, carried along (SumK with K = 3 of Ogita, Rump & Oishi 2005, SIAM J. Sci.
/// Comput. 26:1955): 159 bits in all, so that the rows' order does not show. Where the terms lie within a factor of
/// 2^80 or so of each other nothing is lost at all; else 2^-106 of the largest partial sum may be.
class CompensatedSum {
 public:
  void add(double x) { add_error(two_sum(sum_, x)); }
  /// Adds x·y, which in general is no double, without rounding it.
  void add_product(double x, double y) {
    const double product = x * y;
    add(product);
    add(product_error(x, y, product));
  }
  void merge(const CompensatedSum& other) {
    add(other.sum_);
    add_error(other.error_);
    last_ += other.last_;
  }
  double value() const {
    double error = error_;
    const double last = two_sum(error, last_);
    double sum = sum_;
    const double rest = two_sum(sum, error);
    return sum + (rest + last);
  }
  /// The sum as two doubles, the second the rounding error of the first.
  std::array<double, 2> parts() const {
    const double first = value();
    return {first, ((sum_ - first) + error_) + last_};
  }

 private:
  /// sum += x; what rounding took away (Knuth's TwoSum).
  static double two_sum(double& sum, double x) {
    const double next = sum + x;
    const double part = next - sum;
    const double lost = (sum - (next - part)) + (x - part);
    sum = next;
    return lost;
  }
  /// x·y − product, exact (Dekker's TwoProduct); 0 where halving would overflow.
  static double product_error(double x, double y, double product) {
    constexpr double splitter = 134217729.0;  // 2^27 + 1
    constexpr double largest = 0x1p996;
    if (!(std::abs(x) < largest && std::abs(y) < largest && std::abs(product) < largest)) return 0.0;
    const double xs = splitter * x;
    const double ys = splitter * y;
    const double xh = xs - (xs - x);
    const double yh = ys - (ys - y);
    const double xl = x - xh;
    const double yl = y - yh;
    return xl * yl - (((product - xh * yh) - xl * yh) - xh * yl);
  }
  void add_error(double lost) { last_ += two_sum(error_, lost); }

  double sum_ = 0.0;
  double error_ = 0.0;
  double last_ = 0.0;
};

/// Collects rows (or clusters) of a mean; one a slice, filled in a single pass over the rows; parts merge. The result
/// does not depend on the order of rows and parts.
class MeanAccumulator {
 public:
  /// One row of weight 1: a per-row loss, or the difference of two models' losses (paired). Inline: called once a row.
  void add(double x) {
    ++rows_;
    row_x_.add(x);
    row_xx_.add_product(x, x);
  }
  /// One row of weight w >= 0.
  void add(double x, double w) { add_unit(w * x, w); }
  /// One cluster by its sums over the cluster's rows: Σw·x and Σw.
  void add_unit(double sum_wx, double sum_w) {
    ++units_;
    w_.add(sum_w);
    ww_.add_product(sum_w, sum_w);
    a_.add(sum_wx);
    aw_.add_product(sum_wx, sum_w);
    aa_.add_product(sum_wx, sum_wx);
  }
  /// Adds what another accumulator saw.
  void merge(const MeanAccumulator& other);

  /// nullopt with no units, with a weight sum <= 0, or where a value was not finite.
  std::optional<MeanEstimate> estimate() const;

 private:
  std::size_t units_ = 0;  // weighted ones
  CompensatedSum w_, ww_, a_, aw_, aa_;
  std::size_t rows_ = 0;  // units of weight 1, which need two sums, not five
  CompensatedSum row_x_, row_xx_;
};

/// t interval of the mean, level 1−2·alpha, units − 1 degrees of freedom; nullopt for zero variance.
std::optional<Interval> mean_interval(const MeanEstimate& estimate, double alpha);
/// p of "mean <= limit"; nullopt for zero variance.
std::optional<double> mean_p_at_most(const MeanEstimate& estimate, double limit);
/// p of "mean >= limit"; nullopt for zero variance.
std::optional<double> mean_p_at_least(const MeanEstimate& estimate, double limit);

}  // namespace modelgate::stats
