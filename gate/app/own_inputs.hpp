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

/// Whether an error report may stand at this path though nobody could say what the gate reads: it is not the gate file,
/// and nothing is lost there but an earlier report of modelgate.
bool may_hold_an_error(const std::string& output, const std::string& gate_file);

}  // namespace modelgate
