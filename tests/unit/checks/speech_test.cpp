// SPDX-License-Identifier: Apache-2.0
// Where few units speak, a linearised variance knows too little: the score's bound applies.
#include <gtest/gtest.h>

#include "checks/cell_influence.hpp"
#include "table_builder.hpp"

namespace modelgate {
namespace {

/// 200 users of ten rows; on this many users' rows the candidate alone is wrong, on all others nothing differs.
ScoreTable losing_users(std::size_t users) {
  ScoreTable table = table_of({{1, 0, 1, 10 * users}, {1, 1, 1, 2000 - 10 * users}});
  std::vector<std::uint32_t> codes;
  for (std::uint32_t row = 0; row < 2000; ++row) codes.push_back(row / 10);
  add_clusters(table, codes);
  return table;
}

TEST(Speech, FourteenLosingUsersDoNotProveThatTwentyAreExcluded) {
  // 14 of 200 users: the plain t says −0.07 ± 0.030, inside a margin of 0.10; of 20 expected, 14 or fewer come in 9 %
  const PlannedCheck margin = accuracy("accuracy", LimitWord::max_regression, 0.10);
  const CheckResult fourteen = judge_one(margin, losing_users(14));
  EXPECT_FALSE(proven(fourteen));
  EXPECT_LT(fourteen.difference.interval->low, -0.10);
  EXPECT_TRUE(proven(judge_one(margin, losing_users(9))));
}

TEST(Speech, FewWrongUsersBoundAnAbsoluteRateByTheScore) {
  const PlannedCheck limit = accuracy("accuracy", LimitWord::min, 0.90);
  EXPECT_FALSE(proven(judge_one(limit, losing_users(14))));
  EXPECT_TRUE(proven(judge_one(limit, losing_users(9))));
}

TEST(Speech, RowsThatDifferOneByOneKeepTheirPower) {
  ScoreTable table = table_of({{1, 0, 1, 10}, {1, 1, 0, 10}, {1, 1, 1, 1980}});
  std::vector<std::uint32_t> codes;
  for (std::uint32_t row = 0; row < 2000; ++row) codes.push_back(row % 200);
  add_clusters(table, codes);
  EXPECT_TRUE(proven(judge_one(accuracy("accuracy", LimitWord::max_regression, 0.01), table)));
}

TEST(Speech, OneWrongDecisionOfManyDoesNotProveAPrecision) {
  // 1 of 150: a plain t reaches down to 0.982 only, while two or three expected of 150 let one come in every fifth case
  ScoreTable table = table_of({{1, 1, 1, 149}, {0, 1, 1, 1}, {0, 0, 0, 60}});
  for (std::size_t row = 0; row < table.rows.rows; ++row) table.rows.weight.push_back(row % 2 == 0 ? 1.0 : 1.1);
  const CheckResult result = judge_one(accuracy("precision", LimitWord::min, 0.98), table);
  EXPECT_FALSE(proven(result));
  EXPECT_LT(result.candidate.interval->low, 0.98);
  EXPECT_TRUE(proven(judge_one(accuracy("precision", LimitWord::min, 0.95), table)));
}

TEST(Speech, AWeightedAucNeverExceedsOne) {
  for (int seed = 1; seed <= 300; ++seed) {
    ScoreTable table = table_of({0, 0, 0, 0, 1, 1, 1, 1}, {.1, .2, .3, .4, .6, .7, .8, .9}, std::vector(8, .5));
    for (int row = 0; row < 8; ++row)
      table.rows.weight.push_back(0.1 + static_cast<double>(seed * (row + 3) % 97) / 70);
    const CheckResult result = judge_one(accuracy("roc_auc", LimitWord::min, 0.5), table);
    EXPECT_LE(result.candidate.value.value_or(2.0), 1.0) << seed;
  }
}

}  // namespace
}  // namespace modelgate
