// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "checks/check.hpp"

namespace modelgate {

/// Fewest rows of each label for which DeLong's interval keeps its level.
inline constexpr std::size_t min_rows_per_label = 20;

/// Judges ROC AUC: DeLong on the logit scale against a limit, paired DeLong against production.
std::vector<CheckResult> judge_auc(const PlannedCheck& planned, const Evidence& evidence);

}  // namespace modelgate
