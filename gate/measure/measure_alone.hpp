// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "gate/measure/measure.hpp"

namespace modelgate {

/// measure() while no other gate on this machine measures, with the machine's state noted. Waiting for others is
/// outside every cap and stands in waited_s; where no lock can be had, a warning is added, once. Errors: only
/// cancelled.
Result<LatencyRun> measure_alone(const MeasureSettings& settings, WorkerFactory& factory, const StopRule& decided,
                                 const Clock& clock, Progress& progress, const std::atomic<bool>* cancel,
                                 std::vector<std::string>& warnings);

}  // namespace modelgate
