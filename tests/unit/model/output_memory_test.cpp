// SPDX-License-Identifier: Apache-2.0
#include "gate/model/output_memory.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <cstring>
#include <limits>

namespace modelgate {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr double infinite = std::numeric_limits<double>::infinity();

template <class T>
OutputBlock block_of(OutputBlock::Type type, std::size_t columns, const std::vector<T>& values) {
  OutputBlock block{type, values.size() / columns, columns, std::vector<std::byte>(values.size() * sizeof(T) + 3)};
  std::memcpy(block.bytes.data(), values.data(), values.size() * sizeof(T));  // a block may be longer than its rows
  return block;
}

OutputBlock floats(const std::vector<float>& values, std::size_t columns = 1) {
  return block_of(OutputBlock::Type::float32, columns, values);
}

TEST(OutputMemory, TheSameBitsAreTheSame) {
  OutputMemory memory({.slots = 2, .rows = 3});
  EXPECT_TRUE(memory.look(0, floats({1, 2, 3})));
  EXPECT_TRUE(memory.look(1, floats({4, 5, 6})));
  EXPECT_TRUE(memory.look(1, floats({4, 5, 6})));
  EXPECT_TRUE(memory.look(0, floats({1, 2, 3})));
  EXPECT_TRUE(memory.look(0, floats({1, 2, 3})));
  const RepeatedOutputs found = memory.found();
  EXPECT_EQ(found.answers, 3U);
  EXPECT_EQ(found.rows, 6U);
  EXPECT_THAT(found.differences, IsEmpty());
  EXPECT_THAT(found.most, IsEmpty());
}

TEST(OutputMemory, ASlotAnsweredOnceIsNotCompared) {
  OutputMemory memory({.slots = 2, .rows = 3});
  memory.look(0, floats({1, 2, 3}));
  memory.look(1, floats({1, 2, 3}));
  memory.look(1, floats({1, 2, 3}));
  EXPECT_EQ(memory.found().rows, 3U);
}

TEST(OutputMemory, NamesTheRowsHowFarAndInWhichAnswer) {
  OutputMemory memory({.slots = 2, .rows = 2});
  memory.look(0, floats({1, 2, 3, 4}, 2));
  memory.look(1, floats({5, 6, 7, 8}, 2));
  EXPECT_FALSE(memory.look(1, floats({5, 6, 7, 8.5}, 2)));
  EXPECT_FALSE(memory.look(1, floats({5, 6, 5, 8.25}, 2)));  // row 3 by 2 now
  EXPECT_TRUE(memory.look(1, floats({5, 6, 7, 8}, 2)));
  EXPECT_FALSE(memory.look(0, floats({1.25, 2, 3, 4}, 2)));
  const RepeatedOutputs found = memory.found();
  EXPECT_THAT(found.differences, ElementsAre(2.0, 0.25));
  ASSERT_THAT(found.most, SizeIs(2));
  EXPECT_EQ(found.most[0].row, 3U);
  EXPECT_EQ(found.most[0].answer, 3U);
  EXPECT_EQ(found.most[1].row, 0U);
  EXPECT_EQ(found.most[1].answer, 2U);
  EXPECT_EQ(found.changed(), 2U);
}

TEST(OutputMemory, TheFirstAnswerStaysTheMeasure) {
  OutputMemory memory({.slots = 1, .rows = 1}, {.absolute = 0.15});
  memory.look(0, floats({1.0F}));
  EXPECT_TRUE(memory.look(0, floats({1.1F})));
  EXPECT_FALSE(memory.look(0, floats({1.2F}))) << "small steps add up";
}

TEST(OutputMemory, TheLargerBoundHolds) {
  OutputMemory memory({.slots = 1, .rows = 3}, {.absolute = 1e-5, .relative = 1e-3});
  memory.look(0, floats({0.0F, 1000.0F, 1.0F}));
  EXPECT_TRUE(memory.look(0, floats({5e-6F, 1000.9F, 0.9995F})));
  EXPECT_FALSE(memory.look(0, floats({2e-5F, 1000.0F, 1.0F})));
  EXPECT_FALSE(memory.look(0, floats({0.0F, 1002.0F, 1.0F})));
}

TEST(OutputMemory, NoNumberIsTheSameAsNoNumberAndInfinitelyFarFromOne) {
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  constexpr float inf = std::numeric_limits<float>::infinity();
  OutputMemory memory({.slots = 1, .rows = 4}, {.absolute = 1e30, .relative = 1.0});
  memory.look(0, floats({nan, inf, 1, 2}));
  EXPECT_TRUE(memory.look(0, floats({-nan, inf, 1, 2})));
  EXPECT_FALSE(memory.look(0, floats({1, inf, 1, 2})));
  EXPECT_FALSE(memory.look(0, floats({nan, -inf, nan, inf})));
  EXPECT_THAT(memory.found().differences, ElementsAre(infinite, infinite, infinite, infinite));
}

TEST(OutputMemory, ZeroAndMinusZeroAreTheSame) {
  OutputMemory memory({.slots = 1, .rows = 1});
  memory.look(0, floats({0.0F}));
  EXPECT_TRUE(memory.look(0, floats({-0.0F})));
}

TEST(OutputMemory, WholeNumbersAreComparedWhole) {
  OutputMemory memory({.slots = 1, .rows = 2});
  const std::int64_t large = std::int64_t{1} << 60;
  memory.look(0, block_of<std::int64_t>(OutputBlock::Type::int64, 1, {large, -3}));
  EXPECT_FALSE(memory.look(0, block_of<std::int64_t>(OutputBlock::Type::int64, 1, {large + 1, 4})));
  EXPECT_THAT(memory.found().differences, ElementsAre(7.0, 1.0));  // as doubles the large ones would be equal
}

TEST(OutputMemory, AnotherKindOfAnswerIsAnotherAnswer) {
  OutputMemory memory({.slots = 2, .rows = 2}, {.absolute = 1e30, .relative = 1e30});
  memory.look(0, floats({1, 2}));
  memory.look(1, floats({1, 2}));
  EXPECT_FALSE(memory.look(0, block_of<double>(OutputBlock::Type::float64, 1, {1, 2})));
  EXPECT_FALSE(memory.look(1, floats({1, 2, 3, 4}, 2)));
  EXPECT_THAT(memory.found().differences, SizeIs(4));
}

TEST(OutputMemory, ASlotOfOtherRowsBeginsAnew) {
  OutputMemory memory({.slots = 1, .rows = 2});
  memory.look(0, floats({1, 2}));
  memory.place(0, 10);
  EXPECT_TRUE(memory.look(0, floats({3, 4})));
  EXPECT_FALSE(memory.look(0, floats({3, 5})));
  EXPECT_EQ(memory.found().most.at(0).row, 11U);
}

TEST(OutputMemory, AGoldenRowInSeveralSlotsIsOneRow) {
  OutputMemory memory({.slots = 3, .rows = 2, .golden_rows = 3});  // rows 0 1, 2 0, 1 2
  for (std::size_t slot = 0; slot < 3; ++slot) memory.look(slot, floats({0, 0}));
  memory.look(0, floats({1, 0}));
  memory.look(1, floats({0, 3}));
  memory.look(2, floats({2, 0}));
  const RepeatedOutputs found = memory.found();
  EXPECT_EQ(found.rows, 3U);
  EXPECT_THAT(found.differences, ElementsAre(3.0, 2.0));
  EXPECT_EQ(found.most.at(0).row, 0U);
  EXPECT_EQ(found.most.at(1).row, 1U);
}

TEST(OutputMemory, WhereAnswersAreTooLargeEverySlotKeepsRowsOfItsOwn) {
  OutputMemory memory({.slots = 4, .rows = 100}, {}, 4 * 100);  // a quarter of 4 × 100 floats
  std::vector<float> first(100, 0.0F);
  for (std::size_t slot = 0; slot < 4; ++slot) EXPECT_TRUE(memory.look(slot, floats(first)));
  EXPECT_TRUE(memory.look(1, floats(first)));
  for (std::size_t slot = 0; slot < 4; ++slot) EXPECT_FALSE(memory.look(slot, floats(std::vector<float>(100, 1.0F))));
  const RepeatedOutputs found = memory.found();
  EXPECT_EQ(found.rows, 100U);
  EXPECT_THAT(found.differences, SizeIs(100));
  std::vector<float> one = first;
  one[1] = 1.0F;  // slot 1 keeps rows 1, 5, 9, …
  EXPECT_FALSE(memory.look(1, floats(one)));
  EXPECT_TRUE(memory.look(0, floats(one)));
}

TEST(OutputMemory, NamesAtMostTwentyRowsAndCountsAll) {
  OutputMemory memory({.slots = 1, .rows = 50});
  std::vector<float> values(50, 0.0F);
  memory.look(0, floats(values));
  for (std::size_t row = 0; row < 50; ++row) values[row] = static_cast<float>(row % 7);
  memory.look(0, floats(values));
  const RepeatedOutputs found = memory.found();
  EXPECT_THAT(found.most, SizeIs(most_named_rows));
  EXPECT_EQ(found.most[0].row, 6U);
  EXPECT_EQ(found.most[0].difference, 6.0);
  EXPECT_EQ(found.changed(), 42U);
}

}  // namespace
}  // namespace modelgate
