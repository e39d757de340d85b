// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "checks/check.hpp"

namespace modelgate {

/// Judges a binary metric of the label that `class:` names in a multilabel task, on that label alone; any other task as
/// it is.
std::vector<CheckResult> judge_one_label(const PlannedCheck& planned, const Evidence& evidence, Evaluate judge);

}  // namespace modelgate
