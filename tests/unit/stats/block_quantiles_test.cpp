// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/block_quantiles.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <random>

#include "gate/stats/quantiles.hpp"
#include "tests/unit/stats/reference.hpp"

namespace modelgate::stats {
namespace {

using Blocks = std::vector<std::vector<float>>;

std::vector<std::span<const float>> spans_of(const Blocks& blocks) { return {blocks.begin(), blocks.end()}; }

/// Blocks with an effect of their own, so that values of one block are alike.
Blocks blocks_of(std::size_t count, std::size_t size, double effect, std::mt19937_64& random) {
  std::normal_distribution<double> normal;
  Blocks blocks(count);
  for (auto& block : blocks) {
    const double own = effect * normal(random);
    for (std::size_t i = 0; i < size; ++i) block.push_back(static_cast<float>(10.0 + own + normal(random)));
  }
  return blocks;
}

std::optional<Interval> interval_of(const Blocks& blocks, double q, std::uint64_t seed = 1) {
  const std::array shares{q};
  const auto spans = spans_of(blocks);
  return block_bootstrap_quantiles(spans, shares, 0.95, seed).front();
}

nlohmann::json block_reference() {
  std::ifstream file(std::string(MODELGATE_SOURCE_DIR) + "/tests/unit/stats/references/block_quantiles.json");
  return nlohmann::json::parse(file);
}

TEST(BlockQuantiles, AgreeWithAHundredThousandResamplesByNumpy) {
  const auto r = block_reference();
  Blocks blocks;
  for (const auto& block : r["blocks"]) blocks.push_back(block.get<std::vector<float>>());
  for (const auto& p : r["intervals"]) {
    const auto interval = interval_of(blocks, p["q"].get<double>());
    ASSERT_TRUE(interval);
    const double low = p["low"].get<double>();
    const double high = p["high"].get<double>();
    EXPECT_NEAR(interval->low, low, 0.1 * (high - low)) << p["q"];  // 2,000 replicates
    EXPECT_NEAR(interval->high, high, 0.1 * (high - low)) << p["q"];
  }
}

TEST(BlockQuantiles, RestOnFloorsAndRanksThatTheBinomialDistributionGives) {
  const auto r = block_reference();
  for (const auto& f : r["floors"])
    EXPECT_EQ(samples_needed(f["q"].get<double>(), 0.99), f["requests"].get<std::size_t>()) << f["q"];
  for (const auto& rank : r["ranks"]) {
    std::vector<double> ordered(rank["n"].get<std::size_t>());
    for (std::size_t i = 0; i < ordered.size(); ++i) ordered[i] = static_cast<double>(i + 1);
    EXPECT_EQ(quantile_upper_bound(ordered, rank["q"], 0.5), rank["high"].get<double>()) << rank;
    EXPECT_EQ(quantile_lower_bound(ordered, rank["q"], 0.5), rank["low"].get<double>()) << rank;
  }
}

TEST(BlockQuantiles, EqualBlocksGiveTheQuantileItself) {
  const Blocks blocks(8, {5.0F, 1.0F, 3.0F, 2.0F, 4.0F});
  const auto interval = interval_of(blocks, 0.5);
  ASSERT_TRUE(interval);
  EXPECT_EQ(interval->low, 3.0);
  EXPECT_EQ(interval->high, 3.0);
}

TEST(BlockQuantiles, OfOneValueABlockAreOfTheValuesAlone) {
  Blocks blocks;
  for (int i = 0; i < 1000; ++i) blocks.push_back({static_cast<float>(i)});  // more than one mark of the pool
  const auto interval = interval_of(blocks, 0.9);
  ASSERT_TRUE(interval);
  const double se = std::sqrt(1000 * 0.9 * 0.1);  // of the rank
  EXPECT_NEAR(interval->low, 899.1 - 1.96 * se, 4.0);
  EXPECT_NEAR(interval->high, 899.1 + 1.96 * se, 4.0);
}

TEST(BlockQuantiles, DependOnTheSeedAloneAndNotOnTheOrderInABlock) {
  std::mt19937_64 random(3);
  Blocks blocks = blocks_of(9, 70, 0.5, random);
  const auto once = interval_of(blocks, 0.95);
  for (auto& block : blocks) std::reverse(block.begin(), block.end());
  const auto again = interval_of(blocks, 0.95);
  ASSERT_TRUE(once && again);
  EXPECT_EQ(once->low, again->low);
  EXPECT_EQ(once->high, again->high);
  EXPECT_NE(once->low, interval_of(blocks, 0.95, 2)->low);
}

TEST(BlockQuantiles, CoverTheTruthWhereValuesOfABlockDependOnEachOther) {
  std::mt19937_64 random(11);
  const double sd = std::sqrt(1.0 + 0.25);
  const std::array<std::pair<double, double>, 2> truths{{{0.5, 10.0}, {0.95, 10.0 + 1.6449 * sd}}};
  for (const auto& [q, truth] : truths) {
    int covered = 0;
    constexpr int draws = 200;
    for (int draw = 0; draw < draws; ++draw) {
      const auto interval = interval_of(blocks_of(8, 60, 0.5, random), q, static_cast<std::uint64_t>(draw));
      covered += interval->low <= truth && truth <= interval->high ? 1 : 0;
    }
    EXPECT_GE(covered, 170) << q;  // 95 % nominal; a bootstrap of single values covers under 60 %
  }
}

TEST(BlockQuantiles, AreAbsentWhereNothingIsKnown) {
  EXPECT_FALSE(interval_of(Blocks(5, {1.0F, 2.0F}), 0.5));
  EXPECT_FALSE(interval_of({{1}, {2}, {3}, {4}, {5}, {}, {}}, 0.5));  // five with values
  EXPECT_TRUE(interval_of({{1}, {2}, {3}, {4}, {5}, {6}, {}}, 0.5));
  EXPECT_FALSE(interval_of({{1}, {2}, {3}, {4}, {5}, {std::nanf("")}}, 0.5));
  EXPECT_FALSE(interval_of(Blocks(6, {1.0F}), 1.5));
  EXPECT_FALSE(interval_of({}, 0.5));
}

}  // namespace
}  // namespace modelgate::stats
