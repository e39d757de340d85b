// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "checks/check.hpp"
#include "gate/core/samples.hpp"

namespace modelgate {

/// Judges one planned check of the resources family that rounds answer, at the last look they have reached. p_fail is
/// scaled so that p_fail <= 0.05 is a fail at that look's level.
CheckResult judge_resources(const PlannedCheck& planned, const Plan& plan, const LatencyRun& run);

/// The check of the registry: finds the run of the planned load shape.
std::vector<CheckResult> evaluate_resources(const PlannedCheck& planned, const Evidence& evidence);

/// model_size: the bytes of the two files, compared exactly.
std::vector<CheckResult> evaluate_model_size(const PlannedCheck& planned, const Evidence& evidence);

}  // namespace modelgate
