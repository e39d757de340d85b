// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "checks/groups.hpp"
#include "gate/core/error.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/score_table.hpp"

namespace modelgate {

/// Fewest units that a linearised t is judged on, in every slice and group.
inline constexpr std::size_t min_units = 20;

/// What every golden row counts for and which rows are judged together: dataset.weight, dataset.cluster and
/// target_prevalence made one. Views the table, which must outlive it.
struct Weighing {
  Weighing() = default;
  Weighing(Weighing&&) = default;  // the views stay valid: a moved vector keeps its buffer
  Weighing& operator=(Weighing&&) = default;

  std::span<const double> weights;       ///< weight of each row in all; empty: 1
  std::span<const std::uint32_t> units;  ///< unit of each row; empty: each row is its own unit
  std::size_t unit_count = 0;            ///< distinct units; 0 where each row is its own
  std::span<const double> copies;        ///< rows that a row of frequency weight stands for; empty: 1, or clustered
  std::span<const double> exposure;      ///< denominators of rates, never weights; empty: none
  bool sampled = false;                  ///< the weights are no counts, so that Kish's n says something
  bool within_labels = false;            ///< weights or units also tell rows of one label apart (not so a prevalence)
  std::vector<double> scaled;            ///< behind weights, where target_prevalence changes them

  /// Every row counts once and alone: the score methods apply as they are.
  bool plain() const { return weights.empty() && units.empty() && exposure.empty(); }
  /// Rows count as whole numbers of rows alike: the score methods apply to the expanded counts.
  bool expanded() const { return units.empty() && scaled.empty() && !copies.empty(); }
  /// The linearised t is needed.
  bool linearised() const { return !units.empty() || (!weights.empty() && !expanded()); }
  double weight(std::size_t row) const { return weights.empty() ? 1.0 : weights[row]; }
  double copies_of(std::size_t row) const { return copies.empty() ? 1.0 : copies[row]; }
};

/// The weighing that the plan asks of these rows; data error for a weight that is not finite or negative, a frequency
/// that is not whole, weights that are 0 everywhere, units that do not cover the rows, and a target prevalence over
/// rows of one label alone.
Result<Weighing> make_weighing(const RowColumns& rows, const Plan& plan);

/// The units of every group of a scope. A unit whose rows lie in several groups counts once in each.
struct GroupUnits {
  std::vector<std::uint32_t> slots;     ///< by row: number of its (group, unit) pair; empty: each row is its own
  std::vector<std::size_t> slot_count;  ///< by group: its units
  std::vector<std::uint32_t> group_of;  ///< by slot
};

/// Numbers the pairs of group and unit in one pass, O(rows + units).
GroupUnits make_group_units(const Weighing& weighing, const stats::Partition& partition, std::size_t rows);

}  // namespace modelgate
