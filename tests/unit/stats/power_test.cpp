// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/power.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/stats/reference.hpp"

namespace modelgate::stats {
namespace {

TEST(Power, PassChanceAgreesWithTheExactSum) {
  for (const auto& r : reference("power")) {
    SCOPED_TRACE(r.dump());
    EXPECT_NEAR(paired_rate_pass_chance(r["n"], r["disc"], r["margin"], r["alpha"]).value(), r["chance"].get<double>(),
                2e-4);
  }
}

// The design's table of simulated verdicts, 20,000 draws a cell.
TEST(Power, PassChanceAgreesWithTheSimulatedTable) {
  EXPECT_NEAR(paired_rate_pass_chance(200, .10, .01, .05).value(), .120, .01);
  EXPECT_NEAR(paired_rate_pass_chance(1000, .10, .01, .05).value(), .255, .01);
  EXPECT_NEAR(paired_rate_pass_chance(1000, .02, .01, .05).value(), .686, .01);
  EXPECT_NEAR(paired_rate_pass_chance(5000, .10, .01, .05).value(), .727, .01);
  EXPECT_NEAR(paired_rate_pass_chance(8564, .10, .01, .05).value(), .901, .005);
}

TEST(Power, ModelsThatAgreeEverywherePassFromTheBoundOn) {
  EXPECT_EQ(paired_rate_pass_chance(268, 0.0, .01, .05), 1.0);
  EXPECT_EQ(paired_rate_pass_chance(267, 0.0, .01, .05), 0.0);
}

TEST(Power, RowsForAPairedRate) {
  EXPECT_EQ(rows_for_paired_rate(.02, .01, .05), 1713U);
  EXPECT_EQ(rows_for_paired_rate(.05, .01, .05), 4282U);
  EXPECT_EQ(rows_for_paired_rate(.10, .01, .05), 8564U);
  EXPECT_EQ(rows_for_paired_rate(0.0, .01, .05), 268U);
}

TEST(Power, MeansFollowTheNormal) {
  EXPECT_EQ(rows_for_mean(1.0, .1, .05), 857U);  // 8.5638 · 100
  EXPECT_NEAR(mean_pass_chance(.1 / (1.6448536269514722 + 1.2815515655446004), .1, .05).value(), .9, 1e-9);
  EXPECT_EQ(mean_pass_chance(0.0, .1, .05), 1.0);
}

TEST(Power, RowsToDecideScaleWithTheSquare) {
  EXPECT_EQ(rows_to_decide(1000, .01, .01644853627, .05), 1000U);
  EXPECT_EQ(rows_to_decide(1000, .01, .01644853627 / 2.0, .05), 4000U);
  EXPECT_FALSE(rows_to_decide(1000, .01, 0.0, .05));
  EXPECT_FALSE(rows_to_decide(1000, .01, 1e-12, .05));
}

TEST(Power, UndefinedIsNothing) {
  EXPECT_FALSE(paired_rate_pass_chance(0, .1, .01, .05));
  EXPECT_FALSE(paired_rate_pass_chance(100, .1, 0.0, .05));
  EXPECT_FALSE(paired_rate_pass_chance(100, std::nan(""), .01, .05));
  EXPECT_FALSE(rows_for_paired_rate(.1, 0.0, .05));
  EXPECT_FALSE(mean_pass_chance(std::nan(""), .1, .05));
}

}  // namespace
}  // namespace modelgate::stats
