// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "gate/core/check_result.hpp"
#include "gate/core/policy.hpp"

namespace modelgate {

/// Spends the gate's error budget: fills p_adjusted of every part and answers, result by result, whether any part
/// fails. Blocking dataset parts share one Holm at alpha; latency and resource parts split a second gate_alpha evenly;
/// parts of severity: warn stand outside, each at alpha. alpha: gate_alpha, or what looks at growing data leave of it.
std::vector<bool> spend_error_budget(std::vector<CheckResult>& results, double alpha = gate_alpha);

}  // namespace modelgate
