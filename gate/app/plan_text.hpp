// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "gate/core/plan.hpp"
#include "gate/core/score_table.hpp"

namespace modelgate {

/// What a planned limit demands, resolved to the metric's unit: "candidate > production - 0.05".
std::string demand_text(const PlannedCheck& check);

/// One line a planned check: its id, its limit as written and resolved, and its scope.
std::string planned_text(const PlannedCheck& check);

/// What the gate file says of weights, clusters, queries, prevalence, costs and terms, a line each; "" where nothing.
std::string terms_text(const Plan& plan, const RowColumns& rows);

}  // namespace modelgate
