// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "checks/check.hpp"

namespace modelgate {

/// Judges every planned check on this many threads; results in the order of the plan, slices in theirs, whatever the
/// threads. Checks that were not selected are judged as well, because the error budget is the whole gate file's, but
/// never as errors. A cache is made for the table where the evidence brings none. Fills seconds of every result.
std::vector<CheckResult> evaluate_all(const Plan& plan, const Evidence& evidence, unsigned threads);

}  // namespace modelgate
