// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "checks/latency/rounds.hpp"
#include "gate/core/check_result.hpp"

namespace modelgate {

/// One value a round (or a block of rounds) of both models; production empty where there is none. Where a value is an
/// estimate that may lie to either side, low and high bound it; empty: they are the value itself.
struct RoundLevels {
  std::vector<double> candidate;
  std::vector<double> production;
  std::vector<double> candidate_low;
  std::vector<double> candidate_high;
  std::vector<double> production_high;
  double preempted_share = 1.0;  ///< of the candidate's turns; 1: not known
};

/// Judges an absolute limit at this look: pass by the candidate's own interval; fail only where production, measured in
/// the same rounds, keeps the limit and the candidate is slower than it, so that a busy machine blocks nobody. Where
/// production misses it, too, or a first release was interrupted, the reason is runner_unfit. Fills candidate,
/// production, margin, the part and why it does not fail; leaves parts empty without values for every round.
void judge_level_limit(CheckResult& result, const Look& look, const RoundLevels& levels);

/// Whether the machine cannot be the cause of a candidate over the limit: production's value keeps it, or, without one,
/// hardly a turn was interrupted. production: its value over the same rounds.
bool machine_excluded(const CheckResult& result, std::optional<double> production, double preempted_share);

}  // namespace modelgate
