// SPDX-License-Identifier: Apache-2.0
#include "checks/latency/control.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "checks/latency/rounds.hpp"
#include "gate/stats/signed_rank.hpp"

namespace modelgate {
namespace {

/// Interval at the first look's level, which six rounds just reach; more rounds are asked no more often.
std::optional<Interval> interval_of(const std::vector<double>& values) {
  if (values.size() < control_rounds_needed) return std::nullopt;
  return stats::signed_rank_interval(values, looks.front().interval_level);
}

std::optional<Estimate> ratio_of(const std::vector<double>& values) {
  const auto middle = stats::hodges_lehmann(values);
  if (!middle) return std::nullopt;
  Estimate estimate{std::expm1(*middle), std::nullopt};
  if (const auto interval = interval_of(values))
    estimate.interval = Interval{std::expm1(interval->low), std::expm1(interval->high)};
  return estimate;
}

}  // namespace

bool cpu_time_counts(const Plan& plan, const LatencyRun& run) {
  return plan.runtime.device == "cpu" && plan.runtime.threads == 1 && !uses_more_threads(run.rounds);
}

Runner judge_runner(const Plan& plan, const LatencyRun& run, double slowdown) {
  const RoundRatios ratios = round_ratios(run.control);
  const bool cpu = cpu_time_counts(plan, run) && ratios.cpu.size() == ratios.wall.size();
  const std::vector<double>& values = cpu ? ratios.cpu : ratios.wall;
  const double half = std::log1p(std::abs(slowdown) / 2);
  if (values.empty() || !(half > 0.0)) return Runner::fit;
  if (const auto interval = interval_of(values))
    return interval->low > half || interval->high < -half ? Runner::unfit : Runner::fit;
  const bool slower = std::ranges::all_of(values, [&](double value) { return value > half; });
  const bool faster = std::ranges::all_of(values, [&](double value) { return value < -half; });
  return slower || faster ? Runner::open : Runner::fit;
}

void report_control(LatencyReport& report, const LatencyRun& run) {
  const RoundRatios ratios = round_ratios(run.control);
  report.control_rounds = run.control.size();
  report.control_wall = ratio_of(ratios.wall);
  report.control_cpu = ratio_of(ratios.cpu);
}

}  // namespace modelgate
