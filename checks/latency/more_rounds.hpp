// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gate/core/check_result.hpp"
#include "gate/core/samples.hpp"

namespace modelgate {

/// For a result that the rounds leave open: rows_needed becomes the seconds more until the look that would decide, if
/// the interval shrinks with the square root of the rounds and the estimate stays; where no look of the protocol would,
/// detail says why not. Results that pass, and those of an unfit runner, stay as they are.
void plan_more_rounds(CheckResult& result, const LatencyRun& run);

}  // namespace modelgate
