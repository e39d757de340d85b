// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checks/planning/outlook.hpp"
#include "gate/core/verdict.hpp"

namespace modelgate {

/// The chance that a model equal to production is blocked: 1 − the product of the chances of the counted places.
/// Nothing where no result's chance is known (losses, absolute limits or latency alone), or where the population is
/// fixed.
std::optional<BlockChance> block_chance_of(const Plan& plan, const std::vector<Outlook>& outlooks);

/// The same from the rows alone, or with what a pilot report says; of the rows only labels, weights, units and
/// categories are read.
std::optional<BlockChance> block_chance_of(const Plan& plan, const RowColumns& rows, const Pilot* pilot = nullptr);

/// What a person can do about a high chance: "More rows or wider margins".
std::string_view ways_to_lower_block_chance(const Plan& plan);

}  // namespace modelgate
