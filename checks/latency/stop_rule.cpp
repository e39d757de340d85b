// SPDX-License-Identifier: Apache-2.0
#include "checks/latency/stop_rule.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "checks/latency/control.hpp"
#include "checks/latency/judge_latency.hpp"
#include "checks/latency/ratio.hpp"
#include "checks/latency/rounds.hpp"
#include "gate/core/policy.hpp"

namespace modelgate {
namespace {

bool timed(const PlannedCheck& check) { return check.family == Family::latency; }

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
    const bool decided = result.outcome == Outcome::error || result.reason == Reason::runner_unfit ||
                         std::ranges::all_of(result.parts, [&](const Part& part) {
                           return part.passes || part.p_fail * share <= gate_alpha;
                         });
    if (!decided) return false;
  }
  return true;
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
