// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "gate/config/section.hpp"
#include "gate/core/check_spec.hpp"
#include "gate/core/plan.hpp"

namespace modelgate {

/// Says which scope keys of an entry its metric does not take, or takes only together with another.
void check_scope_keys(const Section& entry, const CheckSpec& spec, Task task);

/// The declared slices or attributes (key): "a", "a & b" or {column, values}.
std::vector<Scope> read_scopes(const Section& entry, std::string_view key);

}  // namespace modelgate
