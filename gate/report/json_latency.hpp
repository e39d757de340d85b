// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gate/report/json_check.hpp"

namespace modelgate {

/// What was measured beside a timed check: "latency" of its entry in report.json.
Json latency_json(const LatencyReport& latency);

}  // namespace modelgate
