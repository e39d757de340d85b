// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "gate/core/clock.hpp"
#include "gate/core/error.hpp"
#include "gate/measure/measure.hpp"

namespace modelgate {

/// Gives the worker `count` batches back to back from the first_input-th on, always one more than it works on, so that
/// it never waits for the gate: seconds of each batch from completion to completion, of the first from its sending.
Result<std::vector<double>> stream(TimedWorker& worker, const Clock& clock, std::size_t first_input, std::size_t count);

}  // namespace modelgate
