// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "checks/cells.hpp"
#include "checks/influence.hpp"
#include "gate/stats/linearised.hpp"
#include "gate/stats/paired_rates.hpp"

namespace modelgate {

/// What a unit of weight in one cell moves each model's value by.
struct CellSlopes {
  double candidate = 0.0;
  double production = 0.0;
  bool judged = true;  ///< false: rows the metric does not speak of, so that a unit of such rows alone is none
};

/// The estimates of one group from its cells (weighted, clustered or plain) with slopes by cell: O(cells), clustered
/// O(unit cells).
stats::PairedEstimate linearise_cells(const GroupCells& cells, std::span<const CellSlopes> slopes,
                                      const GroupValues& values);

/// Units with at least one row in the cells that `speaks` picks; each row its own unit: rows.
std::size_t units_where(const GroupCells& cells, const std::function<bool(const Cell&)>& speaks);

/// What one cell's rows are to a rate: judged at all, and a "yes" of either model.
struct CellVote {
  bool judged = false;
  bool candidate = false;
  bool production = false;
};

/// How much the units say whose rows speak: differ between the models, or give the rarer answer.
struct Speech {
  double units = 0.0;  ///< Kish's n of the units that speak, as if they were few among many: where half of all speak,
                       ///< nothing is skewed, and it is infinite
  double rows = 0.0;   ///< independent rows of equal weight that the judged ones are worth; nobody speaks: Kish's n
};

/// A rate Σw·yes/Σw over the judged rows, both models.
struct LinearisedRate {
  stats::PairedEstimate estimate;
  std::size_t units = 0;             ///< units with judged rows
  std::size_t discordant_units = 0;  ///< of them, those with rows on which the models differ
  bool even = false;                 ///< each judged row is its own unit and all weigh alike: counts say it all
  stats::PairedCounts counts;        ///< judged rows (frequencies expanded)
  Speech differing;                  ///< of the rows on which the models differ
  Speech minority;                   ///< of the candidate's yes or its no, whichever is rarer
  stats::PairedShares effective;     ///< the weighted shares on the rows of `differing`

  /// p-values at a limit: the linearised t, and where fewer than few_effective units speak (differ; for an absolute
  /// limit: say the rarer answer), whose variance knows too little, the larger of its p and the score's on the
  /// effective rows. Nothing where the limit has no meaning.
  std::optional<Tail> tail(double factor, double limit, bool relative) const;
  /// The intervals that these p-values belong to, level 1−2·alpha.
  std::optional<Interval> difference_interval(double alpha) const;
  std::optional<Interval> candidate_interval(double alpha) const;
};

/// Fewest units (Kish's n, few among many) that must speak before the linearised variance of a rate stands alone: at
/// the margin, with all differences one way, false passes else come in 10 % of cases at 20 units, 14 % where their
/// weights are lognormal.
inline constexpr double few_effective = 50.0;

/// Fewest units that must speak before the variance of any other label metric stands alone.
inline constexpr std::size_t few_speaking = 10;

/// The rate of one group; nothing judged leaves the estimates absent.
LinearisedRate linearise_rate(const GroupCells& cells, const std::function<CellVote(const Cell&)>& vote);

}  // namespace modelgate
