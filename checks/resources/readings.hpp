// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "gate/core/check_spec.hpp"
#include "gate/core/samples.hpp"

namespace modelgate {

/// How one metric of the rounds is read and judged.
struct ResourceMetric {
  std::string_view name;
  Direction direction = Direction::lower_is_better;
  bool of_machine = true;  ///< a busy machine can spoil it, so that an absolute limit fails only beside a production
                           ///< that keeps it
};

/// The metric of this name, or null.
const ResourceMetric* resource_metric(std::string_view name);

/// One value a round, in the metric's unit; a round that did not measure a model leaves that model's value out.
struct Readings {
  std::vector<double> candidate;
  std::vector<double> production;
  std::vector<double> log_ratio;   ///< log(candidate / production) of the rounds with both
  std::vector<double> difference;  ///< candidate − production of the same rounds
};

/// What these rounds of this load say of the metric; throughput: rows a second in closed loop, under load server those
/// of the rate that the model kept up with.
Readings readings_of(const ResourceMetric& metric, std::span<const Round> rounds, const LoadShape& shape);

}  // namespace modelgate
