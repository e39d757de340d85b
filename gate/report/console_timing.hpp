// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "gate/report/timings.hpp"

namespace modelgate {

/// The lines that stand beneath a timed result: a small table of percentiles, then ratios and effort; none wider than
/// the terminal.
std::vector<std::string> console_timing(const Timing& timing, std::size_t width);

}  // namespace modelgate
