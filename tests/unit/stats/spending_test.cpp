// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/spending.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "gate/stats/level.hpp"

namespace modelgate::stats {
namespace {

const nlohmann::json& references() {
  static const nlohmann::json parsed = [] {
    std::ifstream file(std::string(MODELGATE_SOURCE_DIR) + "/tests/unit/stats/references/spending.json");
    return nlohmann::json::parse(file);
  }();
  return parsed;
}

TEST(Spending, FollowsOBrienAndFleming) {
  for (const auto& r : references()["spent"])
    EXPECT_NEAR(spent_obrien_fleming(r["alpha"], r["t"]), r["spent"].get<double>(), 1e-12);
  EXPECT_EQ(spent_obrien_fleming(.05, 0.0), 0.0);
  EXPECT_EQ(spent_obrien_fleming(.05, 1.5), .05);
}

TEST(Spending, LevelsAgreeWithTheMultivariateNormal) {
  for (const auto& r : references()["looks"]) {
    const auto rows = r["rows"].get<std::vector<double>>();
    for (std::size_t k = 1; k <= rows.size(); ++k) {
      const auto level = look_level(r["alpha"], std::span(rows).first(k), r["looks"]);
      ASSERT_TRUE(level);
      EXPECT_NEAR(*level, r["levels"][k - 1].get<double>(), 1e-7) << r.dump() << " look " << k;
    }
  }
}

/// Boundaries of the table that every textbook on group sequential designs prints, one-sided 0.025.
TEST(Spending, BoundariesAreThoseOfTheTextbooks) {
  const std::vector<std::vector<double>> tables{
      {2.963, 1.969}, {3.710, 2.511, 1.993}, {4.333, 2.963, 2.359, 2.014}, {4.877, 3.357, 2.680, 2.290, 2.031}};
  for (const auto& table : tables) {
    std::vector<double> rows;
    for (std::size_t k = 0; k < table.size(); ++k) {
      rows.push_back(static_cast<double>(k + 1) * 1000.0);
      EXPECT_NEAR(normal_critical(*look_level(.025, rows, table.size())), table[k], 6e-4);
    }
  }
}

TEST(Spending, OneLookCostsNothing) { EXPECT_NEAR(*look_level(.05, std::vector{5000.0}, 1), .05, 1e-15); }

TEST(Spending, LooksThatHardlyGrowAreSpentOneByOne) {
  const double share = spent_obrien_fleming(.05, 1.0) - spent_obrien_fleming(.05, .5);
  EXPECT_DOUBLE_EQ(*look_level(.05, std::vector{1000.0, 1001.0}, 2), share);
  EXPECT_DOUBLE_EQ(*look_level(.05, std::vector{1000.0, 900.0}, 2), share);
  EXPECT_GT(*look_level(.05, std::vector{1000.0, 2000.0}, 2), share);
}

TEST(Spending, RefusesWhatHasNoAnswer) {
  const std::vector<double> rows{1000.0, 2000.0};
  EXPECT_FALSE(look_level(.05, rows, 1)) << "more looks than declared";
  EXPECT_FALSE(look_level(.05, std::vector<double>{}, 2));
  EXPECT_FALSE(look_level(std::nan(""), rows, 2));
  EXPECT_FALSE(look_level(.05, std::vector{1000.0, std::numeric_limits<double>::quiet_NaN()}, 2));
}

}  // namespace
}  // namespace modelgate::stats
