// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/delta.hpp"

#include <gtest/gtest.h>

#include "tests/unit/stats/reference.hpp"

namespace modelgate::stats {
namespace {

TEST(Delta, AgreesWithNumericalInfluence) {
  const auto r = reference("delta");
  const auto flat = r["cells"].get<std::vector<std::uint64_t>>();
  JointCells cells{};
  for (std::size_t i = 0; i < 8; ++i) cells[i / 4][i / 2 % 2][i % 2] = flat[i];
  for (const auto& e : r["results"]) {
    SCOPED_TRACE(e.dump());
    const std::string name = e["metric"];
    const CellMetric metric = name == "f1"          ? CellMetric::f1
                              : name == "precision" ? CellMetric::precision
                                                    : CellMetric::balanced_accuracy;
    const auto estimate = linearised_cells(cells, metric, e["factor"]).value();
    EXPECT_NEAR(estimate.mean, e["value"].get<double>(), point);
    EXPECT_NEAR(estimate.std_error, e["se"].get<double>(), edge);
    EXPECT_EQ(estimate.units, 600U);
  }
}

TEST(Delta, UndefinedAndFewPositivesAreNothing) {
  JointCells few{};
  few[1][1][1] = 49;
  few[0][0][0] = 500;
  EXPECT_FALSE(linearised_cells(few, CellMetric::f1));
  JointCells silent{};
  silent[1][0][0] = 100;
  silent[0][0][0] = 500;
  EXPECT_FALSE(linearised_cells(silent, CellMetric::precision));  // nothing flagged
  EXPECT_TRUE(linearised_cells(silent, CellMetric::f1));          // 0 is a value
}

TEST(Delta, AgreementEverywhereHasNoVariance) {
  JointCells same{};
  same[1][1][1] = 100;
  same[1][0][0] = 37;
  same[0][0][0] = 500;
  same[0][1][1] = 11;
  for (const auto metric : {CellMetric::f1, CellMetric::precision, CellMetric::balanced_accuracy}) {
    EXPECT_TRUE(linearised_cells(same, metric).value().zero_variance());
  }
}

}  // namespace
}  // namespace modelgate::stats
