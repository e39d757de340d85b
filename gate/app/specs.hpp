// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "gate/core/check_spec.hpp"

namespace modelgate {

/// The specs of every registered check, in the order of the registry: what the gate file reader is given.
std::vector<const CheckSpec*> registered_specs();

}  // namespace modelgate
