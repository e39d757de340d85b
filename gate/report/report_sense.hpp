// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "gate/core/verdict.hpp"
#include "gate/report/json_node.hpp"

namespace modelgate {

/// Where a verdict read from a report contradicts its own checks, exit code or scope; none where it holds together.
std::optional<JsonTrouble> contradiction_in(const Verdict& verdict);

}  // namespace modelgate
