// SPDX-License-Identifier: Apache-2.0
#include "checks/latency/stop_rule.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "checks/latency/control.hpp"
#include "checks/latency/judge_latency.hpp"
#include "checks/latency/percentile.hpp"
#include "checks/latency/ratio.hpp"
#include "checks/latency/rounds.hpp"
#include "checks/resources/judge_resources.hpp"
#include "gate/core/latency_caps.hpp"
#include "gate/core/measured.hpp"
#include "gate/core/policy.hpp"

namespace modelgate {
namespace {

bool timed(const PlannedCheck& check) { return is_measured(check.family) && !is_exact(check); }

bool blocks(const PlannedCheck& check) { return timed(check) && check.severity == Severity::block; }

CheckResult judged(const PlannedCheck& check, const Plan& plan, const LatencyRun& run) {
  return check.family == Family::resources ? judge_resources(check, plan, run) : judge_latency(check, plan, run);
}

constexpr double steady = 0.03;

double spread_of(std::span<const double> values) {
  if (values.size() < 2) return 0.0;
  const auto n = static_cast<double>(values.size());
  double mean = 0.0;
  for (const double value : values) mean += value / n;
  double squares = 0.0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / (n - 1.0));
}

/// Checks whose verdict compares how long requests of both models take.
bool compares_times(const PlannedCheck& check, const LoadShape& shape) {
  return check.selected && check.shape == shape && is_relative(check.limit.word) &&
         (check.family == Family::latency || check.metric == "throughput");
}

constexpr std::size_t most_percentile_rounds = 1000;  // the cap of time ends them long before

double sharers_of(const Plan& plan) { return static_cast<double>(std::ranges::count_if(plan.checks, blocks)); }

/// No more rounds can clear the machine: of a percentile, once the candidate's own interval is over the limit.
bool is_unfit(const CheckResult& result) {
  if (result.reason != Reason::runner_unfit) return false;
  return percentile_of(result.planned.metric) == nullptr ||
         (result.candidate.interval && result.candidate.interval->low > result.planned.limit.value);
}

bool is_decided(const PlannedCheck& check, const LatencyRun& run, const Plan& plan) {
  const CheckResult result = judged(check, plan, run);
  const double share = check.severity == Severity::block ? sharers_of(plan) : 1.0;
  return result.outcome == Outcome::error || is_unfit(result) ||
         (!result.parts.empty() && std::ranges::all_of(result.parts, [&](const Part& part) {
           return part.passes || part.p_fail * share <= gate_alpha;
         }));
}

/// The checks that this run is measured for: those that can block, or where there are none those that warn.
std::vector<const PlannedCheck*> checks_of(const LoadShape& shape, const Plan& plan) {
  std::vector<const PlannedCheck*> checks;
  for (const PlannedCheck& check : plan.checks)
    if (timed(check) && check.selected && check.shape == shape) checks.push_back(&check);
  if (std::ranges::any_of(checks, [](const PlannedCheck* check) { return blocks(*check); }))
    std::erase_if(checks, [](const PlannedCheck* check) { return !blocks(*check); });
  return checks;
}

/// Whether the percentile's next look, if it has one, is reached by the longer cap.
bool may_reach_a_look(const LatencyRun& run, const Percentile& percentile) {
  const std::size_t made = percentile_blocks(run.rounds, percentile, has_production(run)).size();
  const auto* const next = std::ranges::find_if(looks, [made](const Look& look) { return look.rounds > made; });
  return next != looks.end() && blocks_by(run, percentile, latency_long_cap_s) >= next->rounds;
}

bool is_open(const PlannedCheck& check, const LatencyRun& run, const Plan& plan) {
  const Percentile* percentile = percentile_of(check.metric);
  return percentile != nullptr && may_reach_a_look(run, *percentile) && !is_decided(check, run, plan);
}

}  // namespace

bool latency_decided(const LatencyRun& run, const Plan& plan) {
  if (run.errors[index_of(Role::candidate)]) return true;
  const bool past = run.rounds.size() >= looks.back().rounds;
  if (!past && std::ranges::find(looks, run.rounds.size(), &Look::rounds) == looks.end()) return false;
  return std::ranges::none_of(checks_of(run.shape, plan), [&](const PlannedCheck* check) {
    if (percentile_of(check->metric) != nullptr) return is_open(*check, run, plan);
    return !past && !is_decided(*check, run, plan);
  });
}

std::size_t most_rounds(const LoadShape& shape, const Plan& plan) {
  const auto is_percentile = [](const PlannedCheck* check) { return percentile_of(check->metric) != nullptr; };
  return std::ranges::any_of(checks_of(shape, plan), is_percentile) ? most_percentile_rounds : looks.back().rounds;
}

bool wants_requests(const LatencyRun& run, const Plan& plan) {
  return std::ranges::any_of(checks_of(run.shape, plan),
                             [&](const PlannedCheck* check) { return is_open(*check, run, plan); });
}

bool out_of_reach(const LatencyRun& run, const Plan& plan) {
  const std::vector<const PlannedCheck*> checks = checks_of(run.shape, plan);
  return !checks.empty() && std::ranges::none_of(checks, [&](const PlannedCheck* check) {
    const Percentile* percentile = percentile_of(check->metric);
    return percentile == nullptr || blocks_by(run, *percentile, 2 * latency_long_cap_s) >= looks.front().rounds;
  });
}

bool needs_control(const LoadShape& shape, const Plan& plan) {
  return std::ranges::any_of(plan.checks, [&](const PlannedCheck& check) { return compares_times(check, shape); });
}

bool control_open(const LatencyRun& run, const Plan& plan) {
  return std::ranges::any_of(plan.checks, [&](const PlannedCheck& check) {
    return compares_times(check, run.shape) &&
           judge_runner(plan, run, allowed_slowdown(check, check.limit.value, run)) == Runner::open;
  });
}

bool latency_unsteady(const LatencyRun& run, const Plan& plan) {
  const RoundRatios ratios = round_ratios(run.rounds);
  if (!ratios.wall.empty())
    return spread_of(ratios.wall) > steady || (cpu_time_counts(plan, run) && spread_of(ratios.cpu) > steady);
  std::vector<double> logs;
  for (const Round& round : run.rounds) {
    if (const auto mean = mean_request_s({&round, 1}, Role::candidate)) logs.push_back(std::log(*mean));
  }
  return spread_of(logs) > steady;
}

}  // namespace modelgate
