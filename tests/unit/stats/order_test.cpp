// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/order.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace modelgate::stats {
namespace {

template <class T>
void expect_sorted(const std::vector<T>& scores) {
  const auto order = order_by_score(std::span<const T>(scores));
  ASSERT_TRUE(order);
  std::vector<std::uint32_t> expected(scores.size());
  for (std::uint32_t i = 0; i < expected.size(); ++i) expected[i] = i;
  std::stable_sort(expected.begin(), expected.end(), [&](auto a, auto b) { return scores[a] < scores[b]; });
  EXPECT_EQ(order->rows, expected);
  for (std::size_t i = 1; i < expected.size(); ++i) {
    const bool tied = scores[expected[i]] == scores[expected[i - 1]];
    ASSERT_EQ(order->ranks[i], order->ranks[i - 1] + (tied ? 0U : 1U));
  }
}

TEST(Order, SortsLikeAStableSort) {
  std::mt19937_64 generator(3);
  std::normal_distribution<double> normal(0.0, 100.0);
  std::vector<double> doubles(5000);
  for (double& x : doubles) x = normal(generator);
  std::vector<float> floats(doubles.begin(), doubles.end());
  expect_sorted(doubles);
  expect_sorted(floats);
  for (double& x : doubles) x = std::round(x / 20.0);  // many ties
  for (float& x : floats) x = std::round(x / 20.0F);
  expect_sorted(doubles);
  expect_sorted(floats);
}

TEST(Order, KeepsDoublesApartThatAreOneFloat) {
  expect_sorted(std::vector<double>{1.0 + 3e-16, 1.0, 1.0 + 6e-16, 1.0, 1.0 + 3e-16});
}

TEST(Order, OrdersExtremes) {
  const float inf = std::numeric_limits<float>::infinity();
  expect_sorted(std::vector<float>{inf, -inf, 0.0F, 1e-45F, -1e-45F, 3.4e38F, -3.4e38F, 1.0F, -1.0F});
  expect_sorted(std::vector<double>{1e308, -1e308, 5e-324, -5e-324, 0.0, -std::numeric_limits<double>::infinity()});
}

TEST(Order, NegativeZeroTiesWithZero) {
  const auto order = order_by_score(std::vector<float>{0.0F, -0.0F, -1.0F});
  EXPECT_EQ(order->rows, (std::vector<std::uint32_t>{2, 0, 1}));
  EXPECT_EQ(order->ranks, (std::vector<std::uint32_t>{0, 1, 1}));
  EXPECT_EQ(order_by_score(std::vector<double>{0.0, -0.0})->ranks, (std::vector<std::uint32_t>{0, 0}));
}

TEST(Order, NanIsRefusedAndNothingIsEmpty) {
  EXPECT_FALSE(order_by_score(std::vector<float>{1.0F, std::nanf("")}));
  EXPECT_FALSE(order_by_score(std::vector<double>{std::nan(""), 1.0}));
  EXPECT_TRUE(order_by_score(std::vector<float>{})->rows.empty());
}

TEST(Order, TakesOneColumnOfATable) {
  const std::vector<double> table{.1, .9, .8, .2, .5, .5};
  EXPECT_EQ(order_by_score(std::span<const double>(table), 2, 0)->rows, (std::vector<std::uint32_t>{0, 2, 1}));
  EXPECT_EQ(order_by_score(std::span<const double>(table), 2, 1)->rows, (std::vector<std::uint32_t>{1, 2, 0}));
  EXPECT_FALSE(order_by_score(std::span<const double>(table), 2, 2));
}

TEST(Order, OrdersKeys) {
  const std::vector<std::uint64_t> keys{7, 1ULL << 40U, (1ULL << 40U) + 1, 0, ~0ULL, 6};
  EXPECT_EQ(order_by_key(keys), (std::vector<std::uint32_t>{3, 5, 0, 1, 2, 4}));
}

}  // namespace
}  // namespace modelgate::stats
