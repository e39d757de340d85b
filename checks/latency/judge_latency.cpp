// SPDX-License-Identifier: Apache-2.0
#include "checks/latency/judge_latency.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "checks/judge.hpp"
#include "checks/latency/levels.hpp"
#include "checks/latency/more_rounds.hpp"
#include "checks/latency/ratio.hpp"
#include "checks/latency/rounds.hpp"
#include "checks/latency/served.hpp"
#include "checks/scope_case.hpp"

namespace modelgate {
namespace {

/// What one metric reads of the rounds.
struct LevelMetric {
  std::string_view name;
  double quantile;              ///< 0: throughput
  std::size_t fewest_requests;  ///< distribution-free floor of 99 % confidence for the quantile
};
constexpr std::array<LevelMetric, 4> level_metrics{
    {{"latency_p50", 0.50, 7}, {"latency_p95", 0.95, 90}, {"latency_p99", 0.99, 459}, {"throughput", 0.0, 7}}};

const LevelMetric* level_metric(std::string_view name) {
  const auto* hit = std::ranges::find(level_metrics, name, &LevelMetric::name);
  return hit == level_metrics.end() ? nullptr : hit;
}

std::vector<double> values_of(const LevelMetric& metric, std::span<const Round> rounds, Role role, std::int64_t batch) {
  return metric.quantile > 0.0 ? round_quantiles(rounds, role, metric.quantile)
                               : round_throughputs(rounds, role, batch);
}

/// The estimates that people read, over all rounds.
void fill_sides(CheckResult& result, const LatencyRun& run) {
  const LatencyReport report = latency_report(run);
  const auto side = [&](const LatencySide& of) -> std::optional<double> {
    if (result.planned.metric == "throughput") return of.rows_per_s;
    return of.p50_ms.value ? std::optional{*of.p50_ms.value / 1e3} : std::nullopt;
  };
  result.candidate.value = side(report.candidate);
  result.production.value = side(report.production);
  result.latency = report;
  result.rows = report.rounds;
}

void too_few_rounds(CheckResult& result) {
  Part part;  // neither passes nor fails
  result.parts = {part};
  result.detail =
      fmt::format("A verdict on latency needs at least {} rounds; there are {}.", looks.front().rounds, result.rows);
}

void judge_level(CheckResult& result, const LatencyRun& run, const LevelMetric& metric, const Look& look) {
  const std::span rounds = std::span{run.rounds}.first(look.rounds);
  const std::vector<double> candidate = values_of(metric, rounds, Role::candidate, run.shape.batch);
  const std::vector<double> production = values_of(metric, rounds, Role::production, run.shape.batch);
  judge_level_limit(result, look, {candidate, production, preempted_share(rounds, Role::candidate)});
  const std::size_t requests = request_count(run.rounds, Role::candidate);
  if (requests >= metric.fewest_requests || result.parts.empty()) return;
  result.parts.front().passes = false;
  result.parts.front().hard_margin_excluded = false;
  result.detail =
      fmt::format("{} needs at least {} requests; there were {}.", metric.name, metric.fewest_requests, requests);
}

const Error* trouble_of(const PlannedCheck& planned, const LatencyRun& run) {
  for (const Role role : both_roles) {
    const std::optional<Error>& error = run.errors[index_of(role)];
    if (error && (role == Role::candidate || is_relative(planned.limit))) return &*error;
  }
  return nullptr;
}

}  // namespace

CheckResult judge_latency(const PlannedCheck& planned, const Plan& plan, const LatencyRun& run) {
  CheckResult result = blank_result(planned);
  const LevelMetric* level = level_metric(planned.metric);
  const bool relative = is_relative(planned.limit);
  result.method =
      relative ? "Hodges-Lehmann of round log ratios, signed rank" : "Hodges-Lehmann of rounds, signed rank";
  fill_sides(result, run);
  if (const Error* trouble = trouble_of(planned, run)) {
    fail_with(result, *trouble);
    return result;
  }
  if (relative && run.shape.load == Load::server) {
    fail_with(result, {ErrorKind::internal, Reason::internal,
                       "Load server takes no turns, so that nothing can be compared with production."});
    return result;
  }
  if (!result.latency || result.latency->requests == 0) {
    fail_with(result,
              {ErrorKind::model, Reason::internal, "The candidate answered no counted request, so nothing is known."});
    return result;
  }
  const std::optional<Look> look = look_at(run.rounds.size());
  if (!look) {
    too_few_rounds(result);
    plan_more_rounds(result, run);
    return result;
  }
  if (relative)
    judge_ratio_limit(result, plan, run, *look);
  else if (level != nullptr)
    judge_level(result, run, *level, *look);
  judge_serving(result, run);
  if (result.parts.empty() && result.outcome == Outcome::inconclusive)
    not_assessable(result, Reason::undefined, "The rounds hold no times to compare.");
  plan_more_rounds(result, run);
  return result;
}

std::vector<CheckResult> evaluate_latency(const PlannedCheck& planned, const Evidence& evidence) {
  const LatencyRun* run = evidence.samples == nullptr ? nullptr : evidence.samples->run_of(planned.shape);
  if (run != nullptr) return {judge_latency(planned, evidence.plan, *run)};
  CheckResult result = blank_result(planned);
  fail_with(result, {ErrorKind::internal, Reason::internal,
                     fmt::format("Batches of {} rows were not timed in this run.", planned.shape.batch)});
  return {result};
}

}  // namespace modelgate
