// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "checks/check.hpp"

namespace modelgate {

// One function a metric: its row of the registry, with its explanation beside its definition.
RegisteredCheck latency_check();
RegisteredCheck latency_p50_check();
RegisteredCheck latency_p90_check();
RegisteredCheck latency_p95_check();
RegisteredCheck latency_p99_check();
RegisteredCheck latency_p999_check();

}  // namespace modelgate
