// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "gate/core/verdict.hpp"

namespace modelgate {

/// The gauges of every load shape: percentiles of both models, the gate's own cost and the wait for other gates, in
/// seconds; empty where nothing was timed. gate: the label that every sample has.
std::string timing_gauges(const Verdict& verdict, const std::string& gate);

}  // namespace modelgate
