// SPDX-License-Identifier: Apache-2.0
#include "gate/selftest/tally.hpp"

#include <gtest/gtest.h>

#include <array>

namespace modelgate::test {
namespace {

/// scipy.stats.beta.ppf, 1.17: .025 of (k, n-k+1) and .975 of (k+1, n-k).
TEST(Tally, GivesTheClopperPearsonIntervalsOfScipy) {
  const auto expect = [](std::size_t events, std::size_t n, double low, double high) {
    const ObservedRate share = share_of(events, n);
    ASSERT_TRUE(share.interval.has_value());
    EXPECT_NEAR(share.interval->low, low, 1e-9) << events << " of " << n;
    EXPECT_NEAR(share.interval->high, high, 1e-9) << events << " of " << n;
  };
  expect(0, 44, 0.0, 0.08041993976357587);
  expect(3, 60, 0.010432329644348225, 0.13924324672107277);
  expect(20, 20, 0.8315665290169146, 1.0);
  EXPECT_NEAR(excludable_rate(44), 0.08041993976357587, 1e-9);
}

TEST(Tally, ExcludesNothingWithoutADecision) {
  EXPECT_EQ(excludable_rate(0), 1.0);
  EXPECT_FALSE(share_of(0, 0).interval.has_value());
}

Decision decision_of(std::size_t cell, Outcome outcome, bool blocks, double seconds) {
  Decision decision;
  decision.cell = cell;
  decision.outcome = outcome;
  decision.blocks = blocks;
  decision.seconds = seconds;
  decision.checks = {{"other", Outcome::fail}};
  return decision;
}

TEST(Tally, CountsNothingButAPassAsPassed) {
  const std::array decisions{
      decision_of(0, Outcome::pass, false, 1.0),        decision_of(0, Outcome::fail, true, 2.0),
      decision_of(0, Outcome::inconclusive, true, 3.0), decision_of(0, Outcome::not_assessable, false, 4.0),
      decision_of(1, Outcome::pass, false, 9.0),        decision_of(0, Outcome::error, true, 5.0)};
  const OutcomeTally tally = tally_of(decisions, 0);
  EXPECT_EQ(tally.n, 5U);
  EXPECT_EQ(tally.pass, 1U);
  EXPECT_EQ(tally.fail, 1U);
  EXPECT_EQ(tally.inconclusive, 1U);
  EXPECT_EQ(tally.not_assessable, 1U);
  EXPECT_EQ(tally.error, 1U);
  EXPECT_EQ(tally.undecided(), 3U);
  EXPECT_EQ(tally.blocks_undecided, 2U);
  EXPECT_DOUBLE_EQ(tally.median_s().value(), 3.0);
  EXPECT_DOUBLE_EQ(tally.p90_s().value(), 4.6);
}

TEST(Tally, ReadsACheckThatWasJudgedWithAnother) {
  const std::array decisions{decision_of(0, Outcome::pass, false, 1.0)};
  EXPECT_EQ(tally_of(decisions, 0, "other").fail, 1U);
  EXPECT_EQ(tally_of(decisions, 0, "unknown").n, 0U);
  EXPECT_FALSE(tally_of(decisions, 0, "unknown").median_s().has_value());
}

TEST(Tally, TakesTheWorstOfWhatMakesAGate) {
  using enum Outcome;
  EXPECT_EQ(together(std::array{pass, pass}), pass);
  EXPECT_EQ(together(std::array{pass, inconclusive}), inconclusive);
  EXPECT_EQ(together(std::array{not_assessable, inconclusive}), not_assessable);
  EXPECT_EQ(together(std::array{not_assessable, fail, pass}), fail);
  EXPECT_EQ(together(std::array{error, fail}), error);
  EXPECT_EQ(together({}), not_assessable) << "nothing is never a pass";
}

}  // namespace
}  // namespace modelgate::test
