// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/random.hpp"

#include <gtest/gtest.h>

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/poisson.hpp>
#include <cmath>
#include <vector>

#include "tests/unit/stats/reference.hpp"

namespace modelgate::stats {
namespace {

// Known answers of the Random123 distribution (kat_vectors, philox4x32 10).
TEST(Philox, KnownAnswers) {
  EXPECT_EQ(philox({0, 0, 0, 0}, 0), (Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  const std::uint32_t ones = 0xffffffff;
  EXPECT_EQ(philox({ones, ones, ones, ones}, ~0ULL), (Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0x299f31d0a4093822ULL),
            (Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, AgreesWithAPlainRewriting) {
  const auto references = reference("random");
  for (const auto& r : references["blocks"]) {
    EXPECT_EQ(philox(r["counter"].get<Block>(), r["seed"]), r["block"].get<Block>());
  }
}

TEST(Mix64, IsTheFirstOutputOfSplitMix64) { EXPECT_EQ(mix64(0), 0xE220A8397B1DCDAFULL); }

TEST(PoissonOne, HasTheExactProbabilities) {
  const boost::math::poisson_distribution<double> one(1.0);
  for (unsigned k = 0; k < 11; ++k) {
    const auto step = static_cast<std::uint64_t>(boost::math::cdf(one, k) * 4294967296.0);
    EXPECT_EQ(poisson_one(static_cast<std::uint32_t>(step - 2)), k);
    EXPECT_EQ(poisson_one(static_cast<std::uint32_t>(step + 2)), k + 1);
  }
  EXPECT_EQ(poisson_one(0), 0);
  EXPECT_EQ(poisson_one(0xffffffff), 12);
}

// Pearson's χ² of 200,000 draws against the probabilities, cells of expectation >= 20.
double fit_p(double mean) {
  const boost::math::poisson_distribution<double> law(mean);
  const auto most = static_cast<std::size_t>(mean + 12.0 * std::sqrt(mean) + 20.0);
  std::vector<double> seen(most + 1, 0.0);
  constexpr int draws = 200000;
  for (int i = 0; i < draws; ++i) {
    KeyedStream stream(99, static_cast<std::uint32_t>(i), 4);
    seen[std::min<std::size_t>(most, poisson(mean, stream))] += 1.0;
  }
  double chi = 0.0;
  double dof = -1.0;
  double left = draws;
  double left_seen = draws;
  for (std::size_t k = 0; k < most; ++k) {
    const double expected = draws * boost::math::pdf(law, static_cast<double>(k));
    if (expected < 20.0) continue;
    chi += (seen[k] - expected) * (seen[k] - expected) / expected;
    dof += 1.0;
    left -= expected;
    left_seen -= seen[k];
  }
  if (left > 20.0) chi += (left_seen - left) * (left_seen - left) / left, dof += 1.0;
  return boost::math::cdf(boost::math::complement(boost::math::chi_squared_distribution<double>(dof), chi));
}

TEST(Poisson, FollowsItsLaw) {
  for (const double mean : {.3, 1.0, 5.0, 9.9, 10.0, 12.5, 40.0, 400.0, 12345.0}) EXPECT_GT(fit_p(mean), 1e-4) << mean;
}

TEST(Poisson, SmallMeansAreInverted) {
  const auto r = reference("random");
  const auto means = r["means"].get<std::vector<double>>();
  for (const auto& e : r["cells"]) {
    for (std::uint32_t cell = 0; cell < means.size(); ++cell) {
      KeyedStream stream(r["seed"], e["replicate"], cell);
      EXPECT_EQ(poisson(means[cell], stream), e["draw"][cell].get<std::uint64_t>());
    }
  }
}

TEST(Poisson, LargeMeansKeepMeanAndVariance) {
  const double mean = 900000.0;
  double sum = 0.0;
  double square = 0.0;
  for (std::uint32_t i = 0; i < 20000; ++i) {
    KeyedStream stream(5, i, 0);
    const double off = static_cast<double>(poisson(mean, stream)) - mean;
    sum += off / 20000.0;
    square += off * off / 20000.0;
  }
  EXPECT_NEAR(sum, 0.0, 5.0 * std::sqrt(mean / 20000.0));
  EXPECT_NEAR(square / mean, 1.0, 5.0 * std::sqrt(2.0 / 20000.0));
}

TEST(Poisson, NothingComesOfNothing) {
  KeyedStream stream(1, 2, 3);
  EXPECT_EQ(poisson(0.0, stream), 0U);
  EXPECT_EQ(poisson(std::nan(""), stream), 0U);
}

}  // namespace
}  // namespace modelgate::stats
