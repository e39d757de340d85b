// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gate/report/benchmark_json.hpp"

namespace modelgate {

/// This machine as /proc and /sys tell it; what they do not tell stays empty. The date is left to the caller.
BenchmarkHost benchmark_host();

}  // namespace modelgate
