// SPDX-License-Identifier: Apache-2.0
#include "gate/report/timings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <utility>

#include "gate/core/number_text.hpp"
#include "gate/report/facts.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

constexpr std::array percentiles{std::pair{"p50", &LatencySide::p50_ms}, std::pair{"p90", &LatencySide::p90_ms},
                                 std::pair{"p95", &LatencySide::p95_ms}, std::pair{"p99", &LatencySide::p99_ms},
                                 std::pair{"p99.9", &LatencySide::p999_ms}};

/// A unit in which times are read without many zeros.
struct TimeUnit {
  std::string_view name;
  double per_ms;
};

TimeUnit unit_for(double ms) {
  if (ms < 1.0) return {"µs", 1000.0};
  return ms < 1000.0 ? TimeUnit{"ms", 1.0} : TimeUnit{"s", 0.001};
}

/// Three digits that matter: "31.2", "0.412", "1,204" has four.
std::string digits_text(double value) {
  const double size = std::abs(value);
  if (size >= 999.5) return count_text(static_cast<std::size_t>(std::llround(size)));
  return fixed_text(value, size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.9995 ? 2 : 3);
}

bool known(const std::optional<double>& value) { return value && std::isfinite(*value) && std::abs(*value) < 1e15; }

std::string value_in(const Estimate& estimate, const TimeUnit& unit) {
  return known(estimate.value) ? digits_text(estimate.value.value_or(0.0) * unit.per_ms) : std::string{};
}

std::string interval_in(const Estimate& estimate, const TimeUnit& unit) {
  if (!estimate.interval || !known(estimate.value)) return {};
  const auto end = [&](double ms) { return known(ms) ? digits_text(ms * unit.per_ms) : std::string{"unbounded"}; };
  return fmt::format("[{}, {}]", end(estimate.interval->low), end(estimate.interval->high));
}

std::string share_text(double share) { return fixed_text(100.0 * share, 1) + "%"; }

std::string signed_share(double share) {
  if (!known(share)) return "unbounded";
  return (share > 0 ? "+" : "") + share_text(share);
}

std::string ratio_text(const std::optional<Estimate>& ratio) {
  if (!ratio || !known(ratio->value)) return {};
  std::string text = signed_share(ratio->value.value_or(0.0));
  if (ratio->interval)
    text += fmt::format(" [{}, {}]", signed_share(ratio->interval->low), signed_share(ratio->interval->high));
  return text;
}

std::string shape_title(const LoadShape& shape) {
  std::string title(to_string(shape.load));
  std::ranges::replace(title, '_', ' ');
  title += fmt::format(", batch {}", shape.batch);
  if (shape.load != Load::server) return title;
  if (known(shape.rate)) title += fmt::format(", {}/s", digits_text(shape.rate));
  return shape.clients == 1 ? title : title + fmt::format(" from {} clients", shape.clients);
}

void add_percentiles(Timing& timing, const LatencyReport& latency) {
  std::optional<double> typical;
  for (const auto& [name, field] : percentiles)
    for (const LatencySide* side : {&latency.candidate, &latency.production})
      if (!typical && known((side->*field).value)) typical = (side->*field).value;
  if (!typical) return;
  const TimeUnit unit = unit_for(*typical);
  timing.unit = unit.name;
  for (const auto& [name, field] : percentiles) {
    const Estimate& candidate = latency.candidate.*field;
    const Estimate& production = latency.production.*field;
    PercentileRow row{name, value_in(candidate, unit), interval_in(candidate, unit), value_in(production, unit),
                      interval_in(production, unit)};
    if (!row.candidate.empty() || !row.production.empty()) timing.rows.push_back(std::move(row));
  }
}

std::string counts_text(const LatencyReport& latency) {
  if (latency.requests == 0 || latency.rounds == 0) return {};
  std::string text = fmt::format("{} requests in {} round{}", count_text(latency.requests), latency.rounds,
                                 latency.rounds == 1 ? "" : "s");
  if (known(latency.preempted_share))
    text += fmt::format(", {} of the turns interrupted", share_text(latency.preempted_share.value_or(0.0)));
  if (const std::string allocator = clean_line(latency.allocator, 40); !allocator.empty())
    text += ", allocator " + allocator;
  return text;
}

std::string cost_text(const LatencyReport& latency) {
  if (!known(latency.gate_cost_us) || !(latency.gate_cost_us > 0.0)) return {};
  return fmt::format("the gate itself takes {} µs of each request, alike for both models",
                     digits_text(latency.gate_cost_us));
}

/// "88.0% [86.1%, 89.9%] of the time": from 100% on requests pile up.
std::string busy_text(const Estimate& utilisation) {
  if (!known(utilisation.value)) return {};
  const auto end = [](double share) { return known(share) ? share_text(share) : std::string{"unbounded"}; };
  std::string text = share_text(utilisation.value.value_or(0.0));
  if (utilisation.interval)
    text += fmt::format(" [{}, {}]", end(utilisation.interval->low), end(utilisation.interval->high));
  return text;
}

std::string serving_text(const LatencyReport& latency) {
  if (latency.shape.load != Load::server) return {};
  const std::string candidate = busy_text(latency.candidate.utilisation);
  const std::string production = busy_text(latency.production.utilisation);
  if (candidate.empty() && production.empty()) return {};
  std::string text = "share of the time at work, at 100% requests pile up: ";
  if (!candidate.empty()) text += "candidate " + candidate;
  if (!production.empty()) text += (candidate.empty() ? "production " : ", production ") + production;
  return text;
}

std::string lateness_text(const LatencyReport& latency) {
  if (latency.shape.load != Load::server || !known(latency.late_p50_us)) return {};
  std::string text =
      fmt::format("the gate sent requests {} µs late at the median", digits_text(latency.late_p50_us.value_or(0.0)));
  if (known(latency.late_p99_us)) text += fmt::format(", {} µs at p99", digits_text(latency.late_p99_us.value_or(0.0)));
  return text;
}

void join(std::string& text, std::string_view between, const std::string& more) {
  if (more.empty()) return;
  if (!text.empty()) text += between;
  text += more;
}

std::string by_clock(const std::string& cpu, const std::string& wall) {
  std::string text = cpu.empty() ? "" : "CPU time " + cpu;
  join(text, ", ", wall.empty() ? "" : "wall time " + wall);
  return text;
}

std::string side_sentence(std::string_view model, const Timing& timing, std::string PercentileRow::* value,
                          std::string PercentileRow::* interval) {
  std::string text;
  for (const PercentileRow& row : timing.rows) {
    if ((row.*value).empty()) continue;
    std::string one = fmt::format("{} {} {}", row.name, row.*value, timing.unit);
    join(one, " ", row.*interval);
    join(text, ", ", one);
  }
  return text.empty() ? text : fmt::format("{} {}", model, text);
}

/// What the machine did over all runs: times add up, of the rest the worst.
struct Meanwhile {
  double seconds = 0.0;
  double waited_s = 0.0;
  MachineState machine;

  void add(const LatencyReport& latency) {
    if (known(latency.seconds)) seconds += latency.seconds;
    if (known(latency.waited_s)) waited_s += latency.waited_s;
    const auto worst = [](std::optional<double>& sum, const std::optional<double>& one) {
      if (known(one)) sum = std::max(sum.value_or(*one), *one);
    };
    worst(machine.load, latency.machine.load);
    worst(machine.steal, latency.machine.steal);
    worst(machine.cpu_pressure, latency.machine.cpu_pressure);
  }
};

}  // namespace

namespace {

Timing timing_of(const CheckResult& result, const LatencyReport& latency) {
  Timing timing;
  timing.result = &result;
  timing.title = shape_title(latency.shape);
  add_percentiles(timing, latency);
  timing.cpu = ratio_text(latency.cpu);
  timing.wall = ratio_text(latency.wall);
  timing.control_cpu = ratio_text(latency.control_cpu);
  timing.control_wall = ratio_text(latency.control_wall);
  if (latency.control_rounds > 0)
    timing.control_rounds = fmt::format("{} round{}", latency.control_rounds, latency.control_rounds == 1 ? "" : "s");
  timing.counts = counts_text(latency);
  timing.serving = serving_text(latency);
  timing.lateness = lateness_text(latency);
  timing.gate_cost = cost_text(latency);
  return timing;
}

/// What a result leaves open another of the same rounds may know: ratios stand with limits against production alone.
void complete(LatencyReport& latency, const LatencyReport& other) {
  const auto take = [](auto& one, const auto& more) {
    if (!one) one = more;
  };
  take(latency.cpu, other.cpu);
  take(latency.wall, other.wall);
  take(latency.control_cpu, other.control_cpu);
  take(latency.control_wall, other.control_wall);
  latency.control_rounds = std::max(latency.control_rounds, other.control_rounds);
}

}  // namespace

Timing timing_of(const CheckResult& result) {
  return result.latency ? timing_of(result, *result.latency) : Timing{.result = &result};
}

std::vector<Timing> timings_of(const Verdict& verdict) {
  constexpr std::array worst_first{Standing::blocking, Standing::warning, Standing::waived, Standing::passed};
  std::vector<std::pair<LoadShape, const CheckResult*>> shapes;
  for (const CheckResult& result : verdict.checks)
    if (result.latency &&
        std::ranges::find(shapes, result.latency->shape, &decltype(shapes)::value_type::first) == shapes.end())
      shapes.emplace_back(result.latency->shape, nullptr);
  for (auto& [shape, told] : shapes)
    for (const Standing standing : worst_first)
      for (const CheckResult& result : verdict.checks)
        if (told == nullptr && result.latency && result.latency->shape == shape && standing_of(result) == standing)
          told = &result;
  std::vector<Timing> timings;
  timings.reserve(shapes.size());
  for (const auto& [shape, told] : shapes) {
    if (told == nullptr || !told->latency) continue;
    LatencyReport latency = *told->latency;
    for (const CheckResult& result : verdict.checks)
      if (result.latency && result.latency->shape == shape && result.planned.family == Family::latency)
        complete(latency, *result.latency);
    Timing timing = timing_of(*told, latency);
    if (!timing_sentences(timing).empty()) timings.push_back(std::move(timing));
  }
  return timings;
}

std::string ratio_sentence(const Timing& timing) {
  std::string text = by_clock(timing.cpu, timing.wall);
  const std::string control = by_clock(timing.control_cpu, timing.control_wall);
  if (control.empty()) return text;
  const std::string rounds = timing.control_rounds.empty() ? "" : ", " + timing.control_rounds;
  join(text, "; ", fmt::format("production against itself{}: {}", rounds, control));
  return text;
}

std::string effort_sentence(const Timing& timing) {
  std::string text = timing.serving;
  for (const std::string& more : {timing.counts, timing.lateness, timing.gate_cost}) join(text, "; ", more);
  return text;
}

std::vector<std::string> timing_sentences(const Timing& timing) {
  std::vector<std::string> lines{
      side_sentence("candidate", timing, &PercentileRow::candidate, &PercentileRow::candidate_interval),
      side_sentence("production", timing, &PercentileRow::production, &PercentileRow::production_interval),
      ratio_sentence(timing), effort_sentence(timing)};
  std::erase_if(lines, [](const std::string& line) { return line.empty(); });
  return lines;
}

std::string machine_sentence(const Verdict& verdict) {
  Meanwhile meanwhile;
  std::set<LoadShape> seen;
  for (const CheckResult& result : verdict.checks)
    if (result.latency && seen.insert(result.latency->shape).second) meanwhile.add(*result.latency);
  std::string text = meanwhile.seconds > 0.0 ? fmt::format("The rounds took {} s", digits_text(meanwhile.seconds)) : "";
  if (meanwhile.waited_s >= 0.05)
    join(text, ", ",
         fmt::format("after {} s of waiting for other gates on this machine", digits_text(meanwhile.waited_s)));
  const auto& [load, steal, pressure] = meanwhile.machine;
  std::string state = load ? "load " + fixed_text(*load, 1) : std::string{};
  join(state, ", ", steal ? share_text(*steal) + " of the CPU time taken by the hypervisor" : std::string{});
  join(state, ", ", pressure ? "some task waited for a CPU " + share_text(*pressure) + " of the time" : std::string{});
  join(text, "; ", state);
  return text.empty() ? text : text + ".";
}

}  // namespace modelgate
