// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace modelgate {

/// What a check result says; only pass, waived and not_selected never block.
enum class Outcome { pass, fail, inconclusive, not_assessable, error, waived, not_selected };

/// Why a result is not a plain pass or fail: a closed list, part of the report contract.
enum class Reason {
  none,
  straddles_limit,
  too_few_rows,
  too_few_events,
  absent_slice,
  undefined,
  zero_variance,
  no_baseline,
  identical_models,
  non_finite,
  wrong_shape,
  model_unloadable,
  model_crashed,
  timeout,
  data_invalid,
  digest_mismatch,
  signature_invalid,
  isolation_insufficient,
  outputs_differ,
  runner_unfit,
  reuse_exhausted,
  cancelled,
  internal,
};

enum class Severity { block, warn };
enum class OnInconclusive { block, guard, warn };
enum class OnNotAssessable { block, warn };

/// The contract's spelling of each value ("not_assessable", "too_few_rows", …).
std::string_view to_string(Outcome outcome);
std::string_view to_string(Reason reason);
std::string_view to_string(Severity severity);
std::string_view to_string(OnInconclusive policy);
std::string_view to_string(OnNotAssessable policy);

}  // namespace modelgate
