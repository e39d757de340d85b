// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "checks/spread.hpp"
#include "gate/core/check_result.hpp"
#include "gate/core/check_spec.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/samples.hpp"
#include "gate/core/score_table.hpp"

namespace modelgate {

class EvidenceCache;  // checks/cache.hpp: orders and cells that several checks share; thread-safe

/// Everything a check may look at. table is null when no dataset check was selected, samples when no latency check was.
struct Evidence {
  const Plan& plan;
  const ScoreTable* table = nullptr;
  const Samples* samples = nullptr;
  EvidenceCache* cache = nullptr;
};

/// Judges one planned check: one result overall, or one a slice value, or one for its attribute. Never throws for data
/// reasons: what cannot be judged comes back as not_assessable or error with reason and detail. Fills everything but
/// outcome-by-policy, blocking, p_adjusted and message, which verdict adds.
using Evaluate = std::vector<CheckResult> (*)(const PlannedCheck&, const Evidence&);

/// One row of the registry.
struct RegisteredCheck {
  CheckSpec spec;
  Evaluate evaluate = nullptr;
  const Spread* spread = nullptr;  ///< what `plan` knows before a run; null: only a pilot report tells
};

/// Every check there is, in the order of list and of the schema.
std::span<const RegisteredCheck> registry();

/// The registered check of this family and metric, or null; what stands behind an @ is its parameter.
const RegisteredCheck* find_check(Family family, std::string_view metric);

}  // namespace modelgate
