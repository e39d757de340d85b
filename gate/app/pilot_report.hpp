// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "checks/planning/pilot.hpp"
#include "gate/core/error.hpp"

namespace modelgate {

/// Reads how two models scatter from a report.json of an earlier run; a data error where the file is no such report or
/// holds no estimate.
Result<Pilot> read_pilot(const std::string& path);

}  // namespace modelgate
