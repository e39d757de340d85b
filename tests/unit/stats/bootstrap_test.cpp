// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/bootstrap.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "gate/stats/linearised.hpp"
#include "gate/stats/random.hpp"
#include "tests/unit/stats/reference.hpp"

namespace modelgate::stats {
namespace {

// Cells [label][candidate][production], flattened.
std::optional<double> f1(double tp, double fp, double fn) {
  const double denominator = 2.0 * tp + fp + fn;
  if (!(denominator > 0.0)) return std::nullopt;
  return 2.0 * tp / denominator;
}

PairedValue f1_pair(std::span<const double> n) {
  return {.candidate = f1(n[6] + n[7], n[2] + n[3], n[4] + n[5]),
          .production = f1(n[5] + n[7], n[1] + n[3], n[4] + n[6])};
}

const std::vector<std::uint64_t> cells{311, 29, 18, 73, 26, 11, 13, 119};

TEST(Bootstrap, CellsAreDrawnFromTheirOwnStreams) {
  const auto source = cell_source(cells, 42);
  EXPECT_EQ(source.observed, std::vector<double>(cells.begin(), cells.end()));
  std::vector<double> sums(cells.size());
  source.redraw(17, sums);
  for (std::uint32_t cell = 0; cell < cells.size(); ++cell) {
    KeyedStream stream(42, 17, cell);
    EXPECT_EQ(sums[cell], static_cast<double>(poisson(static_cast<double>(cells[cell]), stream)));
  }
}

TEST(Bootstrap, RowSumsAgreeWithAPlainRewriting) {
  const auto r = reference("random");
  const auto moments = r["moments"].get<std::vector<double>>();
  const auto source = row_source(moments, 3, {}, r["seed"]);
  for (const auto& replicate : r["sums"]) {
    std::vector<double> sums(3);
    source.redraw(replicate["replicate"], sums);
    for (std::size_t j = 0; j < 3; ++j) EXPECT_NEAR(sums[j], replicate["sums"][j].get<double>(), 1e-12);
  }
}

/// F1 of the candidate less factor times production's, linearised in the cells' counts.
MeanEstimate linearised_f1(double factor) {
  const auto contrast = [factor](std::span<const double> n) -> std::optional<double> {
    const PairedValue pair = f1_pair(n);
    return *pair.candidate - factor * *pair.production;
  };
  const std::vector<double> counts(cells.begin(), cells.end());
  const auto slopes = gradient(contrast, counts, counts).value();
  InfluenceSums sums;
  for (std::size_t cell = 0; cell < counts.size(); ++cell)
    sums.add_rows(slopes[cell], 0.0, counts[cell], counts[cell], counts[cell]);
  return sums.estimate(contrast(counts), std::nullopt).candidate.value();
}

TEST(Bootstrap, StandardErrorIsTheLinearisedOne) {
  PairedBootstrap bootstrap(cell_source(cells, 1), f1_pair);
  for (const double factor : {0.0, 1.0, .95}) {
    const auto judged = bootstrap.judge(factor, -.5, .05).value();
    const auto linear = linearised_f1(factor);
    EXPECT_NEAR(judged.value, linear.mean, 1e-12);
    EXPECT_NEAR(judged.std_error / linear.std_error, 1.0, .06);
    EXPECT_NEAR(judged.interval.low, mean_interval(linear, .05).value().low, .15 * linear.std_error);
    EXPECT_NEAR(judged.interval.high, mean_interval(linear, .05).value().high, .15 * linear.std_error);
  }
}

TEST(Bootstrap, TailsDecideAsTheIntervalDoes) {
  PairedBootstrap bootstrap(cell_source(cells, 1), f1_pair);
  const auto clear = bootstrap.judge(1.0, -.05, .05).value();
  EXPECT_LT(clear.p_at_most, .05);
  EXPECT_GT(clear.interval.low, -.05);
  EXPECT_GT(clear.p_at_least, .9);
  EXPECT_FALSE(clear.on_the_line);
  EXPECT_EQ(clear.undefined, 0U);
  EXPECT_EQ(clear.replicates, 2000U);
}

TEST(Bootstrap, FarTailsComeFromTheNormal) {
  PairedBootstrap bootstrap(cell_source(cells, 1), f1_pair);
  const auto far = bootstrap.judge(1.0, -.2, .05).value();  // 11 standard errors away
  EXPECT_LT(far.p_at_most, 1e-20);
  EXPECT_GT(far.p_at_most, 0.0);
  EXPECT_GT(far.p_at_least, .99);
}

TEST(Bootstrap, AFailTakesAllReplicatesUnlessItIsFarBelowWhatTheyCount) {
  PairedBootstrap bootstrap(cell_source(cells, 1), f1_pair);
  const auto linear = linearised_f1(1.0);
  const double near = linear.mean + 2.4 * linear.std_error;  // p of "at least" about .008
  const auto passing = bootstrap.judge(1.0, near, .05, {.fails = FailTail::at_most}).value();
  EXPECT_EQ(passing.replicates, 2000U);
  const auto failing = bootstrap.judge(1.0, near, .05, {.fails = FailTail::at_least}).value();
  EXPECT_EQ(failing.replicates, 64000U);
  EXPECT_NEAR(failing.p_at_least, .008, .004);
  const double far = linear.mean + 6.0 * linear.std_error;
  const auto sure =
      bootstrap.judge(1.0, far, .05, {.fails = FailTail::at_least, .std_error = linear.std_error}).value();
  EXPECT_LT(sure.replicates, 64000U);
  EXPECT_NEAR(sure.p_at_least / normal_tail(6.0), 1.0, 1e-9);
}

TEST(Bootstrap, OnTheLineDrawsAllReplicatesAndSaysSo) {
  PairedBootstrap bootstrap(cell_source(cells, 1), f1_pair);
  double line = bootstrap.interval(1.0, .05)->low;
  auto judged = bootstrap.judge(1.0, line, .05).value();
  for (int step = 0; step < 10 && !judged.on_the_line; ++step) {
    line = judged.interval.low;
    judged = bootstrap.judge(1.0, line, .05).value();
  }
  EXPECT_TRUE(judged.on_the_line);
  EXPECT_EQ(judged.replicates, 64000U);
  EXPECT_NEAR(judged.p_at_most, .05, .003);
}

TEST(Bootstrap, AnswersDoNotDependOnWhatWasAskedBefore) {
  PairedBootstrap fresh(cell_source(cells, 1), f1_pair);
  PairedBootstrap used(cell_source(cells, 1), f1_pair);
  EXPECT_GT(used.judge(1.0, used.interval(1.0, .05)->low, .05)->replicates, 2000U);
  EXPECT_EQ(used.judge(1.0, -.05, .05)->p_at_most, fresh.judge(1.0, -.05, .05)->p_at_most);
  EXPECT_EQ(used.judge(1.0, -.05, .05)->interval.low, fresh.judge(1.0, -.05, .05)->interval.low);
  EXPECT_EQ(used.production_interval(.05)->low, fresh.production_interval(.05)->low);
}

TEST(Bootstrap, ThreadsDoNotShow) {
  PairedBootstrap one(cell_source(cells, 7), f1_pair, 1);
  PairedBootstrap three(cell_source(cells, 7), f1_pair, 3);
  const auto a = one.judge(1.0, -.01, .05).value();
  const auto b = three.judge(1.0, -.01, .05).value();
  EXPECT_EQ(a.interval.low, b.interval.low);
  EXPECT_EQ(a.interval.high, b.interval.high);
  EXPECT_EQ(a.p_at_most, b.p_at_most);
  EXPECT_EQ(a.std_error, b.std_error);
  PairedBootstrap other(cell_source(cells, 8), f1_pair, 1);
  EXPECT_NE(other.judge(1.0, -.01, .05).value().interval.low, a.interval.low);
}

TEST(Bootstrap, AgreementEverywhereHasZeroWidth) {
  PairedBootstrap bootstrap(cell_source(std::vector<std::uint64_t>{400, 0, 0, 30, 20, 0, 0, 50}, 1), f1_pair);
  const auto judged = bootstrap.judge(1.0, -.01, .05).value();
  EXPECT_TRUE(judged.zero_width);
  EXPECT_EQ(judged.std_error, 0.0);
}

TEST(Bootstrap, UndefinedReplicatesCountAgainstBothVerdicts) {
  // Two positives at all: F1 is undefined where neither is drawn and nothing is flagged, e^-2 of the replicates.
  PairedBootstrap bootstrap(cell_source(std::vector<std::uint64_t>{50, 0, 0, 0, 0, 0, 0, 2}, 1), f1_pair);
  const auto judged = bootstrap.judge(0.0, .5, .05).value();
  const auto total = static_cast<double>(judged.replicates);
  EXPECT_NEAR(static_cast<double>(judged.undefined) / total, std::exp(-2.0), .02);
  EXPECT_TRUE(judged.too_many_undefined);
  EXPECT_GE(judged.p_at_most, static_cast<double>(judged.undefined) / total);
  EXPECT_GE(judged.p_at_least, static_cast<double>(judged.undefined) / total);
  EXPECT_FALSE(bootstrap.interval(0.0, .05));
}

TEST(Bootstrap, UndefinedObservedIsNothing) {
  PairedBootstrap empty(cell_source(std::vector<std::uint64_t>(8, 0), 1), f1_pair);
  EXPECT_FALSE(empty.judge(1.0, -.01, .05));
  EXPECT_FALSE(empty.interval(1.0, .05));
  PairedBootstrap mismatched(row_source(std::vector<double>{1, 2, 3}, 1, std::vector<std::uint64_t>{1}, 1), f1_pair);
  EXPECT_FALSE(mismatched.judge(1.0, -.01, .05));
  PairedBootstrap usable(cell_source(cells, 1), f1_pair);
  EXPECT_FALSE(usable.judge(1.0, std::nan(""), .05));
}

// Squared errors of both models a row: the statistic is the difference of RMSE.
PairedValue rmse_pair(std::span<const double> s) {
  if (!(s[0] > 0.0)) return {};
  return {.candidate = std::sqrt(s[1] / s[0]), .production = std::sqrt(s[2] / s[0])};
}

std::vector<double> squared_errors(std::size_t n) {
  std::mt19937_64 generator(5);
  std::normal_distribution<double> normal;
  std::vector<double> moments;
  for (std::size_t i = 0; i < n; ++i) {
    const double common = normal(generator);
    const double a = common + .5 * normal(generator);
    const double b = common + .6 * normal(generator);
    moments.insert(moments.end(), {1.0, a * a, b * b});
  }
  return moments;
}

// Delta method: psi = (a² − A)/(2·sqrt(A)) − (b² − B)/(2·sqrt(B)).
double rmse_error(const std::vector<double>& m) {
  const double n = static_cast<double>(m.size()) / 3.0;
  double a = 0.0;
  double b = 0.0;
  for (std::size_t i = 0; i < m.size(); i += 3) a += m[i + 1] / n, b += m[i + 2] / n;
  double square = 0.0;
  for (std::size_t i = 0; i < m.size(); i += 3) {
    const double psi = (m[i + 1] - a) / (2.0 * std::sqrt(a)) - (m[i + 2] - b) / (2.0 * std::sqrt(b));
    square += psi * psi;
  }
  return std::sqrt(square) / n;
}

TEST(Bootstrap, RowErrorIsTheLinearisedOneAlsoWhenRowsArePooled) {
  for (const std::size_t n : {2000UL, 60000UL}) {
    const auto moments = squared_errors(n);
    PairedBootstrap bootstrap(row_source(moments, 3, {}, 3), rmse_pair, 2);
    const auto judged = bootstrap.judge(1.0, .5, .05).value();
    EXPECT_NEAR(judged.std_error / rmse_error(moments), 1.0, .06) << n;
  }
}

TEST(Bootstrap, KeyedRowsMayBeShuffled) {
  for (const std::size_t n : {500UL, 20000UL}) {
    const auto moments = squared_errors(n);
    std::vector<std::uint64_t> keys(n);
    for (std::size_t i = 0; i < n; ++i) keys[i] = (i + 1) * 0x9E3779B97F4A7C15ULL;
    std::vector<std::size_t> shuffle(n);
    std::iota(shuffle.begin(), shuffle.end(), 0U);
    std::shuffle(shuffle.begin(), shuffle.end(), std::mt19937_64(1));
    std::vector<double> moments2;
    std::vector<std::uint64_t> keys2;
    for (const std::size_t i : shuffle) {
      moments2.insert(moments2.end(), moments.begin() + static_cast<std::ptrdiff_t>(3 * i),
                      moments.begin() + static_cast<std::ptrdiff_t>(3 * i + 3));
      keys2.push_back(keys[i]);
    }
    PairedBootstrap one(row_source(moments, 3, keys, 3), rmse_pair);
    PairedBootstrap two(row_source(moments2, 3, keys2, 3), rmse_pair);
    const auto a = one.judge(1.0, .5, .05).value();
    const auto b = two.judge(1.0, .5, .05).value();
    EXPECT_NEAR(a.interval.low, b.interval.low, 1e-13);
    EXPECT_NEAR(a.interval.high, b.interval.high, 1e-13);
  }
}

}  // namespace
}  // namespace modelgate::stats
