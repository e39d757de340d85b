// SPDX-License-Identifier: Apache-2.0
#include "checks/resources/judge_resources.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "checks/judge.hpp"
#include "checks/latency/levels.hpp"
#include "checks/latency/ratio.hpp"
#include "checks/latency/rounds.hpp"
#include "checks/latency/served.hpp"
#include "checks/resources/readings.hpp"
#include "checks/resources/round_limits.hpp"
#include "checks/scope_case.hpp"
#include "gate/core/measured.hpp"
#include "gate/stats/signed_rank.hpp"

namespace modelgate {
namespace {

const Error* trouble_of(const PlannedCheck& planned, const LatencyRun& run) {
  for (const Role role : both_roles) {
    const std::optional<Error>& error = run.errors[index_of(role)];
    if (error && (role == Role::candidate || is_relative(planned.limit))) return &*error;
  }
  return nullptr;
}

Estimate over_rounds(const std::vector<double>& values, const Look& look) {
  return {stats::hodges_lehmann(values), stats::signed_rank_interval(values, look.interval_level)};
}

/// Seconds more that would bring the interval's half-width down to its distance from the limit; nothing where the
/// most rounds there may be would not.
void plan_seconds(CheckResult& result, const LatencyRun& run, const ResourceMetric& metric) {
  const bool relative = is_relative(result.planned.limit);
  const Estimate& judged = relative ? result.difference : result.candidate;
  if (!judged.value || !judged.interval || !(run.seconds > 0.0)) return;
  const Requirement need = requirement_of(result.planned, metric.direction);
  const double limit = relative && result.planned.limit.relative ? need.factor - 1.0 : need.limit;
  const double half = (judged.interval->high - judged.interval->low) / 2;
  const double distance = std::abs(*judged.value - limit);
  if (!(distance > 0.0) || !(half > distance)) return;
  const double grow = (half / distance) * (half / distance);
  if (static_cast<double>(run.rounds.size()) * grow > static_cast<double>(looks.back().rounds)) return;
  result.rows_needed = static_cast<std::size_t>(std::ceil(run.seconds * (grow - 1.0)));
}

/// Whether the margin is all that production has, so that no candidate could lose more.
bool allows_any_loss(const CheckResult& result, const ResourceMetric& metric) {
  const Limit& limit = result.planned.limit;
  return limit.word == LimitWord::max_regression && !limit.relative &&
         metric.direction == Direction::higher_is_better && result.production.value &&
         limit.value >= *result.production.value;
}

void judge_at(CheckResult& result, const Plan& plan, const LatencyRun& run, const ResourceMetric& metric,
              const Look& look) {
  const std::span rounds = std::span{run.rounds}.first(look.rounds);
  const Readings readings = readings_of(metric, rounds, run.shape);
  result.candidate = over_rounds(readings.candidate, look);
  result.production = over_rounds(readings.production, look);
  if (allows_any_loss(result, metric))
    return not_assessable(
        result, Reason::undefined,
        fmt::format("The margin of {} is no less than production's own {:.4g} a second: no candidate could fail it. "
                    "Write a smaller one, or a share of production (5%).",
                    result.planned.limit.text, result.production.value.value_or(0.0)));
  if (is_relative(result.planned.limit) && metric.name == "throughput")
    judge_ratio_limit(result, plan, run, look);  // turns beside each other tell more than the means of a round
  else if (is_relative(result.planned.limit))
    judge_margin(result, look, metric, readings);
  else if (metric.of_machine)
    judge_level_limit(result, look,
                      {.candidate = readings.candidate,
                       .production = readings.production,
                       .preempted_share = preempted_share(rounds, Role::candidate)});
  else
    judge_own_limit(result, look, metric, readings);
  if (metric.name == "throughput") judge_serving(result, run);
  if (result.parts.empty() && result.reason != Reason::runner_unfit)
    not_assessable(
        result, Reason::undefined,
        fmt::format("Only {} of {} rounds measured it in every model that the check looks at.",
                    is_relative(result.planned.limit) ? readings.log_ratio.size() : readings.candidate.size(),
                    look.rounds));
  else
    plan_seconds(result, run, metric);
}

std::string_view method_of(const PlannedCheck& planned) {
  if (!is_relative(planned.limit)) return "Hodges-Lehmann of rounds, signed rank";
  return compared_as_ratio(planned) ? "Hodges-Lehmann of round log ratios, signed rank"
                                    : "Hodges-Lehmann of round differences, signed rank";
}

}  // namespace

CheckResult judge_resources(const PlannedCheck& planned, const Plan& plan, const LatencyRun& run) {
  CheckResult result = blank_result(planned);
  result.method = method_of(planned);
  result.rows = run.rounds.size();
  const ResourceMetric* metric = resource_metric(planned.metric);
  if (const Error* trouble = trouble_of(planned, run)) {
    fail_with(result, *trouble);
    return result;
  }
  if (is_relative(planned.limit) && run.shape.load == Load::server) {
    fail_with(result, {ErrorKind::internal, Reason::internal,
                       "Load server takes no turns, so that nothing can be compared with production."});
    return result;
  }
  if (metric == nullptr || run.rounds.empty()) {
    fail_with(result, {ErrorKind::model, Reason::internal, "No round was measured, so nothing is known."});
    return result;
  }
  if (metric->name == "throughput") result.latency = latency_report(run);
  if (const std::optional<Look> look = look_at(run.rounds.size())) {
    judge_at(result, plan, run, *metric, *look);
    return result;
  }
  const Readings readings = readings_of(*metric, run.rounds, run.shape);
  result.candidate.value = stats::hodges_lehmann(readings.candidate);
  result.production.value = stats::hodges_lehmann(readings.production);
  result.parts = {Part{}};  // neither passes nor fails
  result.detail = fmt::format("A verdict on rounds needs at least {} of them; there are {}.", looks.front().rounds,
                              run.rounds.size());
  return result;
}

std::vector<CheckResult> evaluate_resources(const PlannedCheck& planned, const Evidence& evidence) {
  const LatencyRun* run = evidence.samples == nullptr ? nullptr : evidence.samples->run_of(planned.shape);
  if (run != nullptr) return {judge_resources(planned, evidence.plan, *run)};
  CheckResult result = blank_result(planned);
  fail_with(result, {ErrorKind::internal, Reason::internal,
                     fmt::format("Batches of {} rows were not timed in this run.", planned.shape.batch)});
  return {result};
}

}  // namespace modelgate
