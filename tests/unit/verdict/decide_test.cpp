// SPDX-License-Identifier: Apache-2.0
#include "gate/verdict/decide.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gate/verdict/budget.hpp"

namespace modelgate {
namespace {

constexpr CheckSpec recall{.metric = "recall"};
constexpr CheckSpec latency{.family = Family::latency, .metric = "latency", .unit = Unit::seconds};

Part part(bool passes, double p_fail) {
  Part made;
  made.passes = passes;
  made.p_fail = p_fail;
  return made;
}

CheckResult result(std::vector<Part> parts, OnInconclusive policy = OnInconclusive::block) {
  CheckResult made;
  made.id = "accuracy.recall.max_regression";
  made.planned.base_id = made.id;
  made.planned.metric = "recall";
  made.planned.spec = &recall;
  made.planned.limit = {LimitWord::max_regression, 0.01, false, "0.01"};
  made.planned.on_inconclusive = policy;
  made.outcome = Outcome::inconclusive;
  made.reason = Reason::straddles_limit;
  made.rows = 1840;
  made.parts = std::move(parts);
  return made;
}

CheckResult with(CheckResult made, Outcome outcome, Reason reason = Reason::undefined) {
  made.outcome = outcome;
  made.reason = reason;
  return made;
}

Verdict decide_one(CheckResult one) { return decide(Plan{}, {std::move(one)}); }

TEST(Decide, PassesWhatIsProven) {
  const Verdict verdict = decide_one(result({part(true, 0.99)}));
  EXPECT_EQ(verdict.checks[0].outcome, Outcome::pass);
  EXPECT_EQ(verdict.kind, VerdictKind::pass);
  EXPECT_EQ(verdict.exit_code, ExitCode::pass);
}

TEST(Decide, BlocksAProvenFail) {
  const Verdict verdict = decide_one(result({part(false, 0.001)}));
  EXPECT_EQ(verdict.checks[0].outcome, Outcome::fail);
  EXPECT_EQ(verdict.exit_code, ExitCode::block);
}

TEST(Decide, AsksForMoreRowsOnlyWhereTheyCouldDecide) {
  const auto asks = [](CheckResult one) {
    one.rows_needed = 5740;
    return decide_one(std::move(one)).checks[0].rows_needed.has_value();
  };
  EXPECT_FALSE(asks(result({part(true, 0.99)})));
  EXPECT_FALSE(asks(result({part(false, 0.001)})));
  EXPECT_FALSE(asks(with(result({}), Outcome::error, Reason::internal)));
  EXPECT_TRUE(asks(result({part(false, 0.3)})));
  EXPECT_TRUE(asks(with(result({}), Outcome::not_assessable)));
}

TEST(Decide, TellsOfAFailedModelByTheFirstLineAlone) {
  CheckResult one = with(result({}), Outcome::error, Reason::internal);
  one.detail = "candidate: RuntimeError: no such shape\nTraceback\n  line 7";
  const Verdict verdict = decide_one(one);
  EXPECT_THAT(verdict.headline, testing::EndsWith("candidate: RuntimeError: no such shape"));
  EXPECT_THAT(verdict.checks[0].message, testing::HasSubstr("line 7"));
}

TEST(Decide, IsInconclusiveBetween) {
  const Verdict verdict = decide_one(result({part(false, 0.3)}));
  EXPECT_EQ(verdict.checks[0].outcome, Outcome::inconclusive);
  EXPECT_EQ(verdict.checks[0].reason, Reason::straddles_limit);
  EXPECT_EQ(verdict.exit_code, ExitCode::block);
}

TEST(Decide, WarnLetsAnInconclusiveResultThrough) {
  EXPECT_EQ(decide_one(result({part(false, 0.3)}, OnInconclusive::warn)).exit_code, ExitCode::pass);
}

TEST(Decide, GuardBlocksUnlessGraveHarmIsExcluded) {
  Part open = part(false, 0.3);
  EXPECT_EQ(decide_one(result({open}, OnInconclusive::guard)).exit_code, ExitCode::block);
  open.hard_margin_excluded = true;
  EXPECT_EQ(decide_one(result({open}, OnInconclusive::guard)).exit_code, ExitCode::pass);
}

TEST(Decide, GuardNeedsEveryPart) {
  Part safe = part(false, 0.3);
  safe.hard_margin_excluded = true;
  EXPECT_EQ(decide_one(result({safe, part(false, 0.3)}, OnInconclusive::guard)).exit_code, ExitCode::block);
}

TEST(Decide, FailsWhenAnyPartFailsAndPassesOnlyWhenAllPass) {
  EXPECT_EQ(decide_one(result({part(true, 0.9), part(false, 0.001)})).checks[0].outcome, Outcome::fail);
  EXPECT_EQ(decide_one(result({part(true, 0.9), part(false, 0.5)})).checks[0].outcome, Outcome::inconclusive);
}

TEST(Decide, SpendsOneErrorBudgetOverTheGate) {
  std::vector<CheckResult> results(5, result({part(false, 0.03)}));
  const Verdict verdict = decide(Plan{}, results);
  for (const CheckResult& check : verdict.checks) {
    EXPECT_EQ(check.outcome, Outcome::inconclusive);  // 5 × 0.03 is far from 0.05
    EXPECT_DOUBLE_EQ(check.parts[0].p_fail, 0.03);
    EXPECT_DOUBLE_EQ(check.parts[0].p_adjusted, 0.15);
  }
}

TEST(Decide, CountsChecksLeftOutByOnlyInTheErrorBudget) {
  CheckResult left_out = result({part(false, 0.03)});
  left_out.planned.selected = false;
  const Verdict verdict = decide(Plan{}, {result({part(false, 0.03)}), left_out});
  EXPECT_DOUBLE_EQ(verdict.checks[0].parts[0].p_adjusted, 0.06);
  EXPECT_EQ(verdict.checks[1].outcome, Outcome::not_selected);
  EXPECT_TRUE(verdict.partial);
}

TEST(Decide, KeepsTimedChecksInABudgetOfTheirOwn) {
  CheckResult timed = result({part(false, 0.01)});
  timed.planned.family = Family::latency;
  timed.planned.spec = &latency;
  const Verdict verdict = decide(Plan{}, {result({part(false, 0.04)}), timed});
  EXPECT_EQ(verdict.checks[0].outcome, Outcome::fail);
  EXPECT_EQ(verdict.checks[1].outcome, Outcome::fail);
}

TEST(Decide, LeavesWarningChecksOutOfTheBudgetAndOfTheBlock) {
  CheckResult warns = result({part(false, 0.04)});
  warns.planned.severity = Severity::warn;
  const Verdict verdict = decide(Plan{}, {result({part(false, 0.04)}), warns});
  EXPECT_DOUBLE_EQ(verdict.checks[0].parts[0].p_adjusted, 0.04);
  EXPECT_EQ(verdict.checks[1].outcome, Outcome::fail);
  EXPECT_FALSE(verdict.checks[1].blocking);
}

TEST(Decide, WithholdsAFailOnFewDiscordantRows) {
  Part few = part(false, 0.001);
  few.discordant = 9;
  EXPECT_EQ(decide_one(result({few})).checks[0].outcome, Outcome::inconclusive);
  few.discordant = 10;
  EXPECT_EQ(decide_one(result({few})).checks[0].outcome, Outcome::fail);
}

TEST(Decide, AsksForMoreDiscordantRowsAtSmallLevels) {
  std::vector<Part> many(20, part(true, 0.9));
  many[0].passes = false;
  many[0].p_fail = 1e-6;
  many[0].discordant = 24;
  EXPECT_NE(decide_one(result(many)).checks[0].outcome, Outcome::fail);
  many[0].discordant = 25;
  EXPECT_EQ(decide_one(result(many)).checks[0].outcome, Outcome::fail);
}

TEST(Decide, NeverJudgesWhatLiesOnTheLine) {
  Part line = part(true, 0.0);
  line.on_the_line = true;
  EXPECT_EQ(decide_one(result({line})).checks[0].outcome, Outcome::inconclusive);
}

TEST(Decide, NotAssessableBlocksUnlessItsPolicyWarns) {
  CheckResult absent = with(result({}), Outcome::not_assessable, Reason::absent_slice);
  EXPECT_EQ(decide_one(absent).exit_code, ExitCode::block);
  absent.planned.on_not_assessable = OnNotAssessable::warn;
  EXPECT_EQ(decide(Plan{}, {absent, result({part(true, 0.9)})}).exit_code, ExitCode::pass);
}

TEST(Decide, AGateThatCouldJudgeNothingIsNeverAPass) {
  CheckResult absent = with(result({}), Outcome::not_assessable, Reason::absent_slice);
  absent.planned.on_not_assessable = OnNotAssessable::warn;
  EXPECT_EQ(decide_one(absent).exit_code, ExitCode::error);
}

TEST(Decide, AFailingPairDecidesThoughAnotherGroupIsTooSmall) {
  const CheckResult bias = with(result({part(false, 0.001)}), Outcome::not_assessable, Reason::too_few_rows);
  EXPECT_EQ(decide_one(bias).checks[0].outcome, Outcome::fail);
  const CheckResult quiet = with(result({part(true, 0.9)}), Outcome::not_assessable, Reason::too_few_rows);
  EXPECT_EQ(decide_one(quiet).checks[0].outcome, Outcome::not_assessable);
}

TEST(Decide, AResultWithoutPartsIsNeverAPass) { EXPECT_NE(decide_one(result({})).exit_code, ExitCode::pass); }

TEST(Decide, AnErrorAloneGivesThree) {
  const Verdict verdict =
      decide(Plan{}, {result({part(true, 0.9)}), with(result({}), Outcome::error, Reason::model_crashed)});
  EXPECT_EQ(verdict.kind, VerdictKind::error);
  EXPECT_EQ(verdict.exit_code, ExitCode::error);
}

TEST(Decide, AnErrorsMessageIsItsFirstParagraph) {
  CheckResult broken = with(result({}), Outcome::error, Reason::model_crashed);
  broken.detail = "RuntimeError: no\nIt printed: x\n\nTraceback";
  EXPECT_EQ(decide_one(broken).checks[0].message, "RuntimeError: no\nIt printed: x");
}

TEST(Decide, AnErrorBlocksEvenWhereTheCheckOnlyWarns) {
  CheckResult broken = with(result({}), Outcome::error, Reason::timeout);
  broken.planned.severity = Severity::warn;
  EXPECT_EQ(decide_one(broken).exit_code, ExitCode::error);
}

TEST(Decide, ABlockWinsOverAnError) {
  const Verdict verdict = decide(Plan{}, {result({part(false, 0.001)}), with(result({}), Outcome::error)});
  EXPECT_EQ(verdict.exit_code, ExitCode::block);
  EXPECT_THAT(verdict.headline, testing::HasSubstr("accuracy.recall.max_regression"));
}

TEST(Decide, ZeroChecksAreNeverAPass) {
  EXPECT_EQ(decide(Plan{}, {}).exit_code, ExitCode::error);
  EXPECT_EQ(decide(Plan{}, {}, {{"latency.latency.max", "recorded", true, 1, Family::latency}}).exit_code,
            ExitCode::error);
}

TEST(Decide, ChecksThatWereAllLeftOutAreNeverAPass) {
  CheckResult left_out = result({part(true, 0.9)});
  left_out.planned.selected = false;
  EXPECT_EQ(decide_one(left_out).exit_code, ExitCode::error);
}

TEST(Decide, WhatWasNotJudgedMakesTheScopePartialOnlyWhereItSaysSo) {
  const auto passing = result({part(true, 0.9)});
  EXPECT_TRUE(decide(Plan{}, {passing}, {{"a", "recorded", true, 1, Family::latency}}).partial);
  EXPECT_FALSE(decide(Plan{}, {passing}, {{"a", "first release", false, 1, Family::accuracy}}).partial);
}

TEST(PessimisticVerdict, IsAnErrorForEveryPlannedCheck) {
  Plan plan;
  plan.checks.resize(2);
  plan.checks[0].base_id = "accuracy.recall.max_regression";
  plan.checks[0].slice = Scope{{"region"}, {}};
  plan.checks[1].base_id = "bias.tpr.max_regression.attribute=sex";
  const Verdict verdict = pessimistic_verdict(plan);
  EXPECT_EQ(verdict.exit_code, ExitCode::error);
  ASSERT_EQ(verdict.checks.size(), 2U);
  EXPECT_EQ(verdict.checks[0].id, "accuracy.recall.max_regression.region");
  for (const CheckResult& check : verdict.checks) {
    EXPECT_EQ(check.outcome, Outcome::error);
    EXPECT_TRUE(check.blocking);
  }
}

TEST(FailedVerdict, GivesTheExitCodeOfItsError) {
  EXPECT_EQ(failed_verdict(Plan{}, {ErrorKind::usage, Reason::data_invalid, "no"}).exit_code, ExitCode::usage);
  EXPECT_EQ(failed_verdict(Plan{}, {ErrorKind::data, Reason::data_invalid, "no"}).exit_code, ExitCode::error);
  EXPECT_EQ(failed_verdict(Plan{}, {ErrorKind::report, Reason::internal, "no"}).exit_code, ExitCode::report);
}

}  // namespace
}  // namespace modelgate
