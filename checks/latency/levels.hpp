// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "checks/latency/rounds.hpp"
#include "gate/core/check_result.hpp"

namespace modelgate {

/// One value a round of both models; production empty where there is none.
struct RoundLevels {
  std::vector<double> candidate;
  std::vector<double> production;
  double preempted_share = 1.0;  ///< of the candidate's turns
};

/// Judges an absolute limit at this look: pass by the candidate's own interval; fail only where production, measured in
/// the same rounds, keeps the limit and the candidate is slower than it, so that a busy machine blocks nobody. Fills
/// candidate, production, margin and the part; leaves parts empty without values for every round.
void judge_level_limit(CheckResult& result, const Look& look, const RoundLevels& levels);

}  // namespace modelgate
