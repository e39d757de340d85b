// SPDX-License-Identifier: Apache-2.0
#include "checks/latency/ratio.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "checks/latency/control.hpp"
#include "checks/requirement.hpp"
#include "gate/core/policy.hpp"
#include "gate/stats/signed_rank.hpp"

namespace modelgate {
namespace {

/// Log ratios of one clock and what they allow to say.
struct Clocked {
  std::vector<double> values;
  std::optional<double> middle;
  std::optional<Interval> interval;

  double upper() const { return interval ? interval->high : std::numeric_limits<double>::infinity(); }
};

Clocked clocked(std::vector<double> values, const Look& look) {
  Clocked result;
  result.values = std::move(values);
  if (result.values.size() < look.rounds) return result;  // a round without this clock: not all rounds can speak
  result.middle = stats::hodges_lehmann(result.values);
  result.interval = stats::signed_rank_interval(result.values, look.interval_level);
  return result;
}

Estimate as_ratio(const Clocked& clock, bool inverse) {
  if (!clock.middle) return {};
  const auto turn = [&](double log_ratio) { return std::expm1(inverse ? -log_ratio : log_ratio); };
  Estimate estimate{turn(*clock.middle), std::nullopt};
  if (clock.interval) {
    estimate.interval = Interval{turn(clock.interval->low), turn(clock.interval->high)};
    if (inverse) std::swap(estimate.interval->low, estimate.interval->high);
  }
  return estimate;
}

bool is_throughput(const PlannedCheck& planned) { return planned.metric == "throughput"; }

struct Clocks {
  Clocked wall;
  Clocked cpu;
  Clocked off_cpu;

  bool within(double share) const {
    const double limit = std::log1p(share);
    return wall.upper() <= limit || (cpu.upper() <= limit && off_cpu.upper() <= share);
  }
  /// The clock that people are shown: CPU time where it is within the limit, too, or the one further beyond it.
  const Clocked& deciding(double share) const {
    if (!cpu.interval) return wall;
    if (within(share)) return cpu.upper() <= std::log1p(share) ? cpu : wall;
    return cpu.interval->low > wall.interval.value_or(*cpu.interval).low ? cpu : wall;
  }
  /// The smaller p of "this clock is within the limit".
  double p_within(double share) const {
    double smallest = 1.0;
    for (const Clocked* clock : {&wall, &cpu}) {
      if (!clock->interval) continue;
      if (const auto p = stats::signed_rank_p_at_most(clock->values, std::log1p(share)))
        smallest = std::min(smallest, *p);
    }
    return smallest;
  }
};

/// Neither passes nor fails, whatever the judged rounds say.
void condemn_runner(CheckResult& result, Part& part, const LatencyReport& report) {
  part = {};
  result.reason = Reason::runner_unfit;
  const bool by_cpu = report.control_cpu && report.control_cpu->interval;
  const Estimate apart = (by_cpu ? report.control_cpu : report.control_wall).value_or(Estimate{});
  result.detail = fmt::format(
      "This machine cannot tell: in {} control rounds production seemed {:.1f} % {} than itself, more than half the "
      "margin. Run the gate again where nothing else runs beside it and no CPU quota holds it back.",
      report.control_rounds, 100 * std::abs(apart.value.value_or(0.0)),
      apart.value.value_or(0.0) > 0.0 ? "slower" : "faster");
}

}  // namespace

double allowed_slowdown(const PlannedCheck& planned, double margin, const LatencyRun& run) {
  const bool throughput = is_throughput(planned);
  double share = margin;
  if (!planned.limit.relative) {
    const double request = mean_request_s(run.rounds, Role::production).value_or(0.0);
    if (!(request > 0.0)) return std::nan("");
    share = throughput ? margin * request / static_cast<double>(run.shape.batch) : margin / request;
  }
  if (planned.limit.word == LimitWord::min_improvement) share = -share;
  if (!throughput) return share;
  return share < 1.0 ? share / (1.0 - share) : std::numeric_limits<double>::infinity();
}

void judge_ratio_limit(CheckResult& result, const Plan& plan, const LatencyRun& run, const Look& look) {
  const bool throughput = is_throughput(result.planned);
  RoundRatios ratios = round_ratios(std::span{run.rounds}.first(look.rounds));
  Clocks clocks;
  clocks.wall = clocked(std::move(ratios.wall), look);
  if (!throughput && cpu_time_counts(plan, run)) {
    clocks.cpu = clocked(std::move(ratios.cpu), look);
    clocks.off_cpu = clocked(std::move(ratios.off_cpu), look);
  }
  if (!result.latency || !clocks.wall.interval) return;
  result.latency->wall = as_ratio(clocks.wall, throughput);
  if (clocks.cpu.interval) result.latency->cpu = as_ratio(clocks.cpu, false);
  result.margin = result.planned.limit.value;

  const double margin = result.planned.limit.value;
  const double share = allowed_slowdown(result.planned, margin, run);
  if (std::isnan(share)) return;
  Part part;
  part.passes = clocks.within(share);
  part.p_fail = std::min(1.0, gate_alpha * clocks.p_within(share) / look.fail_level);
  result.difference = as_ratio(clocks.deciding(share), throughput);
  part.hard_margin_excluded = part.passes;
  if (result.planned.limit.word == LimitWord::max_regression) {  // guard knows no harm beyond a missing improvement
    const double hard_margin = result.planned.hard_margin.value_or(default_hard_factor * margin);
    const double hard = std::abs(allowed_slowdown(result.planned, hard_margin, run));
    part.hard_margin_excluded = part.passes || clocks.within(hard);
  }
  if (judge_runner(plan, run, share) == Runner::unfit) condemn_runner(result, part, *result.latency);
  result.parts = {part};
}

}  // namespace modelgate
