// SPDX-License-Identifier: Apache-2.0
#include "gate/measure/offline.hpp"

namespace modelgate {

Result<std::vector<double>> stream(TimedWorker& worker, const Clock& clock, std::size_t first_input,
                                   std::size_t count) {
  std::vector<double> seconds;
  seconds.reserve(count);
  std::size_t sent = 0;
  double last = clock.now_s();
  while (seconds.size() < count) {
    while (sent < count && sent - seconds.size() < TimedWorker::max_in_flight) {
      if (auto submitted = worker.submit(first_input + sent); !submitted) return std::unexpected(submitted.error());
      ++sent;
    }
    if (auto collected = worker.collect(); !collected) return std::unexpected(collected.error());
    const double now = clock.now_s();
    seconds.push_back(now - last);
    last = now;
  }
  return seconds;
}

}  // namespace modelgate
