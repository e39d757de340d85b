// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/paired_rates.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "tests/unit/stats/reference.hpp"

namespace modelgate::stats {
namespace {

PairedCounts discordant(std::uint64_t b, std::uint64_t c, std::uint64_t n) {
  return {.both = n - b - c, .only_candidate = b, .only_production = c};
}

TEST(Tango, AgreesWithTheNumericalLikelihood) {
  for (const auto& r : reference("paired")) {
    SCOPED_TRACE(r.dump());
    const auto counts = discordant(r["b"], r["c"], r["n"]);
    EXPECT_NEAR(tango_z(counts, r["delta"]).value(), r["z"].get<double>(), 1e-7);
    EXPECT_NEAR(tango_p_at_most(counts, r["delta"]).value(), r["at_most"].get<double>(), point);
    EXPECT_NEAR(tango_p_at_least(counts, r["delta"]).value(), r["at_least"].get<double>(), point);
    const auto interval = tango_interval(counts, r["alpha"]);
    EXPECT_NEAR(interval.value().low, r["low"].get<double>(), edge);
    EXPECT_NEAR(interval.value().high, r["high"].get<double>(), edge);
  }
}

// Agresti's opinion poll (794, 150, 86, 570): at a margin of 0 Tango's z² is McNemar's 17.3559, two-sided p 3.099e-05.
TEST(Tango, AtNoMarginIsMcNemarsTest) {
  const PairedCounts poll{.both = 794, .only_candidate = 86, .only_production = 150, .neither = 570};
  const double z = tango_z(poll, 0.0).value();
  EXPECT_NEAR(z * z, 17.3559, 5e-5);
  EXPECT_NEAR(2.0 * tango_p_at_least(poll, 0.0).value(), 3.099e-05, 5e-9);
}

TEST(Tango, AgreementEverywherePassesOnlyWithEnoughRows) {
  for (const double margin : {.005, .01, .02, .05}) {
    const double needed = 1.6448536269514722 * 1.6448536269514722 * (1.0 - margin) / margin;
    const auto enough = static_cast<std::uint64_t>(std::ceil(needed));
    EXPECT_NEAR(tango_z(discordant(0, 0, enough), -margin).value(),
                std::sqrt(static_cast<double>(enough) * margin / (1.0 - margin)), 1e-9);
    EXPECT_LT(tango_p_at_most(discordant(0, 0, enough), -margin).value(), .05);
    EXPECT_GT(tango_p_at_most(discordant(0, 0, enough - 1), -margin).value(), .05);
  }
  EXPECT_LT(tango_p_at_most(discordant(0, 0, 268), -.01).value(), .05);
  EXPECT_GT(tango_p_at_most(discordant(0, 0, 267), -.01).value(), .05);
}

TEST(Tango, IsAntisymmetricInTheModels) {
  for (std::uint64_t b = 0; b <= 12; b += 3) {
    for (std::uint64_t c = 0; c <= 12; c += 4) {
      const auto there = tango_interval(discordant(b, c, 30), .05);
      const auto back = tango_interval(discordant(c, b, 30), .05);
      EXPECT_NEAR(there.value().low, -back.value().high, 1e-10);
      EXPECT_NEAR(tango_z(discordant(b, c, 30), -.1).value(), -tango_z(discordant(c, b, 30), .1).value(), 1e-9);
    }
  }
}

TEST(Tango, PAndIntervalTellTheSameSide) {
  for (std::uint64_t b = 0; b <= 20; ++b) {
    for (std::uint64_t c = 0; b + c <= 20; ++c) {
      const auto interval = tango_interval(discordant(b, c, 40), .05).value();
      ASSERT_LE(interval.low, interval.high);
      for (const double delta : {-.2, -.05, .0, .1}) {
        EXPECT_EQ(interval.low > delta, tango_p_at_most(discordant(b, c, 40), delta).value() < .05);
        EXPECT_EQ(interval.high < delta, tango_p_at_least(discordant(b, c, 40), delta).value() < .05);
      }
    }
  }
}

TEST(Tango, EveryRowDiscordantReachesTheEnds) {
  EXPECT_NEAR(tango_interval(discordant(10, 0, 10), .05).value().high, 1.0, 1e-9);
  EXPECT_NEAR(tango_interval(discordant(0, 10, 10), .05).value().low, -1.0, 1e-9);
}

TEST(Tango, UndefinedIsNothing) {
  EXPECT_FALSE(tango_z({}, -.01));
  EXPECT_FALSE(tango_interval({}, .05));
  EXPECT_FALSE(tango_z(discordant(1, 1, 9), -1.0));
  EXPECT_FALSE(tango_p_at_most(discordant(1, 1, 9), std::nan("")));
}

struct Verdicts {
  double pass = 0.0;
  double fail = 0.0;
};

Verdicts simulate(std::uint64_t n, double p_b, double p_c, double margin, int draws) {
  std::mt19937_64 generator(7);
  std::binomial_distribution<std::uint64_t> moved(n, p_b + p_c);
  Verdicts verdicts;
  for (int draw = 0; draw < draws; ++draw) {
    const std::uint64_t s = moved(generator);
    std::binomial_distribution<std::uint64_t> better(s, p_b / (p_b + p_c));
    const std::uint64_t b = better(generator);
    verdicts.pass += tango_p_at_most(discordant(b, s - b, n), -margin).value() < .05 ? 1.0 / draws : 0.0;
    verdicts.fail += tango_p_at_least(discordant(b, s - b, n), -margin).value() < .05 ? 1.0 / draws : 0.0;
  }
  return verdicts;
}

TEST(Tango, ErrsAtTheEdgeInFivePercentOfSamples) {
  const auto edge_of = simulate(1000, .045, .055, .01, 40000);  // true difference exactly −margin
  EXPECT_NEAR(edge_of.pass, .05, .005);
  EXPECT_NEAR(edge_of.fail, .05, .005);
  const auto equal = simulate(1000, .05, .05, .01, 40000);
  EXPECT_NEAR(equal.pass, .258, .01);
  EXPECT_LT(equal.fail, .01);
}

TEST(PairedRatio, AgreesWithTheNumericalLikelihood) {
  for (const auto& r : reference("paired_ratio")) {
    SCOPED_TRACE(r.dump());
    const PairedCounts counts{r["both"], r["b"], r["c"], r["neither"]};
    EXPECT_NEAR(paired_ratio_z(counts, r["theta"]).value(), r["z"].get<double>(), 1e-7);
    EXPECT_NEAR(paired_ratio_p_at_most(counts, r["theta"]).value(), r["at_most"].get<double>(), point);
    EXPECT_NEAR(paired_ratio_p_at_least(counts, r["theta"]).value(), r["at_least"].get<double>(), point);
    const auto interval = paired_ratio_interval(counts, r["alpha"]);
    EXPECT_NEAR(interval.value().low, r["low"].get<double>(), edge);
    EXPECT_NEAR(interval.value().high, r["high"].get<double>(), edge);
  }
}

TEST(PairedRatio, AtOneIsMcNemarsTest) {
  const PairedCounts poll{.both = 794, .only_candidate = 86, .only_production = 150, .neither = 570};
  EXPECT_NEAR(paired_ratio_z(poll, 1.0).value(), tango_z(poll, 0.0).value(), 1e-12);
}

TEST(PairedRatio, TurnsOverWithTheModels) {
  const PairedCounts there{.both = 30, .only_candidate = 4, .only_production = 9, .neither = 60};
  const PairedCounts back{.both = 30, .only_candidate = 9, .only_production = 4, .neither = 60};
  const auto one = paired_ratio_interval(there, .05).value();
  const auto two = paired_ratio_interval(back, .05).value();
  EXPECT_NEAR(one.low * two.high, 1.0, 1e-9);
  EXPECT_NEAR(one.high * two.low, 1.0, 1e-9);
}

TEST(PairedRatio, CandidateWithoutEventsHasLowEndZero) {
  const PairedCounts counts{.both = 0, .only_candidate = 0, .only_production = 8, .neither = 50};
  const auto interval = paired_ratio_interval(counts, .05).value();
  EXPECT_EQ(interval.low, 0.0);
  EXPECT_GT(interval.high, 0.0);
  EXPECT_LT(interval.high, 1.0);
}

TEST(PairedRatio, UndefinedIsNothing) {
  EXPECT_FALSE(paired_ratio_z({.neither = 50}, .9));
  EXPECT_FALSE(paired_ratio_interval({.only_candidate = 3, .neither = 50}, .05));
  EXPECT_FALSE(paired_ratio_z({.both = 3}, 0.0));
  EXPECT_FALSE(paired_ratio_p_at_most({.both = 3}, std::nan("")));
}

}  // namespace
}  // namespace modelgate::stats
