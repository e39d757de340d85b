// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "checks/planning/outlook.hpp"
#include "gate/core/verdict.hpp"

namespace modelgate {

/// Everything `plan` tells, for both of its forms.
struct PlanReport {
  const Plan& plan;
  std::size_t rows = 0;
  std::optional<std::string> pilot;  ///< path
  std::optional<double> pilot_discordant;
  std::vector<Outlook> outlooks;
  std::optional<BlockChance> block_chance;
  std::vector<std::string> warnings;
};

/// The table for people, at most 80 columns wide; the places of a check by the size of their problem.
std::string plan_table(const PlanReport& report);

/// The same as JSON, every place in the order of the gate file.
std::string plan_json(const PlanReport& report);

}  // namespace modelgate
