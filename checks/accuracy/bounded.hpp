// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "checks/check.hpp"
#include "checks/scope_case.hpp"
#include "gate/stats/linearised.hpp"

namespace modelgate {

/// How many rows of one group speak, frequencies counted.
struct SpeakingRows {
  std::size_t worse = 0;      ///< the candidate may do worse than production
  std::size_t better = 0;     ///< and better
  std::size_t differing = 0;  ///< either
  std::size_t imperfect = 0;  ///< the candidate is not flawless
};

/// A metric in one place that a row can move by no more than `most`/rows: a mean of bounded losses, an average of
/// ratios.
struct BoundedCase {
  const stats::PairedEstimate& estimate;
  SpeakingRows rows;
  Direction direction = Direction::higher_is_better;
  double ideal = 1.0;  ///< value where no row is imperfect
  double most = 1.0;   ///< above 0
};

/// Judges it by the linearised (paired) t. With fewer than 10 speaking rows, whose t would be too narrow, and where no
/// row speaks at all, the good side is proven by the bound of a rate instead: the share of speaking rows times `most`.
void judge_bounded(ScopeCase& scope, const BoundedCase& of);

}  // namespace modelgate
