// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/signed_rank.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "tests/unit/stats/reference.hpp"

namespace modelgate::stats {
namespace {

TEST(SignedRank, AgreesWithScipy) {
  for (const auto& r : reference("signed_rank")) {
    const auto x = r["x"].get<std::vector<double>>();
    SCOPED_TRACE(x.size());
    EXPECT_NEAR(hodges_lehmann(x).value(), r["hl"].get<double>(), point);
    EXPECT_NEAR(signed_rank_p_at_most(x, r["shift"]).value(), r["at_most"].get<double>(), point);
    EXPECT_NEAR(signed_rank_p_at_least(x, r["shift"]).value(), r["at_least"].get<double>(), point);
    for (const auto& i : r["intervals"]) {
      const auto interval = signed_rank_interval(x, i["level"]);
      EXPECT_NEAR(interval.value().low, i["low"].get<double>(), point);
      EXPECT_NEAR(interval.value().high, i["high"].get<double>(), point);
    }
  }
}

// Hollander & Wolfe's depression scores, as in R's wilcox.test: V = 40, one-sided p .01953, estimate .46, 95 % .010 …
// .786.
TEST(SignedRank, PublishedExample) {
  const std::vector<double> before{1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30};
  const std::vector<double> after{0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29};
  std::vector<double> fall(9);
  for (std::size_t i = 0; i < 9; ++i) fall[i] = before[i] - after[i];
  EXPECT_NEAR(signed_rank_p_at_most(fall, 0.0).value(), .01953, 5e-6);
  EXPECT_NEAR(hodges_lehmann(fall).value(), .46, 1e-9);
  const auto interval = signed_rank_interval(fall, .05).value();
  EXPECT_NEAR(interval.low, .010, 1e-9);
  EXPECT_NEAR(interval.high, .786, 1e-9);
}

TEST(SignedRank, PAndIntervalTellTheSameSide) {
  std::mt19937_64 generator(2);
  std::normal_distribution<double> normal(.2, 1.0);
  for (const std::size_t n : {6UL, 9UL, 13UL, 20UL, 60UL}) {
    std::vector<double> x(n);
    for (double& value : x) value = normal(generator);
    const auto interval = signed_rank_interval(x, .1).value();
    for (double shift = -1.0; shift < 1.0; shift += .037) {
      EXPECT_EQ(interval.low > shift, signed_rank_p_at_most(x, shift).value() <= .05) << n << " " << shift;
      EXPECT_EQ(interval.high < shift, signed_rank_p_at_least(x, shift).value() <= .05) << n << " " << shift;
    }
  }
}

TEST(SignedRank, SixRoundsReachThreePercentAndNoLess) {
  EXPECT_DOUBLE_EQ(smallest_signed_rank_level(6), .03125);
  const std::vector<double> x{.1, .2, .3, .4, .5, .6};
  EXPECT_EQ(signed_rank_interval(x, .0313).value().low, .1);
  EXPECT_EQ(signed_rank_interval(x, .03125).value().high, .6);
  EXPECT_FALSE(signed_rank_interval(x, .0312));
  EXPECT_DOUBLE_EQ(signed_rank_p_at_most(x, 0.0).value(), 1.0 / 64.0);
  EXPECT_DOUBLE_EQ(signed_rank_p_at_least(x, 0.0).value(), 1.0);
}

TEST(SignedRank, TiesWithTheShiftSpeakForIt) {
  const std::vector<double> zeros(8, 0.0);
  EXPECT_EQ(signed_rank_p_at_most(zeros, 0.0), 1.0);
  EXPECT_EQ(signed_rank_p_at_least(zeros, 0.0), 1.0);
  EXPECT_EQ(hodges_lehmann(zeros), 0.0);
}

TEST(SignedRank, UndefinedIsNothing) {
  EXPECT_FALSE(hodges_lehmann({}));
  EXPECT_FALSE(signed_rank_interval({}, .05));
  EXPECT_FALSE(hodges_lehmann(std::vector<double>{1.0, std::nan("")}));
  EXPECT_FALSE(signed_rank_p_at_most(std::vector<double>{1.0, HUGE_VAL}, 0.0));
  EXPECT_FALSE(hodges_lehmann(std::vector<double>(2001, 1.0)));
  EXPECT_EQ(smallest_signed_rank_level(0), 1.0);
  EXPECT_EQ(hodges_lehmann(std::vector<double>{2.5}), 2.5);
}

}  // namespace
}  // namespace modelgate::stats
