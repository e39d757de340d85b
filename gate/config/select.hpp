// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "gate/config/problems.hpp"
#include "gate/core/plan.hpp"

namespace modelgate {

/// Leaves selected only what --only names: a family, an id, or the beginning of ids up to a dot. Several stand in one
/// argument apart by commas. A word that selects nothing is a problem.
void select_checks(std::vector<PlannedCheck>& checks, std::span<const std::string> only, Problems& problems);

}  // namespace modelgate
