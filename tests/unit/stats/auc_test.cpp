// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/auc.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "tests/unit/stats/reference.hpp"

namespace modelgate::stats {
namespace {

ScoreOrder order_of(const std::vector<double>& scores) {
  return order_by_score(std::span<const double>(scores)).value();
}

void expect_matches(const PairedAuc& pair, const nlohmann::json& r) {
  EXPECT_NEAR(pair.candidate.auc, r["candidate"].get<double>(), point);
  EXPECT_NEAR(pair.production.auc, r["production"].get<double>(), point);
  EXPECT_NEAR(pair.candidate.variance, r["v1"].get<double>(), point);
  EXPECT_NEAR(pair.production.variance, r["v2"].get<double>(), point);
  EXPECT_NEAR(pair.covariance, r["cov"].get<double>(), point);
  EXPECT_NEAR(auc_interval(pair.candidate, .05).value().low, r["interval"][0].get<double>(), edge);
  EXPECT_NEAR(auc_interval(pair.candidate, .05).value().high, r["interval"][1].get<double>(), edge);
  EXPECT_NEAR(auc_p_at_most(pair.candidate, .7).value(), r["at_most"].get<double>(), point);
  EXPECT_NEAR(auc_p_at_least(pair.candidate, .7).value(), r["at_least"].get<double>(), point);
  EXPECT_NEAR(paired_auc_p_at_most(pair, -.01).value(), r["diff_at_most"].get<double>(), point);
  EXPECT_NEAR(paired_auc_p_at_least(pair, -.01).value(), 1.0 - r["diff_at_most"].get<double>(), point);
  EXPECT_NEAR(paired_auc_interval(pair, .05).value().low, r["diff"][0].get<double>(), edge);
  EXPECT_NEAR(paired_auc_interval(pair, .05).value().high, r["diff"][1].get<double>(), edge);
  EXPECT_NEAR(paired_auc_p_at_most(pair, 0.0, .9).value(), r["percent_at_most"].get<double>(), point);
}

TEST(Auc, AgreesWithTheMannWhitneyKernel) {
  for (const auto& set : reference("auc")) {
    const auto labels = set["labels"].get<std::vector<std::uint8_t>>();
    const auto first = order_of(set["first"]);
    const auto second = order_of(set["second"]);
    const auto codes = set["groups"].get<std::vector<std::uint16_t>>();
    const auto overall = paired_delong(first, second, labels);
    const auto groups = paired_delong(first, second, labels, {codes, 3});
    ASSERT_EQ(groups.size(), 3U);
    for (const auto& r : set["results"]) {
      SCOPED_TRACE(r["group"].dump());
      const int group = r["group"];
      const auto& pair = group < 0 ? overall.at(0) : groups.at(static_cast<std::size_t>(group));
      ASSERT_TRUE(pair);
      expect_matches(*pair, r);
    }
    const auto alone = delong(first, labels, {codes, 3});
    EXPECT_EQ(alone.at(2)->auc, groups.at(2)->candidate.auc);
    EXPECT_EQ(alone.at(2)->variance, groups.at(2)->candidate.variance);
  }
}

// By hand: positives .4 .8 .9, negatives .1 .4 .5: wins 1.5 + 3 + 3 of 9; V10 = 1/2, 1, 1; V01 = 1, 2.5/3, 2/3.
TEST(Auc, HandComputed) {
  const auto order = order_of({.4, .8, .9, .1, .4, .5});
  const auto estimate = delong(order, std::vector<std::uint8_t>{1, 1, 1, 0, 0, 0}).at(0).value();
  EXPECT_DOUBLE_EQ(estimate.auc, 7.5 / 9.0);
  EXPECT_NEAR(estimate.variance, (1.0 / 12.0) / 3.0 + (1.0 / 36.0) / 3.0, 1e-15);
  EXPECT_EQ(estimate.positives, 3U);
  EXPECT_EQ(estimate.negatives, 3U);
}

TEST(Auc, AllTiesGiveOneHalfWithoutVariance) {
  const auto order = order_of({.3, .3, .3, .3});
  const auto estimate = delong(order, std::vector<std::uint8_t>{1, 0, 1, 0}).at(0).value();
  EXPECT_EQ(estimate.auc, .5);
  EXPECT_EQ(estimate.variance, 0.0);
  EXPECT_FALSE(auc_interval(estimate, .05));
  EXPECT_FALSE(auc_p_at_most(estimate, .4));
}

TEST(Auc, PerfectSeparationHasNoVariance) {
  const auto order = order_of({.1, .2, .8, .9});
  const auto pair = paired_delong(order, order, std::vector<std::uint8_t>{0, 0, 1, 1}).at(0).value();
  EXPECT_EQ(pair.candidate.auc, 1.0);
  EXPECT_FALSE(auc_p_at_most(pair.candidate, .9));
  EXPECT_FALSE(paired_auc_interval(pair, .05));
  EXPECT_FALSE(paired_auc_p_at_most(pair, -.01));
}

TEST(Auc, EqualModelsHaveNoVarianceOfTheDifference) {
  const std::vector<double> scores{.3, .1, .7, .2, .9, .4, .35};
  const auto pair =
      paired_delong(order_of(scores), order_of(scores), std::vector<std::uint8_t>{0, 1, 1, 0, 1, 0, 1}).at(0).value();
  EXPECT_EQ(pair.difference(), 0.0);
  EXPECT_FALSE(paired_auc_p_at_most(pair, -.01));
}

TEST(Auc, OneClassIsNothing) {
  const auto order = order_of({.3, .2, .1});
  EXPECT_FALSE(delong(order, std::vector<std::uint8_t>{1, 1, 1}).at(0));
  EXPECT_FALSE(delong(order, std::vector<std::uint8_t>{1, 0, 1}).at(0));  // one negative: no variance among negatives
  EXPECT_FALSE(delong(order, std::vector<std::uint8_t>{1, 0}).at(0));     // labels of other rows
  EXPECT_FALSE(delong(order_of({}), std::vector<std::uint8_t>{}).at(0));
}

TEST(Auc, RowsWithoutAGroupAreLeftOut) {
  const std::vector<std::uint8_t> labels{1, 0, 1, 0, 1, 0};
  const std::vector<std::uint16_t> codes{0, 0, 0, 0, 7, 9};
  const auto some = delong(order_of({.9, .2, .4, .5, .0, .99}), labels, {codes, 1}).at(0).value();
  const auto same = delong(order_of({.9, .2, .4, .5}), std::vector<std::uint8_t>{1, 0, 1, 0}).at(0).value();
  EXPECT_EQ(some.auc, same.auc);
  EXPECT_EQ(some.variance, same.variance);
}

TEST(Auc, ShuffledRowsGiveTheSameBits) {
  std::mt19937_64 generator(11);
  std::normal_distribution<float> normal;
  const std::size_t n = 5000;
  std::vector<float> a(n);
  std::vector<float> b(n);
  std::vector<std::uint8_t> y(n);
  for (std::size_t i = 0; i < n; ++i) {
    y[i] = generator() % 5 == 0 ? 1 : 0;
    a[i] = normal(generator) + y[i];
    b[i] = a[i] + 0.3F * normal(generator);
  }
  std::vector<std::size_t> shuffle(n);
  std::iota(shuffle.begin(), shuffle.end(), 0U);
  std::shuffle(shuffle.begin(), shuffle.end(), generator);
  auto a2 = a;
  auto b2 = b;
  auto y2 = y;
  for (std::size_t i = 0; i < n; ++i) a2[i] = a[shuffle[i]], b2[i] = b[shuffle[i]], y2[i] = y[shuffle[i]];
  const auto one = paired_delong(*order_by_score(a), *order_by_score(b), y).at(0).value();
  const auto two = paired_delong(*order_by_score(a2), *order_by_score(b2), y2).at(0).value();
  EXPECT_EQ(one.variance(), two.variance());
  EXPECT_EQ(one.difference(), two.difference());
}

}  // namespace
}  // namespace modelgate::stats
