// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "gate/stats/mean_t.hpp"

namespace modelgate::stats {

/// Two models' values on the same units and their difference, each with its standard error; a side is absent where its
/// model is not usable or its value undefined.
struct PairedEstimate {
  std::optional<MeanEstimate> candidate;
  std::optional<MeanEstimate> production;
  std::optional<MeanEstimate> difference;  ///< candidate − production, unit by unit

  /// candidate − factor · production with its standard error, from the three estimates; factor 0: the candidate alone.
  std::optional<MeanEstimate> contrast(double factor) const;
};

/// Collects linearised values unit by unit. A unit's value is its influence on the metric, Σ over its rows of
/// weight · ∂metric/∂weight, so that the sum of squares is the metric's variance: G/(G − 1) · Σψ² with G units (HC1 for
/// rows; Binder 1983, Int. Stat. Rev. 51:279 for clusters; Deville 1999, Survey Methodology 25:193).
class InfluenceSums {
 public:
  /// One unit; or `copies` alike units that share these influences evenly (a row of frequency weight), of sum of
  /// weights `weight`.
  void add(double candidate, double production, double weight, double copies = 1.0);

  /// Many units at once, each of one row: so much influence per weight, `units` of them with these sums of weights and
  /// of squared weights.
  void add_rows(double candidate, double production, double units, double weight, double weight_squares);

  /// The estimates of these values; a value that is absent or not finite stays absent.
  PairedEstimate estimate(std::optional<double> candidate, std::optional<double> production) const;

  /// Units of a weight above 0 seen so far.
  std::size_t units() const;

 private:
  std::optional<MeanEstimate> one(double value, double squares, double scale) const;

  CompensatedSum units_, weight_, weight_squares_, candidate_, production_, difference_;
};

/// A smooth function of sums; nothing where it is undefined.
using SumsMetric = std::function<std::optional<double>(std::span<const double>)>;

/// Partial derivatives at these sums by the five-point rule, good to about 1e-11 of value/scale. scales: how far a sum
/// may move without leaving the metric's domain (for a count: itself); a scale that is not above 0 gives derivative 0,
/// right for a sum to which no row adds. Nothing where the metric is undefined nearby.
std::optional<std::vector<double>> gradient(const SumsMetric& metric, std::span<const double> sums,
                                            std::span<const double> scales);

}  // namespace modelgate::stats
