// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "checks/check.hpp"
#include "gate/app/judging.hpp"
#include "gate/app/latency_phase.hpp"
#include "gate/app/selftest_trials.hpp"
#include "gate/measure/measure.hpp"
#include "gate/verdict/decide.hpp"

namespace modelgate {
namespace {

constexpr double default_margin = 0.05;
constexpr double seconds_to_start = 0.5;  // a worker, libtorch included

bool is_margin_of_latency(const PlannedCheck& check) {
  return check.family == Family::latency && check.limit.word == LimitWord::max_regression && check.limit.relative;
}

PlannedCheck default_check() {
  PlannedCheck check;
  check.family = Family::latency;
  check.metric = "latency";
  check.base_id = "latency.latency.max_regression.batch=1";
  check.limit = {LimitWord::max_regression, default_margin, true, "5%"};
  check.on_inconclusive = OnInconclusive::guard;
  check.spec = &find_check(Family::latency, "latency")->spec;
  return check;
}

/// What the protocol itself takes when nothing keeps it: the fewest rounds, and those of production against itself.
double expected_seconds() {
  const MeasureSettings settings;
  const std::size_t controls = (settings.min_rounds - 1) / settings.control_every;  // the last is not waited for
  const auto rounds = static_cast<double>(settings.min_rounds + controls);
  return rounds * (settings.round_s + 2 * settings.warmup_s + seconds_to_start);
}

/// The gate file's checks, of which this one alone is selected: the others keep their share of the error budget.
Plan only_check(Plan plan, std::size_t index) {
  for (std::size_t i = 0; i < plan.checks.size(); ++i) plan.checks[i].selected = i == index;
  return plan;
}

struct LatencyCell {
  std::size_t check = 0;  // in the plan
  double slowdown = 0.0;
};

class LatencyTrial {
 public:
  LatencyTrial(Plan plan, RunRecord& record, WeakestIsolation& isolation, std::vector<LatencyCell> cells)
      : plan_(std::move(plan)), record_(record), isolation_(isolation), cells_(std::move(cells)) {}

  Result<Decision> decide_one(std::size_t cell, std::uint64_t seed) {
    const LatencyCell& kind = cells_[cell];
    Plan plan = only_check(plan_, kind.check);
    plan.runtime.seed = seed;
    SilentProgress silent;
    const auto samples = latency_phase(plan, silent, record_, {.instrumented = true, .share = {kind.slowdown, 0.0}},
                                       nullptr, &isolation_);
    if (!samples) return std::unexpected(samples.error());
    Decision decision;
    for (const LatencyRun& run : samples->runs) {
      decision.rounds += run.rounds.size();
      decision.waited_s += run.waited_s;
    }
    const Verdict verdict = decide(plan, judge(plan, nullptr, &*samples).results);
    for (const CheckResult& result : verdict.checks) {
      if (!result.planned.selected) continue;
      if (result.outcome == Outcome::error) return model_error(result.reason, result.message);
      decision.outcome = result.outcome;
      decision.reason = result.reason;
      decision.blocks = result.blocking;
      decision.difference = result.difference;
    }
    return decision;
  }

 private:
  Plan plan_;
  RunRecord& record_;
  WeakestIsolation& isolation_;
  std::vector<LatencyCell> cells_;
};

std::string slowdown_label(double slowdown) {
  return slowdown == 0.0 ? std::string("A/A") : fmt::format("+{:.4g} %", 100.0 * slowdown);
}

}  // namespace

Experiment latency_trial(const Plan& plan, const SelftestOptions& options, RunRecord& record,
                         std::vector<std::string>& notes, WeakestIsolation& isolation) {
  Experiment trial;
  trial.name = "latency";
  trial.expected_s = expected_seconds();
  if (plan.model(Role::candidate).source != ModelSource::live) {
    notes.push_back("Latency is not tried: recorded predictions have none; it needs a live model.");
    return trial;
  }
  Plan judged = plan;
  if (std::ranges::none_of(judged.checks, is_margin_of_latency)) {
    judged.checks.push_back(default_check());
    notes.push_back(fmt::format("The gate file has no latency margin; batch 1 is tried with {:.4g} %.",
                                100.0 * options.margin.value_or(default_margin)));
  }
  std::vector<LatencyCell> cells;
  for (std::size_t i = 0; i < judged.checks.size(); ++i) {
    PlannedCheck& check = judged.checks[i];
    if (!is_margin_of_latency(check)) continue;
    if (options.margin) check.limit.value = *options.margin;
    for (const double slowdown : options.slowdowns) {
      cells.push_back({i, slowdown});
      trial.cells.push_back({Family::latency, check_name(check), slowdown_label(slowdown), slowdown / check.limit.value,
                             check.limit.value});
    }
  }
  trial.decide = [taker = std::make_shared<LatencyTrial>(std::move(judged), record, isolation, std::move(cells))](
                     std::size_t cell, std::uint64_t seed) { return taker->decide_one(cell, seed); };
  return trial;
}

}  // namespace modelgate
