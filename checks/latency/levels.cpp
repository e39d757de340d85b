// SPDX-License-Identifier: Apache-2.0
#include "checks/latency/levels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "checks/requirement.hpp"
#include "gate/core/number_text.hpp"
#include "gate/core/policy.hpp"
#include "gate/stats/signed_rank.hpp"

namespace modelgate {
namespace {

constexpr double most_preempted = 0.01;  // without production to compare with, a fail needs an undisturbed machine

const std::vector<double>& or_else(const std::vector<double>& bounds, const std::vector<double>& values) {
  return bounds.empty() ? values : bounds;
}

/// Hodges-Lehmann of the values, its interval from the low end of the bounds to the high one.
Estimate estimate(const std::vector<double>& values, const std::vector<double>& low, const std::vector<double>& high,
                  const Look& look) {
  if (values.size() < look.rounds) return {};
  Estimate estimate{stats::hodges_lehmann(values), std::nullopt};
  const auto below = stats::signed_rank_interval(or_else(low, values), look.interval_level);
  const auto above = stats::signed_rank_interval(or_else(high, values), look.interval_level);
  if (below && above) estimate.interval = Interval{.low = below->low, .high = above->high};
  return estimate;
}

/// The end of the interval that lies furthest on the bad side.
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

/// Why the machine cannot be excluded as the cause; no sentence: it can.
struct Doubt {
  bool runner_unfit = false;
  std::string sentence;
};

Doubt doubt_of(const CheckResult& result, const Requirement& need, const RoundLevels& levels, const Look& look) {
  if (levels.production.empty()) {
    if (levels.preempted_share < most_preempted) return {};
    const std::string share = levels.preempted_share < 1.0 ? fmt::format("{:.0f} % interrupted, under 1 % would do",
                                                                         100 * levels.preempted_share)
                                                           : "all interrupted, or nothing known of them";
    return {true, fmt::format("There is no production model to compare with, and the turns were not free of other "
                              "processes ({}): the machine may be the cause. Run it where nothing else runs.",
                              share)};
  }
  const auto& [value, interval] = result.production;
  if (levels.production.size() != levels.candidate.size() || !value || !interval)
    return {false, "Production was not timed in every round, so that the machine cannot be excluded as the cause."};
  if (!need.met_by(*value))
    return {true,
            fmt::format("Production misses the limit in the same rounds, too ({}): this machine is too slow or "
                        "too busy to judge it. Run it on a quieter one, or set a limit that production keeps.",
                        value_text(*value, result.planned.spec == nullptr ? Unit::plain : result.planned.spec->unit))};
  if (!need.met_by(worst_end(need, *interval)))
    return {false, "Production may miss the limit in the same rounds, too: the machine may be the cause."};
  if (!worse_than_production(need, levels, look))
    return {false,
            "The candidate is not proven worse than production in the same rounds: the machine may be the cause."};
  return {};
}

}  // namespace

bool machine_excluded(const CheckResult& result, std::optional<double> production, double preempted_share) {
  if (production) return requirement_of(result.planned, Direction::lower_is_better).met_by(*production);
  return preempted_share < most_preempted;
}

void judge_level_limit(CheckResult& result, const Look& look, const RoundLevels& levels) {
  const Requirement need = requirement_of(result.planned, Direction::lower_is_better);
  const Estimate candidate = estimate(levels.candidate, levels.candidate_low, levels.candidate_high, look);
  if (!candidate.value || !candidate.interval) return;
  result.candidate = candidate;
  if (const Estimate production = estimate(levels.production, {}, levels.production_high, look); production.value) {
    result.production = production;
    result.difference.value = *candidate.value - *production.value;
  }
  result.margin = result.planned.limit.value;
  Part part;
  part.passes = need.met_by(worst_end(need, *candidate.interval));
  part.hard_margin_excluded = need.met_by(*candidate.value);
  const auto p = need.at_least
                     ? stats::signed_rank_p_at_least(or_else(levels.candidate_high, levels.candidate), need.limit)
                     : stats::signed_rank_p_at_most(or_else(levels.candidate_low, levels.candidate), need.limit);
  if (p && !part.passes) {
    const Doubt doubt = doubt_of(result, need, levels, look);
    if (doubt.sentence.empty()) {
      part.p_fail = std::min(1.0, gate_alpha * *p / look.fail_level);
    } else if (!part.hard_margin_excluded) {
      result.detail = doubt.sentence;
      if (doubt.runner_unfit) result.reason = Reason::runner_unfit;
    }
  }
  result.parts = {part};
}

}  // namespace modelgate
