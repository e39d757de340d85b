// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "checks/accuracy/judge_limit.hpp"
#include "checks/accuracy/labels.hpp"
#include "gate/stats/bootstrap.hpp"
#include "gate/stats/paired_rates.hpp"

namespace modelgate {

/// One label metric in one scope: its cells, both models' margins, and all that is known of its uncertainty.
struct LabelCase {
  LabelCase(ScopeCase& at, const LabelMetric& of, const GroupCells& here, std::uint32_t of_class);

  ScopeCase& scope;
  const LabelMetric& metric;
  const GroupCells& cells;
  std::uint32_t klass = 1;
  std::array<ClassSums, 2> sums;     ///< weighted
  stats::PairedEstimate linearised;  ///< absent sides: undefined, or no influence function
  stats::PairedBootstrap bootstrap;  ///< of the counts
  stats::PairedShares effective;     ///< the rows that the value rests on, and of them the gains and losses
  std::size_t discordant_units = 0;  ///< units with rows on which the models decide differently
  std::size_t outvoted_units = 0;    ///< fewer of: units with rows that the candidate decides wrong, and right

  std::optional<double> value(Role role) const { return metric.value(sums[index_of(role)], klass); }
  /// Weights, clusters, or enough rows of every class concerned: the influence function decides, else the bootstrap.
  bool by_influence() const;
  /// An absolute limit on unweighted rows, with a binomial share behind the metric.
  bool by_share() const { return !scope.relative() && metric.share != nullptr && !cells.linearised; }
  /// Units of rows that the value rests on; for plain rows: rows.
  std::size_t speaking_units() const;

  /// p-values at a limit; where fewer than few_speaking units differ (for an absolute limit: are outvoted), no less
  /// than the score's of as many rows.
  std::optional<Tail> tail(double factor, double limit, ResampledTails& resampled) const;
  std::optional<Interval> side_interval(Role role, double alpha);
  std::optional<Interval> difference_interval(double alpha);
  /// The candidate's value as a rate of the rows it rests on, where fewer than few_speaking units are outvoted
  /// or the value is 0 or 1.
  std::optional<stats::RateShare> few_outvoted() const;
};

}  // namespace modelgate
