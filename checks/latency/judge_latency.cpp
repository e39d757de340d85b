// SPDX-License-Identifier: Apache-2.0
#include "checks/latency/judge_latency.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "checks/judge.hpp"
#include "checks/latency/levels.hpp"
#include "checks/latency/more_rounds.hpp"
#include "checks/latency/percentile.hpp"
#include "checks/latency/percentile_report.hpp"
#include "checks/latency/ratio.hpp"
#include "checks/latency/rounds.hpp"
#include "checks/latency/served.hpp"
#include "checks/scope_case.hpp"
#include "gate/core/number_text.hpp"

namespace modelgate {
namespace {

/// The estimates that people read, over all rounds.
void fill_sides(CheckResult& result, const LatencyRun& run) {
  const LatencyReport report = latency_report(run);
  const auto side = [&](const LatencySide& of) -> std::optional<double> {
    return of.p50_ms.value ? std::optional{*of.p50_ms.value / 1e3} : std::nullopt;
  };
  if (percentile_of(result.planned.metric) == nullptr) {  // a percentile's value is that of its blocks, or none
    result.candidate.value = side(report.candidate);
    result.production.value = side(report.production);
  }
  result.latency = report;
  result.rows = report.rounds;
}

void too_few_rounds(CheckResult& result) {
  Part part;  // neither passes nor fails
  result.parts = {part};
  result.detail =
      fmt::format("A verdict on latency needs at least {} rounds; there are {}.", looks.front().rounds, result.rows);
}

/// The typical block keeps the limit, but not all requests together, and the machine is not to blame: stalls of the
/// candidate's own in a few rounds.
void withhold_pass(CheckResult& result, std::span<const Round> rounds, const Percentile& percentile,
                   const RoundLevels& levels) {
  if (result.parts.empty() || !result.parts.front().passes) return;
  const auto candidate = pooled_percentile(rounds, Role::candidate, percentile.q);
  if (!candidate || *candidate <= result.planned.limit.value) return;
  const auto production =
      levels.production.empty() ? std::nullopt : pooled_percentile(rounds, Role::production, percentile.q);
  if (!machine_excluded(result, production, levels.preempted_share)) return;
  result.parts.front().passes = false;
  result.parts.front().hard_margin_excluded = false;
  result.detail = fmt::format(
      "The typical round keeps the limit, but {} of all rounds together is {}, {}: a few rounds "
      "are far slower, and not by the machine.",
      percentile.name, value_text(*candidate, Unit::seconds),
      production ? "production's " + value_text(*production, Unit::seconds)
                 : std::string{"though nothing interrupted them"});
}

void judge_percentile(CheckResult& result, const LatencyRun& run, const Percentile& percentile) {
  const bool with_production = has_production(run);
  const auto blocks = percentile_blocks(run.rounds, percentile, with_production);
  const std::optional<Look> look = look_at(blocks.size());
  if (!look) return not_assessable(result, Reason::too_few_events, too_few_requests(run, percentile));
  const auto looked_at = std::span{blocks}.first(look->rounds);
  const std::size_t rounds =
      static_cast<std::size_t>(looked_at.back().data() - run.rounds.data()) + looked_at.back().size();
  RoundLevels levels = percentile_levels(looked_at, percentile, with_production);
  const bool broke = run.errors[index_of(Role::production)].has_value();  // then nothing can exclude the machine
  levels.preempted_share = broke ? 1.0 : preempted_share(std::span{run.rounds}.first(rounds), Role::candidate);
  judge_level_limit(result, *look, levels);
  withhold_pass(result, std::span{run.rounds}.first(rounds), percentile, levels);
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
  const Percentile* percentile = percentile_of(planned.metric);
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
  if (!look && percentile == nullptr) {
    too_few_rounds(result);
    plan_more_rounds(result, run);
    return result;
  }
  if (percentile != nullptr)
    judge_percentile(result, run, *percentile);
  else if (look)
    judge_ratio_limit(result, plan, run, *look);
  judge_serving(result, run);
  if (result.parts.empty() && result.outcome == Outcome::inconclusive)
    not_assessable(result, Reason::undefined, "The rounds hold no times to compare.");
  // What pooled rounds, or a sentence of its own, leave open is not a matter of a few more rounds.
  const bool pooled = percentile != nullptr &&
                      percentile_blocks(run.rounds, *percentile, has_production(run)).size() != run.rounds.size();
  if (percentile == nullptr || (!pooled && result.detail.empty())) plan_more_rounds(result, run);
  return result;
}

std::vector<CheckResult> evaluate_latency(const PlannedCheck& planned, const Evidence& evidence) {
  const LatencyRun* run = evidence.samples == nullptr ? nullptr : evidence.samples->run_of(planned.shape);
  if (run != nullptr) {
    CheckResult judged = judge_latency(planned, evidence.plan, *run);
    if (judged.latency) add_percentile_intervals(*judged.latency, *run, evidence.plan.runtime.seed);
    return {std::move(judged)};
  }
  CheckResult result = blank_result(planned);
  fail_with(result, {ErrorKind::internal, Reason::internal,
                     fmt::format("Batches of {} rows were not timed in this run.", planned.shape.batch)});
  return {result};
}

}  // namespace modelgate
