// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/two_rates.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/stats/reference.hpp"

namespace modelgate::stats {
namespace {

TEST(TwoRates, AgreeWithStatsmodels) {
  for (const auto& r : reference("two_rates")) {
    SCOPED_TRACE(r.dump());
    const RateCount one{r["k1"], r["n1"]};
    const RateCount two{r["k2"], r["n2"]};
    const auto newcombe = newcombe_interval(one, two, r["alpha"]).value();
    EXPECT_NEAR(newcombe.low, r["newcombe"][0].get<double>(), edge);
    EXPECT_NEAR(newcombe.high, r["newcombe"][1].get<double>(), edge);
    EXPECT_NEAR(newcombe_p_at_most(one, two, r["gap"]).value(), r["newcombe_at_most"].get<double>(), point);
    EXPECT_NEAR(newcombe_p_at_least(one, two, r["gap"]).value(), 1.0 - r["newcombe_at_most"].get<double>(), point);
    const auto koopman = koopman_interval(one, two, r["alpha"]).value();
    EXPECT_NEAR(koopman.low, r["koopman"][0].get<double>(), edge);
    EXPECT_NEAR(koopman.high, r["koopman"][1].get<double>(), edge);
    EXPECT_NEAR(koopman_p_at_most(one, two, r["ratio"]).value(), r["koopman_at_most"].get<double>(), point);
    EXPECT_NEAR(koopman_p_at_least(one, two, r["ratio"]).value(), 1.0 - r["koopman_at_most"].get<double>(), point);
  }
}

TEST(TwoRates, PublishedExamples) {
  const auto newcombe = newcombe_interval({56, 70}, {48, 80}, .025).value();  // Newcombe 1998, 17:873, table II (a)
  EXPECT_NEAR(newcombe.low, .0524, 5e-5);
  EXPECT_NEAR(newcombe.high, .3339, 5e-5);
  const auto koopman = koopman_interval({36, 40}, {16, 80}, .025).value();  // Koopman 1984, §5
  EXPECT_NEAR(koopman.low, 2.94, 5e-3);
  EXPECT_NEAR(koopman.high, 7.15, 5e-3);
}

TEST(TwoRates, PAndIntervalTellTheSameSide) {
  for (std::uint64_t k1 = 0; k1 <= 25; k1 += 5) {
    for (std::uint64_t k2 = 0; k2 <= 40; k2 += 4) {
      const RateCount one{k1, 25};
      const RateCount two{k2, 40};
      const auto gap = newcombe_interval(one, two, .05).value();
      for (const double limit : {-.4, -.1, .0, .1, .3}) {
        EXPECT_EQ(gap.low > limit, newcombe_p_at_most(one, two, limit).value() < .05);
        EXPECT_EQ(gap.high < limit, newcombe_p_at_least(one, two, limit).value() < .05);
      }
      if (k2 == 0) continue;
      const auto ratio = koopman_interval(one, two, .05).value();
      for (const double limit : {.5, .8, 1.0, 1.25}) {
        EXPECT_EQ(ratio.low > limit, koopman_p_at_most(one, two, limit).value() < .05);
        EXPECT_EQ(ratio.high < limit, koopman_p_at_least(one, two, limit).value() < .05);
      }
    }
  }
}

TEST(TwoRates, ExtremeCountsStayDefined) {
  EXPECT_EQ(koopman_interval({0, 10}, {5, 10}, .05).value().low, 0.0);
  EXPECT_LT(koopman_interval({0, 10}, {5, 10}, .05).value().high, 1.0);
  const auto full = koopman_interval({10, 10}, {10, 10}, .05).value();
  EXPECT_LT(full.low, 1.0);
  EXPECT_GT(full.high, 1.0);
  const auto apart = newcombe_interval({10, 10}, {0, 10}, .05).value();
  EXPECT_LE(apart.high, 1.0);
  EXPECT_GT(apart.low, .5);
  EXPECT_NEAR(newcombe_p_at_most({0, 10}, {0, 10}, 0.0).value(), .5, 1e-12);
}

TEST(TwoRates, UndefinedIsNothing) {
  EXPECT_FALSE(newcombe_interval({0, 0}, {1, 2}, .05));
  EXPECT_FALSE(newcombe_p_at_most({1, 2}, {0, 0}, .1));
  EXPECT_FALSE(newcombe_p_at_most({1, 2}, {1, 2}, std::nan("")));
  EXPECT_FALSE(koopman_interval({5, 10}, {0, 10}, .05));
  EXPECT_FALSE(koopman_p_at_least({5, 10}, {0, 10}, .8));
  EXPECT_FALSE(koopman_p_at_least({5, 10}, {1, 10}, 0.0));
}

}  // namespace
}  // namespace modelgate::stats
