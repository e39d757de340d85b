// SPDX-License-Identifier: Apache-2.0
#include "gate/selftest/schedule.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace modelgate::test {
namespace {

class HandClock final : public Clock {
 public:
  double now_s() const override { return now; }
  double now = 100.0;
};

/// Decisions that last as long as they are told to.
struct Bench {
  HandClock clock;
  SilentProgress progress;
  std::vector<Decision> taken;
  Experiment trial;

  Bench(std::size_t cells, double expected_s, std::vector<double> lasts) {
    trial.name = "latency";
    trial.cells.resize(cells);
    trial.expected_s = expected_s;
    trial.decide = [this, lasts = std::move(lasts)](std::size_t, std::uint64_t) -> Result<Decision> {
      const double seconds = lasts[taken.size() % lasts.size()];
      clock.now += seconds;
      if (seconds < 0) return model_error(Reason::model_crashed, "gone");
      return Decision{};
    };
  }
  Result<void> take(const Allowance& allowance) { return take_decisions(trial, allowance, 1, clock, progress, taken); }
};

TEST(Affordable, SplitsTheSecondsOverTheCells) {
  EXPECT_EQ(affordable({.seconds = 300}, 4, 10.0), 7U);
  EXPECT_EQ(affordable({.seconds = 39.9}, 4, 10.0), 0U);
  EXPECT_EQ(affordable({.seconds = 300, .per_cell = 3}, 4, 10.0), 3U);
  EXPECT_EQ(affordable({.per_cell = 12}, 4, 10.0), 12U) << "no budget";
  EXPECT_EQ(affordable({.seconds = 300}, 0, 10.0), 0U);
  EXPECT_EQ(affordable({.seconds = -1}, 1, 10.0), 0U);
}

TEST(Schedule, GivesEveryCellItsTurn) {
  Bench bench(3, 10.0, {10.0});
  ASSERT_TRUE(bench.take({.seconds = 70}).has_value());
  std::vector<std::size_t> cells;
  for (const Decision& decision : bench.taken) cells.push_back(decision.cell);
  EXPECT_THAT(cells, testing::ElementsAre(0, 1, 2, 0, 1, 2, 0));
}

TEST(Schedule, BeginsNoDecisionThatWouldOutlastTheBudget) {
  Bench longest(1, 10.0, {5.0, 30.0, 5.0});
  ASSERT_TRUE(longest.take({.seconds = 60}).has_value());
  EXPECT_EQ(longest.taken.size(), 2U) << "35 s are spent, and the longest took 30";
  EXPECT_DOUBLE_EQ(longest.clock.now, 135.0);

  Bench expected(1, 10.0, {1.0});
  ASSERT_TRUE(expected.take({.seconds = 9.9}).has_value());
  EXPECT_TRUE(expected.taken.empty()) << "the first is expected to take 10 s";
}

TEST(Schedule, FindsOutThatDecisionsAreShorterThanExpected) {
  Bench bench(1, 10.0, {1.0});
  ASSERT_TRUE(bench.take({.seconds = 20.5}).has_value());
  EXPECT_EQ(bench.taken.size(), 20U);
}

TEST(Schedule, StopsAtTheNumberAskedFor) {
  Bench bench(2, 10.0, {100.0});
  ASSERT_TRUE(bench.take({.per_cell = 3}).has_value());
  EXPECT_EQ(bench.taken.size(), 6U);
}

TEST(Schedule, KeepsWhatWasTakenBeforeAnError) {
  Bench bench(2, 1.0, {1.0, 1.0, -1.0});
  const auto done = bench.take({.seconds = 100});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().message, "gone");
  EXPECT_EQ(bench.taken.size(), 2U);
}

TEST(Schedule, LeavesWaitingForOtherGatesOutOfADecisionsTime) {
  Bench bench(1, 1.0, {});
  bench.trial.decide = [&](std::size_t, std::uint64_t) -> Result<Decision> {
    bench.clock.now += 12.0;
    Decision decision;
    decision.waited_s = 4.0;
    return decision;
  };
  ASSERT_TRUE(bench.take({.per_cell = 1}).has_value());
  EXPECT_DOUBLE_EQ(bench.taken.front().seconds, 8.0);
}

TEST(Schedule, SeedsEveryDecisionAnew) {
  std::set<std::uint64_t> seeds;
  for (const std::uint64_t seed : {1U, 2U})
    for (std::size_t cell = 0; cell < 20; ++cell)
      for (std::size_t number = 0; number < 100; ++number) {
        const std::uint64_t own = decision_seed(seed, cell, number);
        EXPECT_LT(own, std::uint64_t{1} << 53U);
        seeds.insert(own);
      }
  EXPECT_EQ(seeds.size(), 4000U);
}

}  // namespace
}  // namespace modelgate::test
