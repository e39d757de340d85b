// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "gate/core/check_result.hpp"
#include "gate/core/policy.hpp"

namespace modelgate {

/// Spends the gate's error budget: fills p_adjusted of every part and answers, result by result, whether any part
/// fails. Blocking dataset parts share one Holm at alpha; latency and resource parts split a second gate_alpha evenly;
/// parts of severity: warn and of checks without error (is_exact) stand outside, each at alpha. alpha: gate_alpha, or
/// what looks at growing data leave of it. Where the gate file extends a policy, the policy's checks have both budgets
/// to themselves and what the gate file adds has two of its own: each author answers for 5 % false fails of each kind,
/// so that 300 idle checks in the gate file cannot raise what a fail of the policy needs. Any false fail of the golden
/// rows then comes in at most 10 % of runs.
std::vector<bool> spend_error_budget(std::vector<CheckResult>& results, double alpha = gate_alpha);

}  // namespace modelgate
