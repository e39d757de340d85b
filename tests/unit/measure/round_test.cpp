// SPDX-License-Identifier: Apache-2.0
#include "gate/measure/round.hpp"

#include <gmock/gmock.h>

#include <array>
#include <limits>
#include <string>

namespace modelgate {
namespace {

TurnPlan plan(std::vector<double> request_s) {
  return plan_turn(request_s, {.round_s = 0.8, .turn_s = 0.3e-3, .small_request_s = 5e-3});
}

TEST(TurnPlan, CountsRequestsForAtLeastThreeTenthsOfAMillisecondOfTheFasterModel) {
  EXPECT_EQ(plan({30e-6, 31e-6}).requests, 10U);
  EXPECT_EQ(plan({60e-6, 30e-6}).requests, 10U);
  EXPECT_EQ(plan({4e-3, 4e-3}).requests, 1U);
}

TEST(TurnPlan, LeavesTheFirstRequestOfSmallModelsOutSoThatATurnHasAtLeastTwo) {
  EXPECT_TRUE(plan({30e-6, 30e-6}).leave_out_first);
  EXPECT_TRUE(plan({4e-3, 4e-3}).leave_out_first);
  EXPECT_FALSE(plan({15e-3, 15e-3}).leave_out_first);
}

TEST(TurnPlan, KeepsTheTurnOfAMuchSlowerModelShort) {
  EXPECT_EQ(plan({30e-6, 20e-3}).requests, 5U);  // 0.8 s / 8 / 20 ms
  EXPECT_EQ(plan({30e-6, 5.0}).requests, 1U);
}

TEST(TurnPlan, BoundsATurnOfRequestsTooFastToSee) {
  EXPECT_EQ(plan({1e-9, 1e-9}).requests, 1000U);
  EXPECT_EQ(plan({0.0, 0.0}).requests, 1000U);
  EXPECT_EQ(plan({std::numeric_limits<double>::quiet_NaN()}).requests, 1000U);
  EXPECT_EQ(plan({}).requests, 1000U);
}

TEST(UpperMedian, TakesTheMiddleAndTheLargerOfTwo) {
  EXPECT_EQ(upper_median({3.0, 1.0, 2.0}), 2.0);
  EXPECT_EQ(upper_median({4.0, 1.0, 2.0, 3.0}), 3.0);
  EXPECT_EQ(upper_median({}), 0.0);
}

TEST(Coin, IsFairAndTheSameForASeed) {
  Coin first(7);
  Coin second(7);
  Coin other(8);
  int heads = 0;
  int differing = 0;
  for (int i = 0; i < 10'000; ++i) {
    const bool toss = first.toss();
    EXPECT_EQ(toss, second.toss());
    heads += toss ? 1 : 0;
    differing += toss != other.toss() ? 1 : 0;
  }
  EXPECT_NEAR(heads, 5000, 250);  // five standard deviations
  EXPECT_NEAR(differing, 5000, 250);
}

}  // namespace
}  // namespace modelgate
