// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

#include "gate/core/error.hpp"

namespace modelgate {

/// Sleeps until this instant of SteadyClock without the kernel's usual slack of 50 µs; the calling thread uses no CPU
/// meanwhile. Error: cancelled, noticed within 0.2 s; cancel may be null.
Result<void> sleep_until(double instant_s, const std::atomic<bool>* cancel);

}  // namespace modelgate
