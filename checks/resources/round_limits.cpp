// SPDX-License-Identifier: Apache-2.0
#include "checks/resources/round_limits.hpp"

#include <algorithm>
#include <cmath>

#include "checks/requirement.hpp"
#include "gate/core/policy.hpp"
#include "gate/stats/signed_rank.hpp"

namespace modelgate {
namespace {

/// A requirement on q = candidate − factor · production as one on the difference (factor 1) or on the log ratio
/// (limit 0), so that a single value a round answers it.
Requirement of_one_value(const Requirement& need, bool log_ratio) {
  return {0.0, log_ratio ? std::log(need.factor) : need.limit, need.at_least};
}

double worst_end(const Requirement& need, const Interval& interval) {
  return need.at_least ? interval.low : interval.high;
}

std::optional<double> p_met(const Requirement& need, const std::vector<double>& values) {
  return need.at_least ? stats::signed_rank_p_at_least(values, need.limit)
                       : stats::signed_rank_p_at_most(values, need.limit);
}

Part part_of(const Requirement& need, const Look& look, const std::vector<double>& values, const Interval& interval) {
  Part part;
  part.passes = need.met_by(worst_end(need, interval));
  const auto p = p_met(need, values);
  if (p && !part.passes) part.p_fail = std::min(1.0, gate_alpha * *p / look.fail_level);
  return part;
}

}  // namespace

void judge_margin(CheckResult& result, const Look& look, const ResourceMetric& metric, const Readings& readings) {
  const bool log_ratio = result.planned.limit.relative;
  const std::vector<double>& values = log_ratio ? readings.log_ratio : readings.difference;
  if (values.size() < look.rounds) return;
  const auto middle = stats::hodges_lehmann(values);
  const auto interval = stats::signed_rank_interval(values, look.interval_level);
  if (!middle || !interval) return;
  const auto shown = [&](double value) { return log_ratio ? std::expm1(value) : value; };
  result.difference = {shown(*middle), Interval{shown(interval->low), shown(interval->high)}};
  result.margin = result.planned.limit.value;
  Part part =
      part_of(of_one_value(requirement_of(result.planned, metric.direction), log_ratio), look, values, *interval);
  part.hard_margin_excluded = part.passes;
  if (const auto hard = hard_requirement_of(result.planned, metric.direction)) {
    // a loss of all there is, and more, cannot be exceeded
    const bool impossible = log_ratio && !(hard->factor > 0.0);
    const Requirement bound = of_one_value(*hard, log_ratio);
    part.hard_margin_excluded = part.passes || impossible || bound.met_by(worst_end(bound, *interval));
  }
  result.parts = {part};
}

void judge_own_limit(CheckResult& result, const Look& look, const ResourceMetric& metric, const Readings& readings) {
  if (readings.candidate.size() < look.rounds || !result.candidate.value || !result.candidate.interval) return;
  const Requirement need = requirement_of(result.planned, metric.direction);
  result.margin = result.planned.limit.value;
  Part part = part_of(need, look, readings.candidate, *result.candidate.interval);
  part.hard_margin_excluded = need.met_by(*result.candidate.value);
  result.parts = {part};
}

}  // namespace modelgate
