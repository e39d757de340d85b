// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "gate/config/section.hpp"
#include "gate/core/check_spec.hpp"
#include "gate/core/plan.hpp"

namespace modelgate {

/// Says which scope keys of an entry its metric does not take, or takes only together with another.
void check_scope_keys(const Section& entry, const CheckSpec& spec, Task task);

/// The declared slices: "a", "a & b" or {column, values}.
std::vector<Scope> read_slices(const Section& entry);

/// The declared attributes: "a" or "a & b".
std::vector<Scope> read_attributes(const Section& entry);

}  // namespace modelgate
