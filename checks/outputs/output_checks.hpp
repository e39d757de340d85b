// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "checks/check.hpp"

namespace modelgate {

/// parity: the outputs of candidate and production beside each other, row by row.
RegisteredCheck max_abs_difference_check();
RegisteredCheck mean_abs_difference_check();
RegisteredCheck mismatched_rows_check();
RegisteredCheck decision_flips_check();

/// determinism: the outputs of a live model beside its own, when it is given the same rows again.
RegisteredCheck repeated_rows_check();

/// What both families have in common: a fact of the golden rows, which takes `max` alone and nothing of the error
/// budget, and into which no weight enters.
CheckSpec outputs_spec(Family family, std::string_view metric, std::string_view summary, std::string_view explain);

/// The judgement of a value that is known without error. A NaN on either side is a fail.
void judge_exactly(CheckResult& result, double value);

}  // namespace modelgate
