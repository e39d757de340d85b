// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "gate/core/interval.hpp"

namespace modelgate {

/// An interval against its limit as one line of at most width columns: "├────●────┤      |". An end without bound is an
/// arrow at the edge, a limit inside the interval stands over it. Empty where a number is not finite that must be.
std::string interval_line(const Interval& interval, std::optional<double> value, double limit, std::size_t width);

}  // namespace modelgate
