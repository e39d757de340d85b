// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/quantiles.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/stats/reference.hpp"

namespace modelgate::stats {
namespace {

TEST(Quantiles, AgreeWithNumpyAndScipy) {
  const auto r = reference("quantiles");
  const auto x = r["x"].get<std::vector<double>>();
  for (const auto& p : r["points"]) EXPECT_NEAR(quantile(x, p["q"]).value(), p["value"].get<double>(), point);
  for (const auto& b : r["bounds"]) {
    EXPECT_EQ(quantile_upper_bound(x, b["q"], b["confidence"]), b["upper"].get<double>());
    EXPECT_EQ(quantile_lower_bound(x, b["q"], b["confidence"]), b["lower"].get<double>());
  }
}

TEST(Quantiles, HandComputed) {
  EXPECT_DOUBLE_EQ(quantile(std::vector<double>{4, 1, 3, 2}, .5).value(), 2.5);
  EXPECT_DOUBLE_EQ(quantile(std::vector<float>{10.0F, 20.0F}, .25).value(), 12.5);
  EXPECT_DOUBLE_EQ(quantile(std::vector<float>{7.0F}, .99).value(), 7.0);
}

TEST(Quantiles, SamplesNeededForATailBound) {
  EXPECT_EQ(samples_needed(.99, .95), 299U);
  EXPECT_EQ(samples_needed(.99, .99), 459U);
  EXPECT_EQ(samples_needed(.95, .95), 59U);
  EXPECT_EQ(samples_needed(.5, .5), 1U);
  EXPECT_EQ(samples_needed(1.0, .95), 0U);
  EXPECT_EQ(samples_needed(.99, std::nan("")), 0U);
}

TEST(Quantiles, BoundAppearsWithExactlyEnoughSamples) {
  std::vector<float> x(298, 1.0F);
  EXPECT_FALSE(quantile_upper_bound(std::span<const float>(x), .99, .95));
  x.push_back(9.0F);
  EXPECT_EQ(quantile_upper_bound(std::span<const float>(x), .99, .95), 9.0);
}

TEST(Quantiles, UndefinedIsNothing) {
  EXPECT_FALSE(quantile(std::vector<double>{}, .5));
  EXPECT_FALSE(quantile(std::vector<double>{1.0, std::nan("")}, .5));
  EXPECT_FALSE(quantile(std::vector<double>{1.0}, 1.5));
  EXPECT_FALSE(quantile(std::vector<double>{1.0}, std::nan("")));
  EXPECT_FALSE(quantile_upper_bound(std::span<const double>{}, .5, .95));
  EXPECT_FALSE(quantile_lower_bound(std::vector<double>{1.0, 2.0}, .01, .95));
}

}  // namespace
}  // namespace modelgate::stats
