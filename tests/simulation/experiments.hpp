// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "outcome.hpp"

namespace modelgate::simulation {

/// The methods one by one; scale multiplies the number of draws.
std::vector<Section> simulate_methods(double scale);

/// Whole gates through evaluate_all and decide.
std::vector<Section> simulate_gates(double scale);

/// Limits on percentiles of request times.
std::vector<Section> simulate_percentiles(double scale);

}  // namespace modelgate::simulation
