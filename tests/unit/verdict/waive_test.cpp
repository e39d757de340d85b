// SPDX-License-Identifier: Apache-2.0
#include "gate/verdict/waive.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gate/verdict/decide.hpp"

namespace modelgate {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr CheckSpec recall{.metric = "recall"};
constexpr CheckSpec log_loss{.metric = "log_loss", .direction = Direction::lower_is_better, .unit = Unit::plain};
constexpr auto id = "accuracy.recall.min";

CheckResult measured(double value, double p_fail, bool passes = false) {
  CheckResult made;
  made.id = made.planned.base_id = id;
  made.planned.metric = "recall";
  made.planned.spec = &recall;
  made.planned.limit = {LimitWord::min, 0.85, false, "0.85"};
  made.reason = Reason::none;
  made.outcome = Outcome::inconclusive;
  made.candidate = {value, Interval{value - 0.02, value + 0.02}};
  Part part;
  part.p_fail = p_fail;
  part.passes = passes;
  made.parts = {part};
  return made;
}

CheckResult failing(double value = 0.80) { return measured(value, 0.0001); }
CheckResult passing() { return measured(0.9, 0.999, true); }

CheckResult not_assessable() {
  CheckResult made = failing();
  made.outcome = Outcome::not_assessable;
  made.reason = Reason::absent_slice;
  made.parts.clear();
  made.candidate = {};
  return made;
}

Waiver waiver(std::optional<double> worst = 0.78, const char* until = "2026-12-31", const char* check = id) {
  return {
      .check = check, .owner = "ada", .reason = "retraining", .until = *date_from(until), .worst = worst, .line = 3};
}

Verdict decided(std::vector<CheckResult> results, std::vector<Waiver> waivers, const char* today = "2026-11-22",
                std::vector<NotJudged> not_judged = {}) {
  return decide(Plan{}, std::move(results), std::move(not_judged),
                {{"waivers.yaml", std::move(waivers), *date_from(today)}, {}});
}

/// Beside another check that passes, so that something was judged.
CheckResult another() {
  CheckResult made = passing();
  made.id = made.planned.base_id = "accuracy.accuracy.min";
  return made;
}

TEST(Waive, CoversNothingWhereTwoResultsHaveItsId) {
  const Verdict verdict = decided({failing(), failing(), another()}, {waiver()});
  EXPECT_EQ(verdict.checks[0].outcome, Outcome::fail);
  EXPECT_EQ(verdict.checks[1].outcome, Outcome::fail);
  EXPECT_EQ(verdict.exit_code, ExitCode::block);
  EXPECT_THAT(verdict.warnings, ElementsAre(HasSubstr("more than one result has this id")));
}

TEST(Waive, TurnsABlockingFailIntoWaivedAndSaysSo) {
  const Verdict verdict = decided({failing(), another()}, {waiver()});
  const CheckResult& check = verdict.checks[0];
  EXPECT_EQ(check.outcome, Outcome::waived);
  EXPECT_FALSE(check.blocking);
  EXPECT_EQ(check.waiver->instead_of, Outcome::fail);
  EXPECT_EQ(verdict.exit_code, ExitCode::pass);
  EXPECT_THAT(check.message, HasSubstr("Waived by ada until 2026-12-31, no worse than 0.7800: retraining. recall"));
  EXPECT_EQ(verdict.headline, "1 of 2 checks passed; 1 waived.");
  EXPECT_THAT(verdict.warnings, IsEmpty());
}

TEST(Waive, CoversInconclusiveAndNotAssessable) {
  EXPECT_EQ(decided({measured(0.86, 0.3)}, {waiver()}).checks[0].waiver->instead_of, Outcome::inconclusive);
  const Verdict verdict = decided({not_assessable(), another()}, {waiver(std::nullopt)});
  EXPECT_EQ(verdict.checks[0].outcome, Outcome::waived);
  EXPECT_EQ(verdict.exit_code, ExitCode::pass);
}

TEST(Waive, BoundsWhatIsTolerated) {
  const Verdict verdict = decided({failing(0.77)}, {waiver(0.78)});
  EXPECT_EQ(verdict.checks[0].outcome, Outcome::fail);
  EXPECT_EQ(verdict.exit_code, ExitCode::block);
  EXPECT_THAT(verdict.checks[0].message, HasSubstr("Not waived (waivers.yaml:3): 0.7700 is worse than the 0.7800"));
  EXPECT_EQ(decided({failing(0.78)}, {waiver(0.78)}).checks[0].outcome, Outcome::waived);
}

TEST(Waive, BoundsLossesFromAbove) {
  CheckResult loss = failing(0.5);
  loss.planned.spec = &log_loss;
  EXPECT_EQ(decided({loss}, {waiver(0.4)}).checks[0].outcome, Outcome::fail);
  EXPECT_EQ(decided({loss}, {waiver(0.5)}).checks[0].outcome, Outcome::waived);
}

TEST(Waive, BoundsEveryGroupThatARelativeLimitCompares) {
  CheckResult groups = failing(0.80);
  groups.planned.limit.word = LimitWord::max_regression;
  groups.planned.attribute = Scope{{"sex"}, {}};
  groups.groups = {{"F", "recall", 90, 60, {0.70, {}}, {}, true}, {"M", "recall", 90, 72, {0.80, {}}, {}, true}};
  EXPECT_EQ(decided({groups}, {waiver(0.75)}).checks[0].outcome, Outcome::fail);
  EXPECT_EQ(decided({groups}, {waiver(0.70)}).checks[0].outcome, Outcome::waived);
}

TEST(Waive, AWaiverWithoutWorstCoversNoValueAndOneWithItNoAbsence) {
  const Verdict value = decided({failing()}, {waiver(std::nullopt)});
  EXPECT_EQ(value.checks[0].outcome, Outcome::fail);
  EXPECT_THAT(value.checks[0].message, HasSubstr("without worst it covers only"));
  const Verdict absent = decided({not_assessable(), another()}, {waiver(0.78)});
  EXPECT_EQ(absent.checks[0].outcome, Outcome::not_assessable);
  EXPECT_EQ(absent.exit_code, ExitCode::block);
}

TEST(Waive, NeverCoversAnError) {
  CheckResult error = failing();
  error.outcome = Outcome::error;
  error.reason = Reason::model_crashed;
  error.detail = "It crashed.";
  const Verdict verdict = decided({error, another()}, {waiver()});
  EXPECT_EQ(verdict.checks[0].outcome, Outcome::error);
  EXPECT_EQ(verdict.exit_code, ExitCode::error);
  EXPECT_THAT(verdict.checks[0].message, HasSubstr("A waiver covers no error."));
}

TEST(Waive, AnExpiredWaiverRevivesItsOwnCheckAlone) {
  CheckResult other = failing();
  other.id = other.planned.base_id = "accuracy.accuracy.min";
  const Verdict verdict =
      decided({failing(), other}, {waiver(0.7, "2026-11-21"), waiver(0.7, "2027-01-31", "accuracy.accuracy.min")});
  EXPECT_EQ(verdict.checks[0].outcome, Outcome::fail);
  EXPECT_EQ(verdict.checks[1].outcome, Outcome::waived);
  EXPECT_EQ(verdict.exit_code, ExitCode::block);
  EXPECT_THAT(verdict.checks[0].message, HasSubstr("expired on 2026-11-21"));
  EXPECT_THAT(verdict.warnings, ElementsAre(HasSubstr("expired on 2026-11-21, so that the check blocks again")));
}

TEST(Waive, IsInForceOnItsLastDayAndWarnsFourteenDaysBefore) {
  const Verdict last = decided({failing()}, {waiver(0.7, "2026-11-22")});
  EXPECT_EQ(last.checks[0].outcome, Outcome::waived);
  EXPECT_THAT(last.warnings, ElementsAre(HasSubstr("ends in 0 days, on 2026-11-22")));
  EXPECT_THAT(decided({failing()}, {waiver(0.7, "2026-12-06")}).warnings, ElementsAre(HasSubstr("ends in 14 days")));
  EXPECT_THAT(decided({failing()}, {waiver(0.7, "2026-12-07")}).warnings, IsEmpty());
}

TEST(Waive, SaysThatItIsNotNeeded) {
  EXPECT_THAT(decided({passing()}, {waiver()}).warnings, ElementsAre(HasSubstr("is not needed: the check passes")));
  CheckResult warned = failing();
  warned.planned.severity = Severity::warn;
  const Verdict verdict = decided({warned, another()}, {waiver()});
  EXPECT_EQ(verdict.checks[0].outcome, Outcome::fail) << "a waiver hides no warning";
  EXPECT_THAT(verdict.warnings, ElementsAre(HasSubstr("does not block anyway")));
}

TEST(Waive, AnIdThatNoResultHasIsAnErrorAndNeverAPass) {
  const Waiver stray = waiver(0.7, "2026-12-31", "accuracy.recall.min.region=nrth");
  const Verdict passed = decided({passing()}, {stray});
  EXPECT_EQ(passed.kind, VerdictKind::error);
  EXPECT_EQ(passed.exit_code, ExitCode::error);
  EXPECT_THAT(passed.headline, HasSubstr("waivers.yaml:3: no check has the id accuracy.recall.min.region=nrth"));
  const Verdict blocked = decided({failing()}, {stray});
  EXPECT_EQ(blocked.exit_code, ExitCode::block);
  EXPECT_THAT(blocked.warnings, ElementsAre(HasSubstr("no check has the id")));
}

TEST(Waive, AnIdThatWasNotJudgedIsNoStray) {
  const Verdict verdict = decided({passing()}, {waiver(0.1, "2026-12-31", "latency.latency.max")}, "2026-11-22",
                                  {{"latency.latency.max", "needs live models", true, 9, Family::latency}});
  EXPECT_EQ(verdict.exit_code, ExitCode::pass);
  EXPECT_THAT(verdict.warnings, ElementsAre(HasSubstr("was not judged in this run")));
}

TEST(Waive, ASliceOfACheckThatFellAsAWholeIsNoStray) {
  CheckResult whole = failing();
  whole.outcome = Outcome::error;
  whole.planned.slice = Scope{{"region"}, {}};
  const Verdict verdict = decided({whole, another()}, {waiver(0.7, "2026-12-31", "accuracy.recall.min.region=north")});
  EXPECT_EQ(verdict.exit_code, ExitCode::error);
  EXPECT_THAT(verdict.warnings, IsEmpty());
}

TEST(Waive, WhatCouldNotBeJudgedIsNoPassHoweverItIsWaived) {
  const Verdict verdict = decided({not_assessable()}, {waiver(std::nullopt)});
  EXPECT_EQ(verdict.checks[0].outcome, Outcome::waived);
  EXPECT_EQ(verdict.exit_code, ExitCode::error);
}

}  // namespace
}  // namespace modelgate
