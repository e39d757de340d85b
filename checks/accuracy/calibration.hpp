// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "checks/check.hpp"

namespace modelgate {

/// Adds the expected calibration error of both models to every result that was judged, with what a perfectly calibrated
/// model would show on the same rows: evidence and a clause of the message, never a limit. Binary tasks only.
void report_calibration_error(std::vector<CheckResult>& results, const PlannedCheck& planned, const Evidence& evidence);

}  // namespace modelgate
