// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "checks/bias/group_table.hpp"
#include "checks/check.hpp"

namespace modelgate {

/// How two groups' rates are compared.
enum class GapKind { difference, ratio };

/// Judges the gaps between every two groups of the attribute in each of these rates: Newcombe's interval of a
/// difference, or Koopman's of a ratio. One part a pair and rate; value: the largest difference or the smallest ratio.
std::vector<CheckResult> judge_gaps(const PlannedCheck& planned, const Evidence& evidence,
                                    std::span<const GroupRateKind> kinds, GapKind gap);

}  // namespace modelgate
