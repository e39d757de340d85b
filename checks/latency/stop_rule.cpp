// SPDX-License-Identifier: Apache-2.0
#include "checks/latency/stop_rule.hpp"

#include <algorithm>

#include "checks/latency/judge_latency.hpp"
#include "checks/latency/rounds.hpp"
#include "gate/core/policy.hpp"

namespace modelgate {
namespace {

bool timed(const PlannedCheck& check) { return check.family == Family::latency; }

}  // namespace

bool latency_decided(const LatencyRun& run, const Plan& plan) {
  if (run.errors[index_of(Role::candidate)] || run.rounds.size() >= looks.back().rounds) return true;
  if (std::ranges::find(looks, run.rounds.size(), &Look::rounds) == looks.end()) return false;
  const auto sharers = static_cast<double>(std::ranges::count_if(
      plan.checks, [](const PlannedCheck& check) { return timed(check) && check.severity == Severity::block; }));
  for (const PlannedCheck& check : plan.checks) {
    if (!timed(check) || !check.selected || check.shape != run.shape) continue;
    const CheckResult result = judge_latency(check, plan, run);
    const double share = check.severity == Severity::block ? sharers : 1.0;
    const bool decided = result.outcome == Outcome::error || std::ranges::all_of(result.parts, [&](const Part& part) {
                           return part.passes || part.p_fail * share <= gate_alpha;
                         });
    if (!decided) return false;
  }
  return true;
}

}  // namespace modelgate
