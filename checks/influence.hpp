// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "checks/cache.hpp"
#include "checks/judge.hpp"
#include "checks/unit_sums.hpp"
#include "gate/stats/linearised.hpp"

namespace modelgate {

/// Influence of a row on the value of its own group: the row's weight · ∂value/∂weight, so that the influences of a
/// group sum to 0 for metrics that do not depend on the sum of weights. By Role; 0 for a model that is not usable.
using RowInfluence = std::function<std::array<double, 2>(std::size_t row, std::size_t group)>;

/// The estimates of every group of the scope: influences summed by unit (clusters), by copies (frequencies) or row by
/// row, one pass. `values` are by group. The scope's grouping must be valid.
std::vector<stats::PairedEstimate> linearise_rows(EvidenceCache& cache, const std::optional<Scope>& scope,
                                                  std::span<const GroupValues> values, const RowInfluence& influence);

/// A metric that is a smooth function of k weighted sums over rows.
struct SumsOfRows {
  std::size_t sums = 0;                                                          ///< k
  std::function<void(std::size_t row, Role role, std::span<double> out)> terms;  ///< what a row adds, unweighted
  stats::SumsMetric metric;
  /// How far each sum may move (stats::gradient); empty: by its own size.
  std::function<void(std::span<const double> sums, std::span<double> scales)> scales;
};

/// The estimates of every group of the scope for a metric of sums: two passes, O(rows · k). Rows of exposure are no
/// weights and count once. The scope's grouping must be valid.
std::vector<stats::PairedEstimate> linearise_sums(EvidenceCache& cache, const std::optional<Scope>& scope,
                                                  const SumsOfRows& of);

/// p of candidate − factor · production against limit, Student's t with units − 1; nothing for zero variance.
std::optional<Tail> linearised_tail(const stats::PairedEstimate& estimate, double factor, double limit);

/// Fills candidate, production, difference, units and Kish's n of a result.
void fill_linearised(CheckResult& result, const stats::PairedEstimate& estimate, const Weighing& weighing, double alpha,
                     bool fixed);

/// Fills units and Kish's n of a result.
void fill_units(CheckResult& result, const stats::PairedEstimate& estimate, const Weighing& weighing);

/// Fewest effective units (Kish's n) that a linearised t is judged on. Simulated at a nominal 5 % a side with Pareto
/// weights on 25 to 1,000 rows, a side misses in 4 to 6 % from 20 on, in 6 to 9 % at 10 to 20, in 10 to 20 % at 3 to 10
/// and in over a third below 3, where one row is nearly all there is.
inline constexpr double min_effective_units = 10.0;

/// Whether so many effective units are enough; NaN is not.
bool says_enough(double kish);

/// Makes the result not_assessable where fewer than min_units units can speak, or where a few weigh so much that all
/// say no more than fewer (Kish's n); true where it did.
bool refuse_few_units(CheckResult& result, std::size_t units, double kish, const Weighing& weighing);

}  // namespace modelgate
