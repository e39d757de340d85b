// SPDX-License-Identifier: Apache-2.0
#include "gate/app/judging.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <thread>
#include <utility>

#include "checks/cache.hpp"
#include "checks/check.hpp"
#include "checks/evaluate.hpp"
#include "gate/core/policy.hpp"

namespace modelgate {
namespace {

bool is_relative(const PlannedCheck& check) { return modelgate::is_relative(check.limit.word); }

bool is_timed(const PlannedCheck& check) { return check.spec->needs_live_model; }

/// Why this run cannot judge the check; nothing when it can.
std::optional<NotJudged> obstacle(const Plan& plan, const PlannedCheck& check) {
  const ModelSource candidate = plan.model(Role::candidate).source;
  const ModelSource production = plan.model(Role::production).source;
  if (compares(check) && production == ModelSource::absent)
    return NotJudged{check.base_id, "first release: there is no production model to compare with",
                     false,         check.line,
                     check.family,  check.file};
  const bool recorded = candidate != ModelSource::live || (is_relative(check) && production != ModelSource::live);
  if (is_timed(check) && recorded)
    return NotJudged{check.base_id, "needs live models; recorded predictions have no latency, memory or size",
                     true,          check.line,
                     check.family,  check.file};
  return std::nullopt;
}

CheckResult left_out(const PlannedCheck& check) {
  CheckResult result;
  result.id = check.base_id;
  result.planned = check;
  result.planned.selected = false;
  result.outcome = Outcome::not_selected;
  return result;
}

}  // namespace

std::vector<NotJudged> take_out_not_judged(Plan& plan) {
  std::vector<NotJudged> not_judged;
  std::erase_if(plan.checks, [&](const PlannedCheck& check) {
    const auto why = obstacle(plan, check);
    if (why) not_judged.push_back(*why);
    return why.has_value();
  });
  return not_judged;
}

Phases phases_of(const Plan& plan) {
  Phases phases;
  for (const PlannedCheck& check : plan.checks) {
    if (check.selected) (is_timed(check) ? phases.latency : phases.replay) = true;
  }
  return phases;
}

ReplayNeeds replay_needs(const Plan& plan) {
  ReplayNeeds needs;
  needs.category_columns = category_columns_of(plan);
  for (const PlannedCheck& check : plan.checks) {
    if (!check.selected || check.family != Family::determinism) continue;
    for (const SameWithin& same : {SameWithin{}, check.tolerance})
      if (std::ranges::find(needs.repeat, same) == needs.repeat.end()) needs.repeat.push_back(same);
  }
  return needs;
}

std::vector<std::string> category_columns_of(const Plan& plan) {
  std::vector<std::string> columns;
  for (const PlannedCheck& check : plan.checks) {
    for (const auto* scope : {&check.slice, &check.attribute}) {
      if (!*scope) continue;
      for (const std::string& column : (*scope)->columns) {
        if (std::ranges::find(columns, column) == columns.end()) columns.push_back(column);
      }
    }
  }
  return columns;
}

Judged judge(const Plan& plan, const ScoreTable* table, const Samples* samples) {
  Plan judged = plan;
  std::vector<CheckResult> results;
  std::erase_if(judged.checks, [&](const PlannedCheck& check) {
    return is_timed(check) ? samples == nullptr || !check.selected : table == nullptr;
  });
  auto cache = make_cache(table, judged);
  const Evidence evidence{judged, table, samples, cache.get()};
  results = evaluate_all(judged, evidence, std::max(1U, std::thread::hardware_concurrency()));
  for (const PlannedCheck& check : plan.checks) {
    const bool evaluated = is_timed(check) ? samples != nullptr && check.selected : table != nullptr;
    if (!evaluated) results.push_back(left_out(check));
  }
  const auto identity = [](const PlannedCheck& check) {
    return std::pair{check.base_id, check.slice ? check.slice->text() : std::string{}};
  };
  std::map<std::pair<std::string, std::string>, std::size_t> order;
  for (const PlannedCheck& check : plan.checks) order.try_emplace(identity(check), order.size());
  std::ranges::stable_sort(results, {}, [&](const CheckResult& result) { return order[identity(result.planned)]; });
  return {std::move(results), std::move(cache)};
}

Samples untimed(const Plan& plan, const Error& error) {
  Samples samples;
  for (const PlannedCheck& check : plan.checks) {
    if (!is_timed(check) || !check.selected || samples.run_of(check.shape) != nullptr) continue;
    LatencyRun run;
    run.shape = check.shape;
    run.errors = {error, error};
    samples.runs.push_back(std::move(run));
  }
  return samples;
}

namespace {

/// The same bytes, fed and read alike: the models cannot differ.
bool identical(const Plan& plan, const RunRecord& record) {
  const auto& [one, other] = plan.models;
  if (one.output != other.output || one.inputs != other.inputs) return false;
  const bool columns_named = !one.columns.empty() && !other.columns.empty();
  if (columns_named && one.columns != other.columns) return false;
  if (one.source == ModelSource::dataset && other.source == ModelSource::dataset) return true;
  const auto& [candidate, production] = record.models;
  return !candidate.sha256.empty() && candidate.sha256 == production.sha256;
}

}  // namespace

void refuse_identical_models(std::vector<CheckResult>& results, const RunRecord& record, const Plan& plan) {
  if (plan.allow_identical || !identical(plan, record)) return;
  for (CheckResult& result : results) {
    if (!compares(result.planned) || result.outcome == Outcome::error) continue;
    result.outcome = Outcome::not_assessable;
    result.reason = Reason::identical_models;
    result.parts.clear();
    result.detail =
        "Nothing to compare: candidate and production are the same file. Pass the new model with --candidate, or "
        "set allow_identical: true where that is meant.";
  }
}

}  // namespace modelgate
