// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "checks/cache.hpp"
#include "checks/check.hpp"
#include "checks/judge.hpp"

namespace modelgate {

/// One place in which a check is judged: all rows, or the rows of one slice value.
struct ScopeCase {
  const PlannedCheck& planned;
  const Plan& plan;
  EvidenceCache& cache;
  std::size_t group = 0;   ///< of the grouping of planned.slice
  bool candidate = true;   ///< usable
  bool production = true;  ///< usable
  CheckResult& result;

  bool fixed() const { return plan.dataset.population == Population::fixed; }
  bool relative() const { return is_relative(planned.limit); }
  bool usable(Role role) const { return role == Role::candidate ? candidate : production; }
};

/// Fills one result: estimates of every usable model always; parts (or not_assessable) for the models that are usable.
using JudgeScope = std::function<void(ScopeCase&)>;

/// A result with id, planned check and neutral outcome, to be filled.
CheckResult blank_result(const PlannedCheck& planned);

/// Judges every scope of the check: overall, or each slice value (declared or seen, sorted bytewise). What stands in
/// the way of all alike comes back as results of its own: no table, unknown column, absent or small slice, a model that
/// failed.
std::vector<CheckResult> judge_scopes(const PlannedCheck& planned, const Evidence& evidence, const JudgeScope& judge);

/// The error that makes this check impossible, production's only where the check compares with it; null where it can be
/// judged.
const Error* trouble_of(const PlannedCheck& planned, const EvidenceCache& cache);

}  // namespace modelgate
