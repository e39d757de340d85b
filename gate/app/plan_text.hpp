// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "gate/core/plan.hpp"
#include "gate/core/score_table.hpp"

namespace modelgate {

/// What a planned limit demands, resolved to the metric's unit: "candidate > production - 0.05".
std::string demand_text(const PlannedCheck& check);

/// Text of two leading blanks within the width; the lines after the first are indented further.
std::string indented(std::string_view text, std::size_t width);

/// A planned check: its id, its limit as written and resolved, and its scope, in one line where the width allows it.
std::string planned_text(const PlannedCheck& check, std::size_t width);

/// What the gate file says of weights, clusters, queries, prevalence, costs and terms, a line each; "" where nothing.
std::string terms_text(const Plan& plan, const RowColumns& rows);

}  // namespace modelgate
