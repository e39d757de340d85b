// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gate/verdict/decide.hpp"

namespace modelgate {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr CheckSpec recall{.metric = "recall"};
constexpr CheckSpec latency{.family = Family::latency, .metric = "latency", .unit = Unit::seconds};

CheckResult judged(bool passes, double p_fail, OnInconclusive policy = OnInconclusive::guard) {
  CheckResult made;
  made.id = made.planned.base_id = "accuracy.recall.max_regression";
  made.planned.metric = "recall";
  made.planned.spec = &recall;
  made.planned.limit = {LimitWord::max_regression, 0.01, false, "0.01"};
  made.planned.on_inconclusive = policy;
  made.outcome = Outcome::inconclusive;
  made.reason = Reason::none;
  Part part;
  part.passes = passes;
  part.p_fail = p_fail;
  part.hard_margin_excluded = true;
  made.parts = {part};
  return made;
}

Reuse exhausted() {
  Reuse reuse;
  reuse.status = Reuse::Status::candidates_exhausted;
  reuse.sentence = "Collect a new golden set.";
  return reuse;
}

Verdict decided(CheckResult one, Reuse reuse) { return decide(Plan{}, {std::move(one)}, {}, {{}, std::move(reuse)}); }

TEST(Reuse, ExhaustedRowsProveNothingForACandidate) {
  const Verdict verdict = decided(judged(true, 0.999), exhausted());
  EXPECT_EQ(verdict.checks[0].outcome, Outcome::inconclusive);
  EXPECT_EQ(verdict.checks[0].reason, Reason::reuse_exhausted);
  EXPECT_THAT(verdict.checks[0].message, HasSubstr("Collect a new golden set."));
  EXPECT_EQ(verdict.exit_code, ExitCode::block) << "guard does not excuse it";
}

TEST(Reuse, WhatIsProvenAgainstACandidateStaysAFail) {
  EXPECT_EQ(decided(judged(false, 0.0001, OnInconclusive::warn), exhausted()).checks[0].outcome, Outcome::fail);
}

TEST(Reuse, ARunOnNothingButExhaustedRowsIsAnErrorWhateverThePolicy) {
  const Verdict verdict = decided(judged(true, 0.999, OnInconclusive::warn), exhausted());
  EXPECT_EQ(verdict.checks[0].outcome, Outcome::inconclusive);
  EXPECT_EQ(verdict.exit_code, ExitCode::error);
}

TEST(Reuse, AFailIsJudgedAtWhatTheLooksLeaveOfAlpha) {
  Reuse second;
  second.status = Reuse::Status::counted;
  second.fail_level = 0.0056;
  EXPECT_EQ(decided(judged(false, 0.01), second).checks[0].outcome, Outcome::inconclusive);
  EXPECT_EQ(decided(judged(false, 0.005), second).checks[0].outcome, Outcome::fail);
  EXPECT_EQ(decided(judged(false, 0.01), Reuse{}).checks[0].outcome, Outcome::fail);
}

TEST(Reuse, DoesNotTouchLatency) {
  CheckResult timed = judged(true, 0.999);
  timed.planned.family = Family::latency;
  timed.planned.spec = &latency;
  EXPECT_EQ(decided(timed, exhausted()).checks[0].outcome, Outcome::pass);
}

TEST(Reuse, IsNotJudgedBeforeTheRowsAreCounted) {
  Plan plan;
  EXPECT_EQ(unused(plan).status, Reuse::Status::unknown);
  plan.ledger = LedgerSpec{.path = "/x/l.json", .written = "l.json"};
  EXPECT_EQ(unused(plan).status, Reuse::Status::not_judged);
  EXPECT_EQ(failed_verdict(plan, Error{}).reuse.ledger, "l.json");
}

TEST(Foreword, SaysFirstThatThereIsNothingToCompare) {
  CheckResult same = judged(true, 0.9);
  same.outcome = Outcome::not_assessable;
  same.reason = Reason::identical_models;
  same.parts.clear();
  EXPECT_THAT(decided(same, {}).headline, StartsWith("Nothing to compare: the candidate is the same file"));
}

TEST(Foreword, SaysFirstThatItIsAFirstRelease) {
  Plan plan;
  plan.models[index_of(Role::candidate)].source = ModelSource::recorded;
  CheckResult absolute = judged(true, 0.9);
  absolute.planned.limit.word = LimitWord::min;
  EXPECT_THAT(decide(plan, {absolute}).headline, StartsWith("First release: there is no production model"));
  plan.first_release_terms = FirstRelease{.owner = "ada", .reason = "new", .until = "2026-12-31"};
  EXPECT_THAT(decide(plan, {absolute}).headline, StartsWith("First release (ada, until 2026-12-31: new): "));
}

TEST(Spoil, NeverTurnsABlockIntoAnError) {
  Verdict verdict = decided(judged(false, 0.0001), {});
  spoil(verdict, {ErrorKind::data, Reason::data_invalid, "The ledger is gone."});
  EXPECT_EQ(verdict.exit_code, ExitCode::block);
  EXPECT_THAT(verdict.warnings.back(), HasSubstr("ledger is gone"));
  verdict = decided(judged(true, 0.9), {});
  spoil(verdict, {ErrorKind::data, Reason::data_invalid, "The ledger is gone."});
  EXPECT_EQ(verdict.exit_code, ExitCode::error);
}

}  // namespace
}  // namespace modelgate
