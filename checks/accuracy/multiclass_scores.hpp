// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "checks/check.hpp"

namespace modelgate {

/// Judges the multiclass Brier score: mean over rows of the summed squared distance of all class probabilities from the
/// label's 0s and 1, in [0, 2] (scikit-learn's brier_score_loss for several classes).
std::vector<CheckResult> judge_multiclass_brier(const PlannedCheck& planned, const Evidence& evidence);

}  // namespace modelgate
