// SPDX-License-Identifier: Apache-2.0
#include "gate/selftest/resample.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "tests/unit/selftest/tables.hpp"

namespace modelgate::test {
namespace {

ScoreTable drawn(const ScoreTable& table, std::uint64_t seed) {
  return resample(table, {table.models[1], table.models[1], 0.0}, seed);
}

TEST(Resample, DrawsRowsWholeAndWithReplacement) {
  ScoreTable table = binary_table(50);
  table.rows.id_hash.assign(50, 9);
  std::vector<float> own(50);
  for (std::size_t i = 0; i < 50; ++i) {
    own[i] = static_cast<float>(i) / 100;
    table.rows.weight.push_back(static_cast<double>(i));
    table.rows.label_class[i] = i < 25 ? 1 : 0;
  }
  table.models[1].scores = own;
  const ScoreTable sample = drawn(table, 4);
  EXPECT_EQ(sample.rows.rows, 50U);
  EXPECT_TRUE(sample.rows.id_hash.empty()) << "a row drawn twice is two rows";
  std::set<double> seen;
  for (std::size_t i = 0; i < 50; ++i) {
    const double row = sample.rows.weight[i];
    seen.insert(row);
    EXPECT_EQ(sample.rows.label_class[i], row < 25 ? 1 : 0);
    EXPECT_FLOAT_EQ(floats_of(sample.models[0])[i], static_cast<float>(row) / 100);
    EXPECT_FLOAT_EQ(floats_of(sample.models[1])[i], static_cast<float>(row) / 100);
  }
  EXPECT_LT(seen.size(), 50U);
  EXPECT_GT(seen.size(), 20U);
}

TEST(Resample, IsTheSameForOneSeedAndAnotherForTheNext) {
  const ScoreTable table = binary_table(50);
  EXPECT_EQ(drawn(table, 4).rows.label_class, drawn(table, 4).rows.label_class);
  EXPECT_NE(drawn(table, 4).rows.label_class, drawn(table, 5).rows.label_class);
}

TEST(Resample, DrawsEveryRowAlikeOften) {
  ScoreTable table = binary_table(10);
  std::map<double, int> counts;
  for (int i = 0; i < 10; ++i) table.rows.weight.push_back(i);
  for (std::uint64_t seed = 0; seed < 1000; ++seed)
    for (const double row : drawn(table, seed).rows.weight) ++counts[row];
  for (const auto& [row, count] : counts) EXPECT_NEAR(count, 1000, 150) << row;  // 5 standard deviations
}

TEST(Resample, KeepsClustersTogetherAndMakesEachDrawnOneNew) {
  ScoreTable table = binary_table(30);
  table.rows.cluster = {"patient", {}, {}};
  for (std::uint32_t i = 0; i < 30; ++i) {
    table.rows.cluster.codes.push_back(i / 3);
    table.rows.weight.push_back(i / 3);
  }
  table.rows.cluster.keys.assign(10, 0);
  const ScoreTable sample = drawn(table, 4);
  EXPECT_EQ(sample.rows.cluster.size(), 10U);
  EXPECT_EQ(sample.rows.rows, 30U);
  std::map<std::uint32_t, std::set<double>> members;
  std::map<std::uint32_t, int> rows;
  for (std::size_t i = 0; i < 30; ++i) {
    members[sample.rows.cluster.codes[i]].insert(sample.rows.weight[i]);
    ++rows[sample.rows.cluster.codes[i]];
  }
  for (const auto& [unit, of] : members) {
    EXPECT_EQ(of.size(), 1U) << "rows of one drawn unit come from one unit";
    EXPECT_EQ(rows[unit], 3) << "all of them";
  }
}

TEST(Resample, DrawsQueriesWhereThereAreNoClusters) {
  ScoreTable table = binary_table(12);
  table.rows.query = {"search", {1, 2, 3, 4}, {0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3}};
  const ScoreTable sample = drawn(table, 2);
  EXPECT_EQ(sample.rows.query.size(), 4U);
  EXPECT_EQ(sample.rows.query.codes, (std::vector<std::uint32_t>{0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3}));
}

TEST(Resample, KnowsNoValueThatNoDrawnRowHas) {
  ScoreTable table = binary_table(20);
  CategoryColumn column{"site", {"a", "b", "c"}, std::vector<std::uint16_t>(20, 2)};
  column.codes[3] = 1;
  table.rows.categories = {column};
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const CategoryColumn fresh = drawn(table, seed).rows.categories[0];
    EXPECT_EQ(std::ranges::find(fresh.values, "a"), fresh.values.end());
    std::set<std::uint16_t> used(fresh.codes.begin(), fresh.codes.end());
    EXPECT_EQ(used.size(), fresh.values.size());
  }
}

TEST(Resample, TakesEachRowFromTheLaterModelWithItsChance) {
  ScoreTable table = binary_table(4000);
  Predictions later = table.models[1];
  later.scores = std::vector<float>(4000, 0.999F);
  const ScoreTable sample = resample(table, {table.models[1], later, 0.25}, 6);
  EXPECT_NEAR(static_cast<double>(std::ranges::count(floats_of(sample.models[0]), 0.999F)), 1000, 140);
  EXPECT_EQ(std::ranges::count(floats_of(sample.models[1]), 0.999F), 0) << "production is never worsened";
}

TEST(Resample, OfAnEmptyTableIsEmpty) { EXPECT_EQ(drawn(ScoreTable{}, 1).rows.rows, 0U); }

}  // namespace
}  // namespace modelgate::test
