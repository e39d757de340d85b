// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/holm.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/stats/reference.hpp"

namespace modelgate::stats {
namespace {

TEST(Holm, AgreesWithStatsmodels) {
  for (const auto& r : reference("holm")) {
    const auto p = r["p"].get<std::vector<double>>();
    const auto steps = holm(p, .05);
    for (std::size_t i = 0; i < p.size(); ++i) {
      EXPECT_NEAR(steps[i].p_adjusted, r["adjusted"][i].get<double>(), point);
    }
  }
}

TEST(Holm, LevelsStepDownByRank) {
  const std::vector<double> p{.02, .001, .5};
  const auto steps = holm(p, .06);
  EXPECT_DOUBLE_EQ(steps[1].level, .02);
  EXPECT_DOUBLE_EQ(steps[0].level, .03);
  EXPECT_DOUBLE_EQ(steps[2].level, .06);
  EXPECT_DOUBLE_EQ(steps[1].p_adjusted, .003);
  EXPECT_DOUBLE_EQ(steps[0].p_adjusted, .04);
  EXPECT_DOUBLE_EQ(steps[2].p_adjusted, .5);
}

TEST(Holm, IsMonotoneAndCapped) {
  const std::vector<double> p{.9, .4, .4, std::nan("")};
  const auto steps = holm(p, .05);
  for (const auto& step : steps) EXPECT_LE(step.p_adjusted, 1.0);
  EXPECT_EQ(steps[3].p_adjusted, 1.0);
  EXPECT_EQ(steps[1].p_adjusted, steps[2].p_adjusted);
  EXPECT_TRUE(holm({}, .05).empty());
}

}  // namespace
}  // namespace modelgate::stats
