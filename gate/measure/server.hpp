// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "gate/core/clock.hpp"
#include "gate/core/error.hpp"
#include "gate/core/samples.hpp"
#include "gate/measure/measure.hpp"

namespace modelgate {

/// When the requests of one segment come, drawn before it begins.
struct Arrivals {
  std::vector<double> at_s;   ///< seconds from the segment's begin, ascending, below seconds
  double seconds = 0.0;       ///< length of the segment
  double count_from_s = 0.0;  ///< arrivals before it are served, but not counted
};

/// shape.clients independent Poisson sources that share shape.rate, merged; the same for a seed with every standard
/// library.
Arrivals draw_arrivals(const LoadShape& shape, double count_from_s, double seconds, std::uint64_t seed);

/// One model's answers to the arrivals of a segment.
struct Served {
  Segment segment;
  std::vector<float> request_s;  ///< of each counted arrival, from the intended instant to the answer
  std::vector<float> late_s;     ///< of each counted arrival that found the model idle: how late the gate sent it
};

/// Sends every request at its instant, or as soon as the one before it is answered, and never skips one: an open loop
/// with one queue in the gate. As long again after the last arrival it gives up those still waiting. Errors: the
/// worker's, or cancelled.
Result<Served> serve(TimedWorker& worker, WorkerFactory& factory, const Clock& clock, const Arrivals& arrivals,
                     std::size_t first_input);

}  // namespace modelgate
