// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/rates.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "tests/unit/stats/reference.hpp"

namespace modelgate::stats {
namespace {

TEST(Rates, AgreeWithStatsmodels) {
  for (const auto& r : reference("rates")) {
    SCOPED_TRACE(r.dump());
    const RateCount count{r["k"], r["n"]};
    const auto wilson = wilson_interval(count, r["alpha"]);
    EXPECT_NEAR(wilson.value().low, r["wilson"][0].get<double>(), edge);
    EXPECT_NEAR(wilson.value().high, r["wilson"][1].get<double>(), edge);
    const auto exact = clopper_pearson_interval(count, r["alpha"]);
    EXPECT_NEAR(exact.value().low, r["clopper_pearson"][0].get<double>(), edge);
    EXPECT_NEAR(exact.value().high, r["clopper_pearson"][1].get<double>(), edge);
    EXPECT_NEAR(rate_p_at_most(count, r["limit"]).value(), r["at_most"].get<double>(), point);
    EXPECT_NEAR(rate_p_at_least(count, r["limit"]).value(), r["at_least"].get<double>(), point);
  }
}

// Newcombe 1998, Stat. Med. 17:857, table I: 95 % score limits.
TEST(Rates, WilsonGivesNewcombesPublishedLimits) {
  struct Row {
    RateCount count;
    double low, high;
  };
  for (const Row& row : {Row{{81, 263}, .2553, .3662}, Row{{15, 148}, .0624, .1605}, Row{{0, 20}, .0, .1611},
                         Row{{1, 29}, .0061, .1718}}) {
    const auto interval = wilson_interval(row.count, .025);
    EXPECT_NEAR(interval.value().low, row.low, 5e-5);
    EXPECT_NEAR(interval.value().high, row.high, 5e-5);
  }
}

TEST(Rates, PAndIntervalTellTheSameSide) {
  for (std::uint64_t k = 0; k <= 50; ++k) {
    for (const double limit : {.02, .3, .5, .9, .97}) {
      const auto interval = wilson_interval({k, 50}, .05);
      EXPECT_EQ(interval.value().low > limit, rate_p_at_most({k, 50}, limit).value() < .05) << k << " " << limit;
      EXPECT_EQ(interval.value().high < limit, rate_p_at_least({k, 50}, limit).value() < .05) << k << " " << limit;
    }
  }
}

TEST(Rates, NoEventsAndAllEventsTouchTheEnds) {
  EXPECT_EQ(wilson_interval({0, 20}, .05).value().low, 0.0);
  EXPECT_GT(wilson_interval({0, 20}, .05).value().high, 0.1);
  EXPECT_EQ(wilson_interval({20, 20}, .05).value().high, 1.0);
  EXPECT_EQ(clopper_pearson_interval({0, 20}, .05).value().low, 0.0);
  EXPECT_EQ(clopper_pearson_interval({20, 20}, .05).value().high, 1.0);
}

TEST(Rates, LimitsOfZeroAndOne) {
  EXPECT_EQ(rate_p_at_least({0, 20}, 0.0), 1.0);  // a rate is always >= 0
  EXPECT_EQ(rate_p_at_least({5, 20}, 0.0), 1.0);
  EXPECT_EQ(rate_p_at_most({5, 20}, 0.0), 0.0);  // one event refutes a rate of 0
  EXPECT_EQ(rate_p_at_most({0, 20}, 0.0), 0.5);
  EXPECT_EQ(rate_p_at_most({20, 20}, 1.0), 1.0);
  EXPECT_EQ(rate_p_at_least({19, 20}, 1.0), 0.0);
}

TEST(Rates, UndefinedIsNothing) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(wilson_interval({0, 0}, .05));
  EXPECT_FALSE(wilson_interval({3, 2}, .05));
  EXPECT_FALSE(wilson_interval({1, 2}, 0.0));
  EXPECT_FALSE(wilson_interval({1, 2}, .5));
  EXPECT_FALSE(wilson_interval({1, 2}, nan));
  EXPECT_FALSE(clopper_pearson_interval({0, 0}, .05));
  EXPECT_FALSE(rate_p_at_most({0, 0}, .5));
  EXPECT_FALSE(rate_p_at_least({1, 2}, nan));
  EXPECT_FALSE(rate_p_at_least({1, 2}, 1.5));
}

}  // namespace
}  // namespace modelgate::stats
