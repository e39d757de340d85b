// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "checks/bias/group_table.hpp"
#include "checks/bias/pair_test.hpp"
#include "checks/check.hpp"

namespace modelgate {

/// Most pairs that a result lists, worst first; beyond them they are judged and counted, but not listed.
inline constexpr std::size_t most_pairs = 1000;

/// Judges the gaps between every two groups of the attribute (or of every group to the reference group) in each of
/// these rates: Newcombe's interval of a difference, or Koopman's of a ratio. One part a pair and rate, worst first;
/// value: the largest difference or the smallest ratio.
std::vector<CheckResult> judge_gaps(const PlannedCheck& planned, const Evidence& evidence,
                                    std::span<const GroupRateKind> kinds, GapKind gap);

}  // namespace modelgate
