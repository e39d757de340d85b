// SPDX-License-Identifier: Apache-2.0
// Whole gates, judged by the code that judges a run: how often anything fails on the edge, how often an equal model is
// blocked.
#include <fmt/format.h>

#include <algorithm>

#include "checks/check.hpp"
#include "checks/evaluate.hpp"
#include "checks/planning/block_chance.hpp"
#include "draws.hpp"
#include "experiments.hpp"
#include "gate/verdict/decide.hpp"

namespace modelgate::simulation {
namespace {

PlannedCheck margin_on(const std::string& metric, double margin, bool sliced, OnInconclusive policy) {
  PlannedCheck check;
  check.base_id = fmt::format("accuracy.{}.max_regression{}", metric, sliced ? ".slices" : "");
  check.family = Family::accuracy;
  check.metric = metric;
  check.limit = {LimitWord::max_regression, margin, false, fmt::format("{}", margin)};
  check.on_inconclusive = policy;
  if (sliced) check.slice = Scope{{"slice"}, {}};
  check.spec = &find_check(Family::accuracy, metric)->spec;
  return check;
}

Plan plan_of(std::vector<PlannedCheck> checks) {
  Plan plan;
  plan.name = "simulated";
  plan.checks = std::move(checks);
  for (std::size_t i = 0; i < plan.checks.size(); ++i) plan.checks[i].line = static_cast<int>(i) + 1;
  return plan;
}

Verdict verdict_on(const Plan& plan, const ScoreTable& table) {
  return decide(plan, evaluate_all(plan, Evidence{plan, &table, nullptr, nullptr}, 1));
}

bool anything_fails(const Verdict& verdict) {
  return std::ranges::any_of(verdict.checks, [](const CheckResult& one) { return one.outcome == Outcome::fail; });
}

/// A gate whose every requirement is met with nothing to spare: each margin is the candidate's true loss.
Plan on_the_edge(const Population2& truth, bool with_f1, bool only_slices) {
  const auto loss = [&](double (Population2::*metric)(bool) const) {
    return (truth.*metric)(false) - (truth.*metric)(true);
  };
  constexpr OnInconclusive policy = OnInconclusive::guard;
  std::vector<PlannedCheck> checks;
  if (!only_slices) {
    checks = {margin_on("accuracy", loss(&Population2::accuracy), false, policy),
              margin_on("recall", loss(&Population2::recall), false, policy),
              margin_on("roc_auc", loss(&Population2::auc), false, policy)};
    if (with_f1) checks.push_back(margin_on("f1", loss(&Population2::f1), false, policy));
  }
  if (truth.slices > 0) checks.push_back(margin_on("accuracy", loss(&Population2::accuracy), true, policy));
  return plan_of(std::move(checks));
}

struct EdgeGate {
  std::string name;
  Population2 truth;
  std::size_t rows;
  std::size_t draws;
  bool with_f1;
  bool only_slices;
};

Section edges(double scale) {
  const Population2 balanced{.prevalence = .5,
                             .candidate_shift = 1.5,
                             .production_shift = 1.7,
                             .threshold = .85,
                             .correlation = .8,
                             .slices = 5};
  Population2 rare = balanced;
  rare.prevalence = .1;
  rare.slices = 0;
  Population2 many = balanced;
  many.slices = 20;
  const std::vector<EdgeGate> gates{
      {"accuracy, recall, AUC and accuracy on 5 slices, 2,000 rows", balanced, 2'000, 20'000, false, false},
      {"the same, 400 rows (80 a slice)", balanced, 400, 20'000, false, false},
      {"accuracy, recall, AUC and F1, 10 % positive, 2,000 rows", rare, 2'000, 10'000, true, false},
      {"accuracy on 20 slices, 6,000 rows", many, 6'000, 10'000, false, true}};
  Section section{
      "Whole gates on the edge: P(any fail)",
      "Scores drawn, every margin equal to the candidate's true loss, judged by evaluate_all and decide. One "
      "Holm over the gate keeps any false fail at 5 %.",
      {}};
  for (std::size_t i = 0; i < gates.size(); ++i) {
    const EdgeGate& gate = gates[i];
    const Plan plan = on_the_edge(gate.truth, gate.with_f1, gate.only_slices);
    const auto draws = static_cast<std::size_t>(static_cast<double>(gate.draws) * scale);
    const auto seen = frequencies(draws, 1, [&](std::size_t draw) {
      Random random = random_of(500 + i, draw);
      return std::vector<bool>{anything_fails(verdict_on(plan, gate.truth.draw(random, gate.rows)))};
    });
    section.rates.push_back({gate.name, draws, seen[0], at_most(0.05)});
  }
  return section;
}

/// A policy's checks and what a gate file adds to it, every requirement met with nothing to spare.
Section policies(double scale) {
  const Population2 truth{.prevalence = .5,
                          .candidate_shift = 1.5,
                          .production_shift = 1.7,
                          .threshold = .85,
                          .correlation = .8,
                          .slices = 5};
  Section section{
      "Whole gates that extend a policy, on the edge: P(any fail)",
      "As above; the policy holds accuracy, recall and AUC, the gate file adds accuracy on 5 slices. Each has a Holm "
      "of "
      "its own at 5 %, so that what the gate file adds takes nothing from its policy; both together stay within 10 %.",
      {}};
  for (const std::size_t rows : {std::size_t{2'000}, std::size_t{400}}) {
    Plan plan = on_the_edge(truth, false, false);
    for (PlannedCheck& check : plan.checks) check.of_policy = !check.slice.has_value();
    const auto draws = static_cast<std::size_t>(20'000 * scale);
    const auto seen = frequencies(draws, 3, [&](std::size_t draw) {
      Random random = random_of(520 + rows, draw);
      const Verdict verdict = verdict_on(plan, truth.draw(random, rows));
      const auto fails = [&](bool of_policy) {
        return std::ranges::any_of(verdict.checks, [&](const CheckResult& one) {
          return one.outcome == Outcome::fail && one.of_policy() == of_policy;
        });
      };
      return std::vector<bool>{fails(true), fails(false), anything_fails(verdict)};
    });
    section.rates.push_back({fmt::format("{} rows: the policy's", rows), draws, seen[0], at_most(0.05)});
    section.rates.push_back({fmt::format("{} rows: the gate file's own", rows), draws, seen[1], at_most(0.05)});
    section.rates.push_back({fmt::format("{} rows: any", rows), draws, seen[2], at_most(0.10)});
  }
  return section;
}

PlannedCheck of_every_group(PlannedCheck check, const std::string& metric) {
  check.base_id = fmt::format("bias.{}.max_regression.attribute=slice", metric);
  check.family = Family::bias;
  check.metric = metric;
  check.slice.reset();
  check.attribute = Scope{{"slice"}, {}};
  check.spec = &find_check(Family::bias, metric)->spec;
  return check;
}

Section groups_and_users(double scale) {
  Section section{"Whole gates on the edge: groups, and rows of one user",
                  "Decisions drawn, every margin equal to the true loss. Half of what users' rows disagree on falls on "
                  "all ten rows of a user at once; `cluster` makes the user the unit.",
                  {}};
  constexpr OnInconclusive policy = OnInconclusive::guard;
  const UserPopulation alone{.users = 3'000, .rows_each = 1, .difference = -.03, .shared = 0.0, .slices = 4};
  const UserPopulation users{.users = 300, .rows_each = 10, .difference = -.02, .shared = 0.5, .slices = 3};
  const Plan by_group = plan_of({margin_on("accuracy", .03, false, policy),
                                 of_every_group(margin_on("recall", .03, false, policy), "tpr"),
                                 of_every_group(margin_on("recall", .03, false, policy), "tnr")});
  Plan by_user = plan_of({margin_on("accuracy", .02, false, policy), margin_on("recall", .02, false, policy),
                          margin_on("accuracy", .02, true, policy)});
  by_user.dataset.cluster = "user";
  const auto add = [&](const std::string& name, const Plan& plan, const UserPopulation& truth,
                       std::uint64_t experiment) {
    const auto draws = static_cast<std::size_t>(10'000 * scale);
    const auto seen = frequencies(draws, 1, [&](std::size_t draw) {
      Random random = random_of(experiment, draw);
      return std::vector<bool>{anything_fails(verdict_on(plan, draw_users(random, truth)))};
    });
    section.rates.push_back({name, draws, seen[0], at_most(0.05)});
  };
  add("accuracy, tpr and tnr in each of 4 groups, 3,000 rows", by_group, alone, 550);
  add("accuracy, recall and accuracy on 3 slices, 300 users of 10 rows", by_user, users, 551);
  return section;
}

/// Few users on whose rows the models differ, most or all of them one way: where a variance knows too little.
Section few_users(double scale) {
  Section section{"Accuracy on the edge where few users speak",
                  "200 users; the models differ on all rows of a user or on none, the margin equals the true loss. Ten "
                  "rows a user and `cluster`; or one row of lognormal weight. Without the score's bound false passes "
                  "come in 9.7 % and 14.0 % of cases at 20 users that speak. With equal sizes few values are possible.",
                  {}};
  std::uint64_t experiment = 560;
  for (const bool weighted : {false, true})
    for (const auto& [speaking, gains] : {std::pair{20.0, 0.0}, {30.0, 0.0}, {45.0, 0.0}, {20.0, 0.2}, {30.0, 0.2}}) {
      const double discordant = speaking / 200.0;
      const UserPopulation users{.users = 200,
                                 .rows_each = weighted ? std::size_t{1} : std::size_t{10},
                                 .discordant = discordant,
                                 .difference = discordant * (2.0 * gains - 1.0),
                                 .shared = 1.0,
                                 .slices = 0};
      Plan plan = plan_of({margin_on("accuracy", -users.difference, false, OnInconclusive::block)});
      if (!weighted) plan.dataset.cluster = "user";
      const auto draws = static_cast<std::size_t>(10'000 * scale);
      const auto seen = frequencies(draws, 2, [&](std::size_t draw) {
        Random random = random_of(experiment, draw);
        ScoreTable table = draw_users(random, users);
        if (weighted) weigh_by_lognormal(table, random);
        const Verdict verdict = verdict_on(plan, table);
        return std::vector<bool>{anything_fails(verdict), verdict.kind == VerdictKind::pass};
      });
      const std::string name = fmt::format("{}, {:.0f} of 200 speak, {:.0f} % of them for the candidate",
                                           weighted ? "weights" : "clusters", speaking, 100.0 * gains);
      section.rates.push_back({name + ": false fail", draws, seen[0], at_most(0.05)});
      section.rates.push_back({name + ": false pass", draws, seen[1], at_most(weighted ? 0.05 : 0.06)});
      ++experiment;
    }
  return section;
}

/// The printed chance takes all rows of a user as one, the worst case, so it must not be too low.
Rate equal_users(double scale) {
  const UserPopulation users{.users = 1'000, .rows_each = 10, .shared = 0.5, .slices = 0};
  Plan plan = plan_of({margin_on("accuracy", .02, false, OnInconclusive::block)});
  plan.dataset.cluster = "user";
  Random first = random_of(552, 0);
  const double chance = block_chance_of(plan, draw_users(first, users).rows)->probability;
  const auto draws = static_cast<std::size_t>(10'000 * scale);
  const auto seen = frequencies(draws, 1, [&](std::size_t draw) {
    Random random = random_of(553, draw);
    return std::vector<bool>{verdict_on(plan, draw_users(random, users)).kind == VerdictKind::block};
  });
  return {"accuracy, margin 0.020, 1000 users of 10 rows, block", draws, seen[0], at_most(chance)};
}

struct EqualGate {
  std::string name;
  std::vector<std::string> metrics;  ///< overall
  std::size_t slices;                ///< accuracy by slice
  double margin;                     ///< under block; half of it under guard
  std::size_t rows;
  bool independent;  ///< its results share no row
};

/// The rows of one typical draw: what plan would print for such data.
double printed_chance(const Plan& plan, const EqualGate& gate, std::uint64_t experiment) {
  constexpr std::size_t tables = 40;  // slice sizes vary a little
  double sum = 0.0;
  for (std::size_t i = 0; i < tables; ++i) {
    Random random = random_of(experiment + 50, i);
    sum += block_chance_of(plan, draw_equal_models(random, gate.rows, .5, .10, gate.slices).rows)->probability;
  }
  return sum / tables;
}

Section equal_models(double scale) {
  const std::vector<EqualGate> gates{
      {"accuracy", {"accuracy"}, 0, .01, 1'000, true},
      {"accuracy", {"accuracy"}, 0, .01, 5'000, true},
      {"accuracy on 5 slices", {}, 5, .03, 3'000, true},
      {"accuracy and recall, accuracy on 5 slices", {"accuracy", "recall"}, 5, .03, 3'000, false},
      {"accuracy, recall, specificity and F1", {"accuracy", "recall", "specificity", "f1"}, 0, .02, 1'500, false}};
  Section section{
      "P(block) of an equal model, as `plan` prints it",
      "Two equal models that disagree on 10 % of the rows, judged by evaluate_all and decide. Results on rows "
      "of their own must agree with the printed chance; where checks share rows the printed chance, which "
      "takes them as independent, must not be too low. Under guard the margins are half of those under block.",
      {}};
  std::uint64_t experiment = 600;
  for (const EqualGate& gate : gates) {
    for (const OnInconclusive policy : {OnInconclusive::guard, OnInconclusive::block}) {
      experiment += 100;
      const double margin = policy == OnInconclusive::guard ? gate.margin / 2.0 : gate.margin;
      std::vector<PlannedCheck> checks;
      for (const std::string& metric : gate.metrics) checks.push_back(margin_on(metric, margin, false, policy));
      if (gate.slices > 0) checks.push_back(margin_on("accuracy", margin, true, policy));
      const Plan plan = plan_of(std::move(checks));
      const double chance = printed_chance(plan, gate, experiment);
      const auto draws = static_cast<std::size_t>(10'000 * scale);
      const auto seen = frequencies(draws, 1, [&](std::size_t draw) {
        Random random = random_of(experiment, draw);
        const Verdict verdict = verdict_on(plan, draw_equal_models(random, gate.rows, .5, .10, gate.slices));
        return std::vector<bool>{verdict.kind == VerdictKind::block};
      });
      section.rates.push_back(
          {fmt::format("{}, margin {:.3f}, {} rows, {}", gate.name, margin, gate.rows, to_string(policy)), draws,
           seen[0], gate.independent ? computed(chance) : at_most(chance)});
    }
  }
  section.rates.push_back(equal_users(scale));
  return section;
}

}  // namespace

std::vector<Section> simulate_gates(double scale) {
  return {edges(scale), policies(scale), groups_and_users(scale), few_users(scale), equal_models(scale)};
}

}  // namespace modelgate::simulation
