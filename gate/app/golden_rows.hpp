// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gate/core/error.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/score_table.hpp"
#include "gate/data/golden_reader.hpp"

namespace modelgate {

/// What validate and plan read of the golden data: labels, units, weights and the columns of slices and attributes.
GoldenRequest golden_request(const Plan& plan);

/// Reads all rows of the request; no inputs.
Result<RowColumns> read_golden_rows(const GoldenRequest& request);

/// The plan at the level that a ledger's budget leaves for a pass: each dataset check's confidence over all candidates
/// that the rows may judge. Without a ledger the plan itself.
Plan at_budgeted_level(Plan plan);

}  // namespace modelgate
