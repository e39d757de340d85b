// SPDX-License-Identifier: Apache-2.0
#include "checks/latency/rounds.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "checks/latency/control.hpp"
#include "checks/latency/served.hpp"
#include "gate/stats/quantiles.hpp"

namespace modelgate {
namespace {

/// Both turns of one model in one group.
struct Side {
  double wall = 0.0;
  double cpu = 0.0;
  double net = 0.0;  // 0: not told of every turn
  double requests = 0.0;
};

Side side_of(const TurnGroup& group, Role role) {
  Side side;
  bool told = true;
  for (const Turn& turn : group.turns[index_of(role)]) {
    side.wall += turn.wall_s;
    side.cpu += turn.cpu_s;
    side.net += turn.net_s;
    told = told && turn.net_s > 0.0;
    side.requests += turn.requests;
  }
  if (!told) side.net = 0.0;
  return side;
}

bool positive(double x) { return x > 0.0 && std::isfinite(x); }

void add_median(std::vector<double>& rounds, std::span<const double> groups) {
  if (const auto median = stats::quantile(groups, 0.5)) rounds.push_back(*median);
}

/// Seconds a request over the turns of one model that nothing interrupted: all of them, and those off the CPU.
struct Undisturbed {
  std::vector<double> wall;
  std::vector<double> off;
};

Undisturbed undisturbed(const Round& round, Role role) {
  Undisturbed turns;
  for (const TurnGroup& group : round.groups)
    for (const Turn& turn : group.turns[index_of(role)]) {
      if (turn.requests == 0 || turn.involuntary_switches > 0 || !positive(turn.wall_s) || !positive(turn.cpu_s))
        continue;
      turns.wall.push_back(turn.wall_s / turn.requests);
      turns.off.push_back((turn.wall_s - turn.cpu_s) / turn.requests);
    }
  return turns;
}

/// Turn by turn, not group by group: where a neighbour interrupts every other turn, hardly a group of four is whole.
std::optional<double> off_cpu_of(const Round& round) {
  const Undisturbed candidate = undisturbed(round, Role::candidate);
  const Undisturbed production = undisturbed(round, Role::production);
  const auto c = stats::quantile(candidate.off, 0.5);
  const auto p = stats::quantile(production.off, 0.5);
  const auto wall = stats::quantile(production.wall, 0.5);
  if (!c || !p || !wall) return std::nullopt;
  return (*c - *p) / *wall;
}

/// Whether other processes took time of this turn: the kernel interrupted it, or the worker, or the gate for it, waited
/// for a CPU. On waking that is no interruption, and between busy neighbours it is most of the waiting.
bool disturbed(const Turn& turn) {
  constexpr double gate_a_request_s = 50e-6;  // the gate's own share, some 15 us, and as much again and more
  constexpr double some_wait_s = 0.25e-3;     // less than any slice of a scheduler
  const double waited = turn.net_s > 0.0 ? turn.wall_s - turn.net_s : 0.0;
  return turn.involuntary_switches > 0 || waited > some_wait_s + gate_a_request_s * turn.requests;
}

LatencySide report_side(const LatencyRun& run, Role role) {
  std::vector<float> all;
  for (const Round& round : run.rounds) {
    const std::vector<float>& some = round.request_s[index_of(role)];
    all.insert(all.end(), some.begin(), some.end());
  }
  const auto ms = [&](double q) -> std::optional<double> {
    const auto seconds = stats::quantile(all, q);
    return seconds ? std::optional{*seconds * 1e3} : std::nullopt;
  };
  LatencySide side;
  side.p50_ms.value = ms(0.50);
  side.p90_ms.value = ms(0.90);
  side.p95_ms.value = ms(0.95);
  side.p99_ms.value = ms(0.99);
  side.p999_ms.value = ms(0.999);
  if (const auto mean = mean_request_s(run.rounds, role))
    side.rows_per_s = static_cast<double>(run.shape.batch) / *mean;
  return side;
}

}  // namespace

std::optional<Look> look_at(std::size_t rounds) {
  std::optional<Look> reached;
  for (const Look& look : looks)
    if (rounds >= look.rounds) reached = look;
  return reached;
}

RoundRatios round_ratios(std::span<const Round> rounds) {
  RoundRatios ratios;
  const bool one_thread = !uses_more_threads(rounds);  // of several, the main one's wait and sleep tell little
  for (const Round& round : rounds) {
    std::vector<double> wall;
    std::vector<double> cpu;
    std::vector<double> off;
    for (const TurnGroup& group : round.groups) {
      const Side c = side_of(group, Role::candidate);
      const Side p = side_of(group, Role::production);
      if (!positive(c.requests) || !positive(p.requests) || !positive(c.wall) || !positive(p.wall)) continue;
      // The wait for a CPU that others had is told by the kernel and says nothing of the model.
      const bool told = one_thread && positive(c.net) && positive(p.net);
      const double c_wall = told ? c.net : c.wall;
      const double p_wall = told ? p.net : p.wall;
      wall.push_back(std::log((c_wall / c.requests) / (p_wall / p.requests)));
      if (!positive(c.cpu) || !positive(p.cpu)) continue;
      cpu.push_back(std::log((c.cpu / c.requests) / (p.cpu / p.requests)));
      if (told) off.push_back(((c_wall - c.cpu) / c.requests - (p_wall - p.cpu) / p.requests) / (p_wall / p.requests));
    }
    add_median(ratios.wall, wall);
    add_median(ratios.cpu, cpu);
    if (!off.empty())
      add_median(ratios.off_cpu, off);
    else if (const auto of_turns = off_cpu_of(round))
      ratios.off_cpu.push_back(*of_turns);
  }
  return ratios;
}

std::vector<double> round_quantiles(std::span<const Round> rounds, Role role, double q) {
  std::vector<double> values;
  for (const Round& round : rounds)
    if (const auto value = stats::quantile(round.request_s[index_of(role)], q)) values.push_back(*value);
  return values;
}

std::size_t request_count(std::span<const Round> rounds, Role role) {
  std::size_t count = 0;
  for (const Round& round : rounds) count += round.request_s[index_of(role)].size();
  return count;
}

std::optional<double> mean_request_s(std::span<const Round> rounds, Role role) {
  Side all;
  for (const Round& round : rounds)
    for (const TurnGroup& group : round.groups) {
      const Side side = side_of(group, role);
      all.wall += side.wall;
      all.requests += side.requests;
    }
  if (!positive(all.wall) || !positive(all.requests)) return std::nullopt;
  return all.wall / all.requests;
}

bool uses_more_threads(std::span<const Round> rounds) {
  constexpr double one_thread = 1.05;  // the two clocks are not read at the same instant
  for (const Role role : both_roles) {
    Side all;
    for (const Round& round : rounds)
      for (const TurnGroup& group : round.groups) {
        const Side side = side_of(group, role);
        all.wall += side.wall;
        all.cpu += side.cpu;
      }
    if (all.cpu > one_thread * all.wall) return true;
  }
  return false;
}

double preempted_share(std::span<const Round> rounds, Role role) {
  const bool served =
      std::ranges::any_of(rounds, [&](const Round& one) { return !one.segments[index_of(role)].empty(); });
  if (served) return interrupted_share(rounds, role);
  double turns = 0.0;
  double preempted = 0.0;
  for (const Round& round : rounds)
    for (const TurnGroup& group : round.groups)
      for (const Turn& turn : group.turns[index_of(role)]) {
        if (turn.requests == 0) continue;
        turns += 1.0;
        if (disturbed(turn)) preempted += 1.0;
      }
  return turns > 0.0 ? preempted / turns : 1.0;
}

LatencyReport latency_report(const LatencyRun& run) {
  LatencyReport report;
  report.shape = run.shape;
  report.requests = request_count(run.rounds, Role::candidate);
  report.rounds = run.rounds.size();
  report.candidate = report_side(run, Role::candidate);
  report.production = report_side(run, Role::production);
  report.gate_cost_us = run.ping_p50_s * 1e6;
  report.preempted_share = preempted_share(run.rounds, Role::candidate);
  report.seconds = run.seconds;
  report.waited_s = run.waited_s;
  report.allocator = run.allocator;
  report.machine = run.machine;
  report_control(report, run);
  report_serving(report, run);
  return report;
}

}  // namespace modelgate
