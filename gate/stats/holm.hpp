// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

namespace modelgate::stats {

/// One hypothesis after Holm's step-down.
struct HolmStep {
  double p_adjusted = 1.0;  ///< reject at family level alpha where p_adjusted <= alpha; in [p, 1]
  double level = 0.0;       ///< the local level alpha/(m − rank) that this p was compared with
};

/// Holm's step-down (Holm 1979), valid under any dependence, in the order of the input. A p that is NaN counts as 1.
std::vector<HolmStep> holm(std::span<const double> p, double alpha);

}  // namespace modelgate::stats
