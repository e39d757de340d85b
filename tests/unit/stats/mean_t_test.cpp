// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/mean_t.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <vector>

#include "tests/unit/stats/reference.hpp"

namespace modelgate::stats {
namespace {

TEST(MeanT, AgreesWithStatsmodelsRobustErrors) {
  for (const auto& r : reference("means")) {
    SCOPED_TRACE(r["limit"].dump());
    const auto x = r["x"].get<std::vector<double>>();
    const auto w = r["w"].get<std::vector<double>>();
    const auto cluster = r["cluster"].get<std::vector<int>>();
    MeanAccumulator rows;
    std::map<int, std::pair<double, double>> sums;
    for (std::size_t i = 0; i < x.size(); ++i) {
      rows.add(x[i], w[i]);
      sums[cluster[i]].first += w[i] * x[i];
      sums[cluster[i]].second += w[i];
    }
    const auto estimate = rows.estimate().value();
    EXPECT_NEAR(estimate.mean, r["mean"].get<double>(), point);
    EXPECT_NEAR(estimate.std_error, r["se"].get<double>(), point);
    EXPECT_NEAR(estimate.kish, r["kish"].get<double>(), 1e-6);
    EXPECT_NEAR(mean_interval(estimate, .05).value().low, r["low"].get<double>(), edge);
    EXPECT_NEAR(mean_interval(estimate, .05).value().high, r["high"].get<double>(), edge);
    EXPECT_NEAR(mean_p_at_most(estimate, r["limit"]).value(), r["at_most"].get<double>(), point);
    EXPECT_NEAR(mean_p_at_least(estimate, r["limit"]).value(), r["at_least"].get<double>(), point);
    MeanAccumulator clusters;
    for (const auto& [id, sum] : sums) clusters.add_unit(sum.first, sum.second);
    EXPECT_NEAR(clusters.estimate().value().std_error, r["cluster_se"].get<double>(), point);
    EXPECT_EQ(clusters.estimate().value().units, r["units"].get<std::size_t>());
  }
}

TEST(MeanT, HandComputed) {
  MeanAccumulator rows;
  for (const double x : {1.0, 2.0, 3.0, 6.0}) rows.add(x);
  const auto estimate = rows.estimate().value();
  EXPECT_DOUBLE_EQ(estimate.mean, 3.0);
  EXPECT_DOUBLE_EQ(estimate.std_error, std::sqrt(14.0 / 3.0 / 4.0));  // the plain standard error
  EXPECT_DOUBLE_EQ(estimate.kish, 4.0);
}

TEST(MeanT, PartsMergeInAnyOrder) {
  MeanAccumulator whole;
  MeanAccumulator first;
  MeanAccumulator second;
  for (int i = 0; i < 1000; ++i) {
    const double x = 1e6 + std::sin(i) * (i % 7);
    const double w = 1.0 + i % 3;
    whole.add(x, w);
    (i % 4 == 0 ? first : second).add(x, w);
  }
  MeanAccumulator one = first;
  one.merge(second);
  MeanAccumulator two;
  two.merge(second);
  two.merge(first);
  for (const auto& merged : {one, two}) {
    EXPECT_NEAR(merged.estimate().value().mean, whole.estimate().value().mean, 1e-9);
    EXPECT_NEAR(merged.estimate().value().std_error, whole.estimate().value().std_error, 1e-12);
    EXPECT_EQ(merged.estimate().value().units, 1000U);
  }
}

TEST(MeanT, AnOutlierFirstOrLastGivesTheSame) {
  MeanAccumulator first;
  MeanAccumulator last;
  first.add(1e8);
  for (int i = 0; i < 100000; ++i) first.add(.1);
  for (int i = 0; i < 100000; ++i) last.add(.1);
  last.add(1e8);
  EXPECT_NEAR(first.estimate().value().mean, (1e8 + 1e4) / 100001.0, 1e-12);  // a plain sum is off by 5e-9
  EXPECT_NEAR(last.estimate().value().mean, (1e8 + 1e4) / 100001.0, 1e-12);
  EXPECT_NEAR(first.estimate().value().std_error, last.estimate().value().std_error, 1e-6);  // of 1000
}

TEST(MeanT, NoVarianceIsFlagged) {
  for (const double x : {0.0, .1, 1e9}) {
    MeanAccumulator same;
    for (int i = 0; i < 100; ++i) same.add(x, 1.0 + .1 * (i % 5));
    const auto estimate = same.estimate().value();
    EXPECT_TRUE(estimate.zero_variance()) << x;
    EXPECT_FALSE(mean_interval(estimate, .05));
    EXPECT_FALSE(mean_p_at_most(estimate, -1.0));
  }
  MeanAccumulator one;
  one.add(3.0);
  EXPECT_TRUE(one.estimate().value().zero_variance());
}

TEST(MeanT, UndefinedIsNothing) {
  EXPECT_FALSE(MeanAccumulator().estimate());
  MeanAccumulator weightless;
  weightless.add(1.0, 0.0);
  weightless.add(2.0, 0.0);
  EXPECT_FALSE(weightless.estimate());
  for (const double bad : {std::nan(""), HUGE_VAL}) {
    MeanAccumulator rows;
    rows.add(1.0);
    rows.add(bad);
    rows.add(2.0);
    EXPECT_FALSE(rows.estimate());
  }
}

}  // namespace
}  // namespace modelgate::stats
