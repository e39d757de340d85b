// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "gate/config/gate_file.hpp"
#include "gate/config/problems.hpp"
#include "gate/config/yaml_tree.hpp"

namespace modelgate {

/// Puts what the command line says (--candidate, --production, --dataset, --seed, --set) into the tree in place of what
/// the gate file says, so that both go through the same validation. Returns what was replaced or added, in the order
/// given.
std::vector<Override> apply_overrides(YamlNode& root, const PlanRequest& request, Problems& problems);

}  // namespace modelgate
