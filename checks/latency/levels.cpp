// SPDX-License-Identifier: Apache-2.0
#include "checks/latency/levels.hpp"

#include <algorithm>
#include <cmath>

#include "checks/requirement.hpp"
#include "gate/core/policy.hpp"
#include "gate/stats/signed_rank.hpp"

namespace modelgate {
namespace {

constexpr double most_preempted = 0.01;  // without production to compare with, a fail needs an undisturbed machine

Estimate estimate(const std::vector<double>& values, const Look& look) {
  if (values.size() < look.rounds) return {};
  return {stats::hodges_lehmann(values), stats::signed_rank_interval(values, look.interval_level)};
}

bool good(const Requirement& need, double value) { return need.met_by(value); }

/// The end of the interval that lies furthest on the bad side, and the one furthest on the good side.
double worst_end(const Requirement& need, const Interval& interval) {
  return need.at_least ? interval.low : interval.high;
}

/// Whether the candidate is proven worse than production in the same rounds.
bool worse_than_production(const Requirement& need, const RoundLevels& levels, const Look& look) {
  std::vector<double> logs;
  logs.reserve(levels.candidate.size());
  for (std::size_t round = 0; round < levels.candidate.size(); ++round)
    logs.push_back(std::log(levels.candidate[round] / levels.production[round]));
  const auto interval = stats::signed_rank_interval(logs, look.interval_level);
  return interval && (need.at_least ? interval->high < 0.0 : interval->low > 0.0);
}

/// Whether the machine can be excluded as the cause.
bool fail_allowed(const CheckResult& result, const Requirement& need, const RoundLevels& levels, const Look& look) {
  if (levels.production.empty()) return levels.preempted_share < most_preempted;
  if (levels.production.size() != levels.candidate.size() || !result.production.interval) return false;
  return good(need, worst_end(need, *result.production.interval)) && worse_than_production(need, levels, look);
}

}  // namespace

void judge_level_limit(CheckResult& result, const Look& look, const RoundLevels& levels) {
  const Requirement need = requirement_of(result.planned, Direction::lower_is_better);
  const Estimate candidate = estimate(levels.candidate, look);
  if (!candidate.value || !candidate.interval) return;
  result.candidate = candidate;
  if (const Estimate production = estimate(levels.production, look); production.value) {
    result.production = production;
    result.difference.value = *candidate.value - *production.value;
  }
  result.margin = result.planned.limit.value;
  Part part;
  part.passes = good(need, worst_end(need, *candidate.interval));
  part.hard_margin_excluded = good(need, *candidate.value);
  const auto p = need.at_least ? stats::signed_rank_p_at_least(levels.candidate, need.limit)
                               : stats::signed_rank_p_at_most(levels.candidate, need.limit);
  if (p && !part.passes) {
    if (fail_allowed(result, need, levels, look))
      part.p_fail = std::min(1.0, gate_alpha * *p / look.fail_level);
    else if (!good(need, *candidate.value))
      result.detail = levels.production.empty() ? "The machine interrupted the turns too often to blame the model."
                                                : "Production misses the limit in the same rounds, too, or is not "
                                                  "proven better: the machine may be the cause.";
  }
  result.parts = {part};
}

}  // namespace modelgate
