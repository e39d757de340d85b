// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "checks/check.hpp"

namespace modelgate {

// One function a metric: its row of the registry, with its explanation beside its definition.
RegisteredCheck throughput_check();
RegisteredCheck cold_start_check();
RegisteredCheck first_request_check();
RegisteredCheck load_time_check();
RegisteredCheck peak_memory_check();
RegisteredCheck model_size_check();

}  // namespace modelgate
