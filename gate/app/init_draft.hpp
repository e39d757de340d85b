// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

#include "gate/app/init_models.hpp"
#include "gate/app/options.hpp"
#include "gate/data/profile.hpp"
#include "gate/propose/gate_text.hpp"
#include "gate/propose/roles.hpp"

namespace modelgate {

/// The JSON Schema that init writes beside a gate file, for editors.
inline constexpr std::string_view schema_name = "modelgate.schema.json";

/// The gate file to be: paths relative to it, how outputs are read, and checks whose margins are still to be settled.
propose::Proposal draft_proposal(const InitOptions& options, const TableProfile& golden, propose::Roles roles,
                                 const std::array<SettledModel, 2>& settled);

}  // namespace modelgate
