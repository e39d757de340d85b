// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "checks/check.hpp"
#include "checks/losses.hpp"

namespace modelgate {

/// Fewest rows for a t interval of a mean loss.
inline constexpr std::size_t min_loss_rows = 20;

/// Judges the mean of a per-row loss by the linearised (paired) t.
std::vector<CheckResult> judge_mean_loss(const PlannedCheck& planned, const Evidence& evidence, Loss loss);

}  // namespace modelgate
