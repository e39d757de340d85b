// SPDX-License-Identifier: Apache-2.0
// The linearised path: influences summed by unit.
#include "checks/influence.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "table_builder.hpp"

namespace modelgate {
namespace {

constexpr std::size_t rows = 120;

ScoreTable some_regression() {
  std::vector<double> labels, candidate, production;
  for (std::size_t row = 0; row < rows; ++row) {
    labels.push_back(static_cast<double>(row % 11));
    candidate.push_back(labels.back() + static_cast<double>(row % 7) - 3.0);
    production.push_back(labels.back() + static_cast<double>(row % 5) - 1.5);
  }
  return regression_of(labels, candidate, production);
}

std::unique_ptr<EvidenceCache> cache_of(const ScoreTable& table, WeightKind kind = WeightKind::sampling) {
  Plan plan;
  plan.task = table.task;
  plan.dataset.weight_kind = kind;
  return make_cache(&table, plan);
}

double error_of(const ScoreTable& table, Role role, std::size_t row) {
  return std::abs(std::get<std::vector<double>>(table.model(role).scores)[row] - table.rows.label_value[row]);
}

/// The mean absolute error as a ratio of two sums.
stats::PairedEstimate mean_error(const ScoreTable& table, EvidenceCache& cache) {
  const SumsOfRows mean{.sums = 2,
                        .terms =
                            [&](std::size_t row, Role role, std::span<double> out) {
                              out[0] = error_of(table, role, row);
                              out[1] = 1.0;
                            },
                        .metric = [](std::span<const double> sums) { return std::optional{sums[0] / sums[1]}; },
                        .scales = {}};
  return linearise_sums(cache, std::nullopt, mean).front();
}

TEST(Influence, MeanOfWeightedClustersIsTheSandwich) {
  ScoreTable table = some_regression();
  for (std::size_t row = 0; row < rows; ++row) table.rows.weight.push_back(0.5 + static_cast<double>(row % 4));
  for (std::size_t unit = 0; unit < 30; ++unit) table.rows.cluster.keys.push_back(1000 + unit);
  for (std::size_t row = 0; row < rows; ++row)
    table.rows.cluster.codes.push_back(static_cast<std::uint32_t>(row * row % 30));
  const auto cache = cache_of(table);
  std::vector<std::array<double, 2>> sums(30);
  for (std::size_t row = 0; row < rows; ++row) {
    std::array<double, 2>& sum = sums[table.rows.cluster.codes[row]];
    sum[0] += table.rows.weight[row] * error_of(table, Role::candidate, row);
    sum[1] += table.rows.weight[row];
  }
  stats::MeanAccumulator expected;
  for (const auto& [wx, w] : sums)
    if (w > 0.0) expected.add_unit(wx, w);
  const stats::PairedEstimate seen = mean_error(table, *cache);
  EXPECT_NEAR(seen.candidate->mean, expected.estimate()->mean, 1e-12);
  EXPECT_NEAR(seen.candidate->std_error, expected.estimate()->std_error, 1e-10);
  EXPECT_EQ(seen.candidate->units, expected.estimate()->units);
  EXPECT_NEAR(seen.candidate->kish, expected.estimate()->kish, 1e-9);
}

TEST(Influence, AFrequencyStandsForSoManyRows) {
  ScoreTable counted = some_regression();
  ScoreTable expanded = regression_of({}, {}, {});
  for (std::size_t row = 0; row < rows; ++row) {
    counted.rows.weight.push_back(static_cast<double>(row % 4));
    for (std::size_t copy = 0; copy < row % 4; ++copy) {
      ++expanded.rows.rows;
      expanded.rows.label_value.push_back(counted.rows.label_value[row]);
      for (const Role role : both_roles)
        std::get<std::vector<double>>(expanded.models[index_of(role)].scores)
            .push_back(std::get<std::vector<double>>(counted.model(role).scores)[row]);
    }
  }
  const auto few = cache_of(counted, WeightKind::frequency);
  const auto many = cache_of(expanded);
  const stats::PairedEstimate a = mean_error(counted, *few);
  const stats::PairedEstimate b = mean_error(expanded, *many);
  EXPECT_NEAR(a.difference->mean, b.difference->mean, 1e-12);
  EXPECT_NEAR(a.difference->std_error, b.difference->std_error, 1e-12);
  EXPECT_EQ(a.difference->units, b.difference->units);
}

TEST(Influence, WeightsThatCannotBeReadAreTroubleOfBothModels) {
  ScoreTable table = some_regression();
  table.rows.weight.assign(rows, 1.0);
  table.rows.weight[7] = 1.5;
  EXPECT_EQ(cache_of(table)->trouble(Role::candidate), nullptr);
  const auto whole = cache_of(table, WeightKind::frequency);
  for (const Role role : both_roles) {
    ASSERT_NE(whole->trouble(role), nullptr);
    EXPECT_NE(whole->trouble(role)->message.find("row 8"), std::string::npos);
  }
  for (const double bad : {std::nan(""), -1.0, std::numeric_limits<double>::infinity()}) {
    table.rows.weight[7] = bad;
    EXPECT_NE(cache_of(table)->trouble(Role::candidate), nullptr) << bad;
  }
  table.rows.weight.assign(rows, 0.0);
  EXPECT_NE(cache_of(table)->trouble(Role::candidate), nullptr);
}

TEST(Influence, UnitsCountOnceInEveryGroupTheyReach) {
  ScoreTable table = some_regression();
  table.rows.cluster.keys = {1, 2, 3};
  std::vector<std::string> sides;
  for (std::size_t row = 0; row < rows; ++row) {
    table.rows.cluster.codes.push_back(row < 60 ? 0 : (row < 90 ? 1 : 2));
    sides.emplace_back(row % 2 == 0 || row >= 90 ? "left" : "right");
  }
  add_column(table, "side", sides);
  const auto cache = cache_of(table);
  const std::optional<Scope> scope = Scope{{"side"}, {}};
  EXPECT_EQ(cache->group_units(scope).slot_count, (std::vector<std::size_t>{3, 2}));
}

}  // namespace
}  // namespace modelgate
