// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "gate/core/plan.hpp"
#include "gate/core/score_table.hpp"
#include "gate/propose/checks.hpp"

namespace modelgate {

/// Chooses the margin of every line that the rows decide, by the planner's chances; plan is the gate file of exactly
/// these lines, one check each. Takes out lines whose places can all never be judged and returns why, a sentence each.
std::vector<std::string> settle_margins(std::vector<propose::CheckLine>& lines, const Plan& plan,
                                        const RowColumns& rows);

}  // namespace modelgate
