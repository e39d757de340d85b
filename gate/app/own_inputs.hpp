// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "gate/core/error.hpp"
#include "gate/core/plan.hpp"

namespace modelgate {

/// A usage error where one of these output files is the gate file, the waivers, the ledger (there already or not), a
/// golden or predictions file, a model or a vocabulary of the plan: a report must never replace what it reports on.
Result<void> spare_own_inputs(const Plan& plan, std::span<const std::string> outputs);

}  // namespace modelgate
