// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <memory>
#include <utility>

#include "checks/requirement.hpp"
#include "gate/app/judging.hpp"
#include "gate/app/selftest_trials.hpp"
#include "gate/app/signals.hpp"
#include "gate/core/policy.hpp"
#include "gate/replay/replay.hpp"
#include "gate/selftest/resample.hpp"
#include "gate/selftest/seed.hpp"
#include "gate/selftest/tally.hpp"
#include "gate/verdict/decide.hpp"

namespace modelgate {

Role reference_role(const Plan& plan) {
  return plan.model(Role::production).source == ModelSource::absent ? Role::candidate : Role::production;
}

Plan against_itself(Plan plan) {
  const ModelSpec reference = plan.model(reference_role(plan));
  plan.models = {reference, reference};
  plan.allow_identical = true;
  return plan;
}

std::string check_name(const PlannedCheck& check) {
  return check.slice ? check.base_id + " by " + check.slice->text() : check.base_id;
}

namespace {

struct Target {
  double margins;
  std::string_view label;
};
constexpr std::array targets{Target{0.0, "0"}, Target{0.5, "1/2 margin"}, Target{1.0, "margin"},
                             Target{2.0, "2 margins"}};

bool is_seeded(const PlannedCheck& check, const SelftestOptions& options) {
  return check.selected && is_of_rows(check.family) && options.parts.contains(check.family) &&
         check.limit.word == LimitWord::max_regression;
}

/// The loss of one place in margins; more is worse.
std::optional<double> loss_in(const CheckResult& result) {
  if (!result.difference.value || !result.production.value) return std::nullopt;
  const double margin = resolved_margin(result.planned, *result.production.value);
  if (!(margin > 0.0)) return std::nullopt;
  const double sign = result.planned.spec->direction == Direction::higher_is_better ? -1.0 : 1.0;
  return sign * *result.difference.value / margin;
}

/// A check on the population itself: what is true there, without sampling error.
class TrueLoss {
 public:
  TrueLoss(const Plan& plan, const PlannedCheck& check, ScoreTable& table) : plan_(plan), table_(table) {
    plan_.checks = {check};
  }

  /// The places that these many rows can judge; "" with the reason where there is none.
  Result<void> find_places(const Predictions& of) {
    table_.models[index_of(Role::candidate)] = of;
    std::string why = "it cannot be judged on these rows";
    for (const CheckResult& result : judge(plan_, &table_, nullptr).results) {
      const bool judged = result.outcome != Outcome::error && result.outcome != Outcome::not_assessable;
      if (judged && !result.parts.empty()) places_.insert(result.id);
      if (!judged && !result.detail.empty()) why = result.detail;
    }
    plan_.dataset.population = Population::fixed;
    if (places_.empty()) return data_error(why);
    return {};
  }

  /// In the worst of its places.
  std::optional<double> of(const Predictions& candidate) {
    table_.models[index_of(Role::candidate)] = candidate;
    std::optional<double> worst;
    for (const CheckResult& result : judge(plan_, &table_, nullptr).results) {
      if (!places_.contains(result.id)) continue;
      const auto loss = loss_in(result);
      if (loss && (!worst || *loss > *worst)) worst = loss;
    }
    return worst;
  }

 private:
  Plan plan_;
  ScoreTable& table_;
  std::set<std::string> places_;
};

/// What a cell's candidate is made of; no worsening: a copy.
struct RowsCell {
  const Worsening* worsening = nullptr;
  SeededModel model;
  std::string check;
};

class RowsTrial {
 public:
  RowsTrial(Plan plan, ScoreTable population, std::vector<std::string> names)
      : plan_(std::move(plan)), population_(std::move(population)), scratch_(population_), names_(std::move(names)) {}

  /// Finds the models of one check; cells that cannot be had are noted.
  void seed(const PlannedCheck& check, std::uint64_t seed, Experiment& trial, std::vector<std::string>& notes) {
    const Predictions& reference = population_.model(Role::production);
    const Worsening& worsening =
        worsenings_.emplace_back(worsening_for(population_, reference, check.spec->needs_scores, seed));
    TrueLoss loss(plan_, check, scratch_);
    if (const auto places = loss.find_places(worsening.at(0)); !places) {
      notes.push_back(fmt::format("{} is not tried: {}", check_name(check), places.error().message));
      return;
    }
    Seeder seeder(worsening, [&](const Predictions& of) { return loss.of(of); });
    for (const Target& target : targets) {
      if (cancel_flag().load()) return;
      const auto model = seeder.find(target.margins);
      if (!model) {
        notes.push_back(fmt::format("{}: no worsened outputs have a true loss of {:.3g} margins.", check_name(check),
                                    target.margins));
        continue;
      }
      add(trial, {check.family, check_name(check), std::string(target.label), model->loss, check.limit.value},
          {&worsening, *model, check_name(check)});
    }
  }

  void add(Experiment& trial, TrialCell cell, RowsCell made_of) {
    trial.cells.push_back(std::move(cell));
    cells_.push_back(std::move(made_of));
  }

  Result<Decision> decide_one(std::size_t cell, std::uint64_t seed) {
    if (const auto stop = cancellation()) return std::unexpected(*stop);
    const RowsCell& kind = cells_[cell];
    const ScoreTable sample = drawn(kind, seed);
    Plan plan = plan_;
    plan.runtime.seed = seed;
    const Judged judged = judge(plan, &sample, nullptr);
    const Verdict verdict = decide(plan, judged.results);
    Decision decision;
    std::vector<Outcome> all;
    std::map<std::string, std::vector<Outcome>> by_check;
    std::optional<double> worst;
    for (const CheckResult& result : verdict.checks) {
      if (result.outcome == Outcome::not_selected) continue;
      if (result.outcome == Outcome::error) return data_error(result.message, result.reason);
      all.push_back(result.outcome);
      const std::string name = check_name(result.planned);
      by_check[name].push_back(result.outcome);
      if (name == kind.check) note(decision, result, worst);
    }
    for (const std::string& name : names_) decision.checks[name] = together(by_check[name]);
    decision.checks[whole_gate()] = together(all);
    decision.outcome = decision.checks[kind.check.empty() ? whole_gate() : kind.check];
    if (kind.check.empty()) decision.blocks = verdict.kind == VerdictKind::block;
    return decision;
  }

 private:
  ScoreTable drawn(const RowsCell& kind, std::uint64_t seed) const {
    const Predictions& reference = population_.model(Role::production);
    if (kind.worsening == nullptr) return resample(population_, {reference, reference, 0.0}, seed);
    const Predictions sooner = kind.worsening->at(kind.model.step);
    if (kind.model.chance_of_next == 0.0) return resample(population_, {sooner, sooner, 0.0}, seed);
    const Predictions later = kind.worsening->at(kind.model.step + 1);
    return resample(population_, {sooner, later, kind.model.chance_of_next}, seed);
  }

  /// Of several places the worst one speaks.
  static void note(Decision& decision, const CheckResult& result, std::optional<double>& worst) {
    decision.blocks = decision.blocks || result.blocking;
    const auto loss = loss_in(result);
    if (worst && !(loss > worst)) return;
    worst = loss;
    decision.difference = result.difference;
    decision.reason = result.reason;
  }

  Plan plan_;
  ScoreTable population_;
  ScoreTable scratch_;
  std::vector<std::string> names_;
  std::deque<Worsening> worsenings_;  // cells point into it
  std::vector<RowsCell> cells_;
};

/// The reference's outputs on every golden row.
Result<ScoreTable> replay_reference(const Plan& plan, RunRecord& record, Progress& progress,
                                    WeakestIsolation& isolation) {
  Plan alone = plan;
  alone.models[index_of(Role::production)] = {};
  alone.first_release = true;
  auto replayed = replay(alone, {category_columns_of(plan)}, progress, {.cancel = &cancel_flag()});
  if (!replayed) return std::unexpected(replayed.error());
  if (const auto& worker = replayed->workers[index_of(Role::candidate)]; worker && worker->confinement)
    isolation.note(*worker->confinement);
  Predictions& own = replayed->table.models[index_of(Role::candidate)];
  if (own.error) return std::unexpected(*own.error);
  replayed->table.models[index_of(Role::production)] = own;
  record.dataset_sha256 = replayed->dataset_sha256;
  record.dataset_rows = replayed->table.rows.rows;
  record.models[0] = record.models[1] = replayed->models[index_of(Role::candidate)];
  return std::move(replayed->table);
}

/// Seconds that a decision takes, by one of each kind; what they said counts nowhere.
Result<double> timed(const Experiment& trial, std::uint64_t seed, const Clock& clock) {
  const double begin = clock.now_s();
  const std::array tried{std::size_t{0}, trial.cells.size() - 1};
  for (const std::size_t cell : tried) {
    if (auto decision = trial.decide(cell, seed); !decision) return std::unexpected(std::move(decision.error()));
  }
  return (clock.now_s() - begin) / tried.size();
}

}  // namespace

Result<Experiment> rows_trial(const Plan& plan, const SelftestOptions& options, RunRecord& record, Progress& progress,
                              std::vector<std::string>& notes, WeakestIsolation& isolation) {
  Experiment trial;
  trial.name = "resamples";
  std::vector<std::string> names;
  for (const PlannedCheck& check : plan.checks)
    if (is_seeded(check, options)) names.push_back(check_name(check));
  if (names.empty()) {
    notes.push_back("Accuracy and bias are not tried: no such check compares with production by max_regression.");
    return trial;
  }
  if (plan.dataset.population == Population::fixed) {
    notes.push_back(
        "Accuracy and bias are not tried: population: fixed means these very rows, so that every decision is the "
        "same.");
    return trial;
  }
  auto population = replay_reference(plan, record, progress, isolation);
  if (!population) return std::unexpected(population.error());
  const auto taker = std::make_shared<RowsTrial>(plan, std::move(*population), std::move(names));
  taker->add(trial, {Family::accuracy, {}, "A/A", 0.0, 0.0}, {});
  for (const PlannedCheck& check : plan.checks)
    if (is_seeded(check, options)) taker->seed(check, plan.runtime.seed, trial, notes);
  trial.decide = [taker](std::size_t cell, std::uint64_t seed) { return taker->decide_one(cell, seed); };
  auto seconds = timed(trial, plan.runtime.seed, SteadyClock{});
  if (!seconds) return std::unexpected(seconds.error());
  trial.expected_s = *seconds;
  return trial;
}

}  // namespace modelgate
