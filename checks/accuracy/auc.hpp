// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "checks/cache.hpp"
#include "checks/check.hpp"
#include "checks/scope_case.hpp"

namespace modelgate {

/// Fewest rows of each label for which DeLong's interval keeps its level.
inline constexpr std::size_t min_rows_per_label = 20;

/// Judges ROC AUC: DeLong on the logit scale against a limit, paired DeLong against production.
std::vector<CheckResult> judge_auc(const PlannedCheck& planned, const Evidence& evidence);

/// Judges Gini = 2·AUC − 1 by the method of ROC AUC: limits and margins halved on the way in, values doubled on the way
/// out.
std::vector<CheckResult> judge_gini(const PlannedCheck& planned, const Evidence& evidence);

/// The same for one place and what is known of it.
void judge_auc_at(ScopeCase& scope, const GroupAuc& auc);

}  // namespace modelgate
