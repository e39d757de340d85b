// SPDX-License-Identifier: Apache-2.0
#include "gate/verdict/budget.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "gate/verdict/decide.hpp"

namespace modelgate {
namespace {

constexpr CheckSpec recall{.metric = "recall"};
constexpr CheckSpec latency{.family = Family::latency, .metric = "latency", .unit = Unit::seconds};
constexpr std::size_t junk = 300;

CheckResult own(double p_fail) {
  CheckResult made;
  made.planned.metric = "recall";
  made.planned.spec = &recall;
  made.planned.limit = {LimitWord::max_regression, 0.01, false, "0.01"};
  made.planned.on_inconclusive = OnInconclusive::warn;
  made.outcome = Outcome::inconclusive;
  made.reason = Reason::straddles_limit;
  made.rows = 1840;
  Part part;
  part.p_fail = p_fail;
  made.parts = {part};
  return made;
}

CheckResult of_policy(double p_fail) {
  CheckResult made = own(p_fail);
  made.planned.of_policy = true;
  return made;
}

CheckResult timed(CheckResult made) {
  made.planned.family = Family::latency;
  made.planned.spec = &latency;
  return made;
}

/// The checks of the policy first, then `junk` idle ones of the gate file.
std::vector<CheckResult> diluted(std::vector<CheckResult> results, const CheckResult& idle) {
  results.insert(results.end(), junk, idle);
  return results;
}

TEST(Budget, WhatAGateFileAddsCannotHideAFailOfItsPolicy) {
  const Verdict verdict = decide(Plan{}, diluted({of_policy(0.00025)}, own(1.0)));
  EXPECT_EQ(verdict.checks[0].outcome, Outcome::fail);
  EXPECT_DOUBLE_EQ(verdict.checks[0].parts[0].p_adjusted, 0.00025);
  EXPECT_EQ(verdict.exit_code, ExitCode::block);
}

TEST(Budget, WithoutAPolicyAllChecksShareOneBudget) {
  const Verdict verdict = decide(Plan{}, diluted({own(0.00025)}, own(1.0)));
  EXPECT_EQ(verdict.checks[0].outcome, Outcome::inconclusive);
  EXPECT_DOUBLE_EQ(verdict.checks[0].parts[0].p_adjusted, 0.00025 * (junk + 1));
}

TEST(Budget, ThePolicySharesItsBudgetAmongItsOwnChecks) {
  std::vector<CheckResult> results{of_policy(0.02), own(0.04), of_policy(0.03)};
  EXPECT_EQ(spend_error_budget(results), (std::vector<bool>{true, true, true}));
  EXPECT_DOUBLE_EQ(results[0].parts[0].p_adjusted, 0.04);
  EXPECT_DOUBLE_EQ(results[1].parts[0].p_adjusted, 0.04);
  results = {of_policy(0.03), own(0.001), of_policy(0.03)};
  EXPECT_EQ(spend_error_budget(results), (std::vector<bool>{false, true, false}));
  EXPECT_DOUBLE_EQ(results[0].parts[0].p_adjusted, 0.06);
}

TEST(Budget, NorDoTimedChecksOfTheGateFile) {
  const Verdict verdict = decide(Plan{}, diluted({timed(of_policy(0.01))}, timed(own(1.0))));
  EXPECT_EQ(verdict.checks[0].outcome, Outcome::fail);
}

TEST(Budget, NorDoPairsThatAreNotListed) {
  CheckResult wide = own(1.0);
  wide.pairs_left_out = 1000;
  std::vector<CheckResult> results{of_policy(0.01), wide};
  EXPECT_EQ(spend_error_budget(results), (std::vector<bool>{true, false}));
  wide.planned.of_policy = true;
  results = {of_policy(0.01), wide};
  EXPECT_EQ(spend_error_budget(results), (std::vector<bool>{false, false}));
}

TEST(Budget, SliceValuesThatOnlyTheGateFileNamesAreItsOwn) {
  const auto slice = [](const std::string& value, double p_fail) {
    CheckResult made = of_policy(p_fail);
    made.planned.slice = Scope{{"region"}, {"north", "west"}};
    made.planned.added_values = {"west"};
    made.slice = {{"region", value}};
    return made;
  };
  std::vector<CheckResult> results = diluted({slice("north", 0.00025)}, slice("west", 1.0));
  EXPECT_TRUE(spend_error_budget(results).front());
  results = diluted({slice("west", 0.00025)}, slice("west", 1.0));
  EXPECT_FALSE(spend_error_budget(results).front());
}

}  // namespace
}  // namespace modelgate
