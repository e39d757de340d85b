// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <vector>

#include "gate/core/error.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/progress.hpp"
#include "gate/core/run_record.hpp"
#include "gate/core/samples.hpp"
#include "gate/sandbox/isolation.hpp"

namespace modelgate {

/// A true slow-down that the self-test seeds into one side; both workers read their CPU clocks alike.
struct SeededSlowdown {
  bool instrumented = false;
  std::array<double, 2> share{};  ///< by Role: of its own CPU time that a worker burns after each request
};

/// Times the live models at every batch size that a selected latency check names, until those checks are decided.
/// The bytes timed are those of the record; without a replay before it, the pins of models and data are checked here
/// and the record is filled in. Errors: unreadable data, a digest of the data not met, cancelled; what ails one model
/// stands in its run. While rounds run the machine's lock is held; warnings gets a sentence where there is none,
/// isolation hears of every worker. Main thread only.
Result<Samples> latency_phase(const Plan& plan, Progress& progress, RunRecord& record,
                              const SeededSlowdown& seeded = {}, std::vector<std::string>* warnings = nullptr,
                              WeakestIsolation* isolation = nullptr);

}  // namespace modelgate
