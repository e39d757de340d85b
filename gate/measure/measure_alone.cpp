// SPDX-License-Identifier: Apache-2.0
#include "gate/measure/measure_alone.hpp"

#include <algorithm>

#include "gate/measure/machine_lock.hpp"
#include "gate/measure/machine_watch.hpp"

namespace modelgate {

Result<LatencyRun> measure_alone(const MeasureSettings& settings, WorkerFactory& factory, const StopRule& decided,
                                 const Clock& clock, Progress& progress, const std::atomic<bool>* cancel,
                                 std::vector<std::string>& warnings) {
  const auto lock = MachineLock::take(lock_paths(), clock, progress, cancel);
  if (!lock) return std::unexpected(lock.error());
  if (!lock->warning().empty() && std::ranges::find(warnings, lock->warning()) == warnings.end())
    warnings.push_back(lock->warning());
  const MachineWatch watch(clock);
  auto run = measure(settings, factory, decided, clock, progress);
  factory.expect({}, {});  // a worker that got ready in vain is not to run beside the next gate's rounds
  if (!run) return run;
  run->waited_s = lock->waited_s();
  run->machine = watch.state();
  return run;
}

}  // namespace modelgate
