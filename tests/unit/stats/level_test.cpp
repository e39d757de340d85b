// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/level.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace modelgate::stats {
namespace {

TEST(Level, NormalAndTKnowEachOther) {
  EXPECT_NEAR(normal_critical(.05), 1.6448536269514722, 1e-14);
  EXPECT_NEAR(normal_tail(normal_critical(1e-9)), 1e-9, 1e-20);
  EXPECT_NEAR(t_critical(.025, 4), 2.7764451051977987, 1e-12);
  EXPECT_NEAR(t_tail(2.7764451051977987, 4), .025, 1e-13);
  EXPECT_EQ(t_tail(HUGE_VAL, 3), 0.0);
  EXPECT_FALSE(usable_level(std::nan("")));
}

}  // namespace
}  // namespace modelgate::stats
