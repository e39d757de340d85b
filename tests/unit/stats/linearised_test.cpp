// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/linearised.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string>

#include "tests/unit/stats/reference.hpp"

namespace modelgate::stats {
namespace {

// Sums of one model: rows of label 1, rows decided 1, rows of both, rows in all.
std::optional<double> value_of(const std::string& metric, std::span<const double> sums) {
  const double support = sums[0], predicted = sums[1], hit = sums[2], rows = sums[3];
  if (metric == "precision") return predicted > 0.0 ? std::optional{hit / predicted} : std::nullopt;
  if (metric == "f1") return 2.0 * hit / (support + predicted);
  return (hit / support + (rows - support - predicted + hit) / (rows - support)) / 2.0;
}

std::array<double, 4> terms_of(std::size_t label, std::size_t decided) {
  const auto y = static_cast<double>(label);
  const auto d = static_cast<double>(decided);
  return {y, d, y * d, 1.0};
}

double dot(std::span<const double> slopes, const std::array<double, 4>& terms) {
  double sum = 0.0;
  for (std::size_t i = 0; i < terms.size(); ++i) sum += slopes[i] * terms[i];
  return sum;
}

/// Joint cells [label][candidate][production], flattened, by the influence of each cell's rows.
PairedEstimate linearise(const std::string& metric, const std::vector<double>& cells) {
  std::array<std::vector<double>, 2> sums{std::vector<double>(4), std::vector<double>(4)};
  for (std::size_t cell = 0; cell < cells.size(); ++cell)
    for (std::size_t model = 0; model < 2; ++model)
      for (std::size_t j = 0; j < 4; ++j)
        sums[model][j] += cells[cell] * terms_of(cell / 4, model == 0 ? cell / 2 % 2 : cell % 2)[j];
  const auto metric_of = [&](std::span<const double> at) { return value_of(metric, at); };
  const auto candidate = gradient(metric_of, sums[0], sums[0]).value();
  const auto production = gradient(metric_of, sums[1], sums[1]).value();
  InfluenceSums influences;
  for (std::size_t cell = 0; cell < cells.size(); ++cell)
    influences.add_rows(dot(candidate, terms_of(cell / 4, cell / 2 % 2)), dot(production, terms_of(cell / 4, cell % 2)),
                        cells[cell], cells[cell], cells[cell]);
  return influences.estimate(value_of(metric, sums[0]), value_of(metric, sums[1]));
}

TEST(Linearised, AgreesWithTheInfinitesimalJackknife) {
  const auto r = reference("delta");
  const auto cells = r["cells"].get<std::vector<double>>();
  for (const auto& e : r["results"]) {
    SCOPED_TRACE(e.dump());
    const auto estimate = linearise(e["metric"], cells).contrast(e["factor"]).value();
    EXPECT_NEAR(estimate.mean, e["value"].get<double>(), point);
    EXPECT_NEAR(estimate.std_error, e["se"].get<double>(), edge);
    EXPECT_EQ(estimate.units, 600U);
  }
}

TEST(Linearised, AgreementEverywhereHasNoVariance) {
  const std::vector<double> same{500, 0, 0, 11, 37, 0, 0, 100};
  for (const char* metric : {"f1", "precision", "balanced_accuracy"})
    EXPECT_TRUE(linearise(metric, same).difference.value().zero_variance()) << metric;
}

TEST(Linearised, AFlawlessModelHasNoVarianceDespiteRounding) {
  for (const char* metric : {"f1", "precision", "balanced_accuracy"})
    EXPECT_TRUE(linearise(metric, {700'003, 0, 0, 0, 0, 0, 0, 299'997}).candidate.value().zero_variance()) << metric;
}

TEST(Linearised, OneUnitOrNoWeightIsNoEvidence) {
  InfluenceSums one;
  one.add(0.5, 0.25, 3.0);
  EXPECT_TRUE(one.estimate(0.5, 0.25).candidate.value().zero_variance());
  InfluenceSums none;
  none.add(0.5, 0.25, 0.0);
  EXPECT_FALSE(none.estimate(0.5, 0.25).candidate);
  EXPECT_FALSE(one.estimate(std::nan(""), 0.25).candidate);
  EXPECT_FALSE(one.estimate(std::nullopt, 0.25).difference);
}

TEST(Linearised, CopiesAreSoManyUnits) {
  InfluenceSums copies;
  InfluenceSums rows;
  for (int i = 0; i < 40; ++i) {
    const double psi = (i % 7 - 3) / 100.0;
    copies.add(3.0 * psi, psi, 3.0, 3.0);
    for (int copy = 0; copy < 3; ++copy) rows.add(psi, psi / 3.0, 1.0);
  }
  const PairedEstimate a = copies.estimate(0.5, 0.4);
  const PairedEstimate b = rows.estimate(0.5, 0.4);
  EXPECT_EQ(a.candidate->units, b.candidate->units);
  EXPECT_NEAR(a.difference->std_error, b.difference->std_error, 1e-15);
}

TEST(Linearised, AGradientStopsAtTheRimOfItsDomain) {
  const auto root = [](std::span<const double> at) {
    return at[0] < 0.0 ? std::nullopt : std::optional{std::sqrt(at[0])};
  };
  EXPECT_NEAR(gradient(root, std::array{4.0}, std::array{4.0}).value()[0], 0.25, 1e-10);
  EXPECT_FALSE(gradient(root, std::array{0.0}, std::array{1.0}));
  EXPECT_EQ(gradient(root, std::array{0.0}, std::array{0.0}).value()[0], 0.0);
}

}  // namespace
}  // namespace modelgate::stats
