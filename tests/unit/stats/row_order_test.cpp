// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

#include "gate/stats/auc.hpp"
#include "gate/stats/bootstrap.hpp"
#include "gate/stats/mean_t.hpp"

namespace modelgate::stats {
namespace {

/// Bits, so that one rounding more or less shows.
std::uint64_t bits(double x) { return std::bit_cast<std::uint64_t>(x); }

std::vector<double> wide_values(std::size_t n, std::mt19937_64& generator) {
  std::normal_distribution<double> normal;
  std::uniform_int_distribution<int> exponent(-30, 30);
  std::vector<double> values(n);
  for (double& x : values) x = std::ldexp(normal(generator), exponent(generator));
  return values;
}

TEST(RowOrder, DoesNotShowInASum) {
  std::mt19937_64 generator(1);
  auto values = wide_values(20'000, generator);
  values.push_back(1e-40);
  const auto sum_of = [](const std::vector<double>& of) {
    CompensatedSum sum;
    for (const double x : of) sum.add(x);
    return sum.value();
  };
  const double first = sum_of(values);
  double plain = 0.0;
  bool plain_differs = false;
  for (int turn = 0; turn < 30; ++turn) {
    std::ranges::shuffle(values, generator);
    ASSERT_EQ(bits(sum_of(values)), bits(first));
    const double other = std::accumulate(values.begin(), values.end(), 0.0);
    plain_differs = plain_differs || (turn > 0 && other != plain);
    plain = other;
    CompensatedSum left;
    CompensatedSum right;
    for (std::size_t i = 0; i < values.size(); ++i) (i % 3 == 0 ? left : right).add(values[i]);
    right.merge(left);
    ASSERT_EQ(bits(right.value()), bits(first));
  }
  EXPECT_TRUE(plain_differs) << "else the values would show nothing";
}

TEST(RowOrder, DoesNotShowWhereTermsCancel) {
  std::mt19937_64 generator(2);
  auto values = wide_values(2'000, generator);
  for (std::size_t i = 0, n = values.size(); i < n; ++i) values.push_back(-values[i]);
  for (int turn = 0; turn < 10; ++turn) {
    std::ranges::shuffle(values, generator);
    CompensatedSum sum;
    CompensatedSum products;
    for (const double x : values) sum.add(x), products.add_product(x, 0.1);
    ASSERT_EQ(sum.value(), 0.0);
    ASSERT_NEAR(products.value(), 0.0, 1e-25) << "2^-106 of partial sums of 1e7";
  }
}

TEST(RowOrder, DoesNotShowInAMean) {
  std::mt19937_64 generator(3);
  std::vector<std::array<double, 2>> rows(5'000);
  std::normal_distribution<double> normal(1e6, 1.0);
  std::gamma_distribution<double> weight(2.0);
  for (auto& row : rows) row = {normal(generator), weight(generator)};
  const auto estimates = [](const auto& of) {
    std::array<MeanAccumulator, 2> plain;
    std::array<MeanAccumulator, 2> weighted;
    for (std::size_t i = 0; i < of.size(); ++i) {
      plain[i % 2].add(of[i][0]);
      weighted[i % 2].add(of[i][0], of[i][1]);
    }
    plain[0].merge(plain[1]);
    weighted[1].merge(weighted[0]);
    const auto one = plain[0].estimate().value();
    const auto two = weighted[1].estimate().value();
    return std::array{bits(one.mean),      bits(one.std_error), bits(two.mean),
                      bits(two.std_error), bits(two.weight),    bits(two.kish)};
  };
  const auto first = estimates(rows);
  for (int turn = 0; turn < 20; ++turn) {
    std::ranges::shuffle(rows, generator);
    ASSERT_EQ(estimates(rows), first);
  }
}

TEST(RowOrder, DoesNotShowInTheBootstrapOfManyRowsWithKeys) {
  constexpr std::size_t rows = 40'000;  // more than the bootstrap's groups, so that rows are pooled
  std::mt19937_64 generator(4);
  std::normal_distribution<double> normal;
  std::vector<double> moments(rows);
  std::vector<std::uint64_t> keys(rows);
  for (double& x : moments) x = normal(generator);
  for (std::uint64_t& key : keys) key = generator();
  std::vector<std::size_t> order(rows);
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto first = row_source(moments, 1, keys, 9);
  for (int turn = 0; turn < 3; ++turn) {
    std::ranges::shuffle(order, generator);
    std::vector<double> other;
    std::vector<std::uint64_t> other_keys;
    for (const std::size_t row : order) other.push_back(moments[row]), other_keys.push_back(keys[row]);
    const auto shuffled = row_source(other, 1, other_keys, 9);
    ASSERT_EQ(bits(shuffled.observed[0]), bits(first.observed[0]));
    std::array<double, 1> one{};
    std::array<double, 1> two{};
    first.redraw(17, one);
    shuffled.redraw(17, two);
    ASSERT_EQ(bits(one[0]), bits(two[0]));
  }
}

template <class Score>
void expect_lean_is_the_same(std::vector<Score> scores) {
  const auto wanted = order_by_score(std::span<const Score>(scores));
  const auto lean = order_by_score_lean(std::span<const Score>(scores));
  ASSERT_EQ(lean.has_value(), wanted.has_value());
  if (!wanted) return;
  EXPECT_EQ(lean->rows, wanted->rows);
  EXPECT_EQ(lean->ranks, wanted->ranks);
}

TEST(LeanOrder, IsTheOrder) {
  std::mt19937_64 generator(5);
  std::normal_distribution<double> normal(0.0, 100.0);
  std::vector<double> doubles(5'000);
  for (double& x : doubles) x = normal(generator);
  expect_lean_is_the_same(doubles);
  expect_lean_is_the_same(std::vector<float>(doubles.begin(), doubles.end()));
  for (double& x : doubles) x = std::round(x / 20.0);
  expect_lean_is_the_same(doubles);
  expect_lean_is_the_same(std::vector<float>(doubles.begin(), doubles.end()));
  expect_lean_is_the_same(std::vector<double>{1.0 + 3e-16, 1.0, 1.0 + 6e-16, 1.0, 1.0 + 3e-16, -0.0, 0.0, -1.0});
  expect_lean_is_the_same(std::vector<float>{0.0F, -0.0F, -1.0F});
  expect_lean_is_the_same(std::vector<float>{});
  expect_lean_is_the_same(std::vector<float>{1.0F, std::nanf("")});
}

TEST(LeanOrder, GivesTheSameAucs) {
  std::mt19937_64 generator(6);
  std::normal_distribution<double> normal;
  constexpr std::size_t rows = 3'000;
  std::vector<float> first(rows);
  std::vector<float> second(rows);
  std::vector<std::uint8_t> labels(rows);
  std::vector<std::uint16_t> codes(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    labels[i] = i % 3 == 0 ? 1 : 0;
    codes[i] = static_cast<std::uint16_t>(i % 5);  // 4: left out
    first[i] = static_cast<float>(std::round(4 * (normal(generator) + labels[i])));
    second[i] = static_cast<float>(normal(generator) + labels[i]);
  }
  for (std::size_t i = 0; i < rows; ++i)
    if (codes[i] == 3) labels[i] = 1;  // a group without negatives
  for (const Partition& partition : {Partition{}, Partition{codes, 4}}) {
    const auto one = order_by_score(std::span<const float>(first)).value();
    const auto two = order_by_score_lean(std::span<const float>(second)).value();
    const auto wanted = paired_delong(one, two, labels, partition);
    const auto lean = paired_delong(twice_placements(one, labels, partition), two, labels, partition);
    ASSERT_EQ(lean.size(), wanted.size());
    for (std::size_t group = 0; group < wanted.size(); ++group) {
      ASSERT_EQ(lean[group].has_value(), wanted[group].has_value());
      if (!wanted[group]) continue;
      EXPECT_EQ(bits(lean[group]->candidate.auc), bits(wanted[group]->candidate.auc));
      EXPECT_EQ(bits(lean[group]->production.variance), bits(wanted[group]->production.variance));
      EXPECT_EQ(bits(lean[group]->covariance), bits(wanted[group]->covariance));
      EXPECT_EQ(lean[group]->candidate.positives, wanted[group]->candidate.positives);
    }
  }
  EXPECT_TRUE(
      twice_placements(order_by_score(std::span<const float>(first)).value(), std::vector<std::uint8_t>{1}).empty());
}

}  // namespace
}  // namespace modelgate::stats
