// SPDX-License-Identifier: Apache-2.0
#include "gate/measure/request_inputs.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstring>
#include <string>

namespace modelgate {
namespace {

using testing::ElementsAre;

/// Row r: two floats 10r, 10r + 1 in the first set; the text of r in the second. Gives at most three rows at a time.
class CountingReader final : public GoldenReader {
 public:
  explicit CountingReader(std::size_t rows) : rows_(rows) {}
  const std::vector<std::vector<InputLayout>>& layouts() const override { return layouts_; }
  const std::vector<std::vector<std::vector<std::string>>>& expanded_columns() const override { return columns_; }
  std::optional<std::size_t> total_rows() const override { return std::nullopt; }
  const std::vector<std::string>& files() const override { return files_; }
  Result<void> check_unchanged() const override { return {}; }

  Result<std::size_t> next(std::size_t max_rows, const ChunkBuffers& buffers, RowColumns&,
                           std::vector<Scores>&) override {
    const std::size_t count = std::min({max_rows, rows_ - next_, std::size_t{3}});
    std::string text;
    std::vector<std::uint64_t> offsets{0};
    for (std::size_t i = 0; i < count; ++i) {
      const auto number = static_cast<float>(10 * (next_ + i));
      const std::array values{number, number + 1};
      std::memcpy(buffers[0][0].data() + i * sizeof values, values.data(), sizeof values);
      text += std::string(next_ + i, 'x');  // row r is r letters long; row 0 is empty
      offsets.push_back(text.size());
    }
    std::memcpy(buffers[1][0].data(), offsets.data(), offsets.size() * sizeof(std::uint64_t));
    std::memcpy(buffers[1][0].data() + offsets.size() * sizeof(std::uint64_t), text.data(), text.size());
    next_ += count;
    return count;
  }

  IdValues take_ids() override { return {}; }
  Result<void> finish(RowColumns&) override { return {}; }

 private:
  std::size_t rows_;
  std::size_t next_ = 0;
  std::vector<std::vector<InputLayout>> layouts_{{{DType::float32, {2}, 2 * sizeof(float), 0}},
                                                 {{DType::string, {1}, 0, 1}}};
  std::vector<std::vector<std::vector<std::string>>> columns_;
  std::vector<std::string> files_;
};

RequestRows rows_of(std::size_t available, std::size_t wanted) {
  CountingReader reader(available);
  auto rows = read_request_rows(reader, wanted);
  EXPECT_TRUE(rows.has_value());
  return rows.value_or(RequestRows{});
}

std::vector<float> floats(std::span<const std::byte> bytes, std::size_t rows) {
  std::vector<float> values(2 * rows);
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

std::vector<std::size_t> text_lengths(std::span<const std::byte> bytes, std::size_t rows) {
  std::vector<std::uint64_t> offsets(rows + 1);
  std::memcpy(offsets.data(), bytes.data(), offsets.size() * sizeof(std::uint64_t));
  std::vector<std::size_t> lengths;
  for (std::size_t i = 0; i < rows; ++i) lengths.push_back(offsets[i + 1] - offsets[i]);
  const auto text = bytes.subspan(offsets.size() * sizeof(std::uint64_t), offsets.back());
  EXPECT_TRUE(std::ranges::all_of(text, [](std::byte letter) { return letter == std::byte{'x'}; }));
  return lengths;
}

TEST(RequestInputs, ReadsTheFirstRowsAndNoMore) {
  EXPECT_EQ(rows_of(100, 8).rows, 8U);
  EXPECT_EQ(rows_of(5, 8).rows, 5U);
}

TEST(RequestInputs, PutsOneBatchOfRowsIntoEachSlotInOrder) {
  const RequestRows rows = rows_of(8, 8);
  const auto numbers = prepare_batches(rows, 0, 2);
  const auto texts = prepare_batches(rows, 1, 2);
  ASSERT_TRUE(numbers.has_value());
  ASSERT_TRUE(texts.has_value());
  EXPECT_EQ((*numbers)->slots(), 4U);
  EXPECT_EQ((*texts)->slots(), 4U);
  EXPECT_THAT(floats((*numbers)->slot(0)[0], 2), ElementsAre(0, 1, 10, 11));
  EXPECT_THAT(floats((*numbers)->slot(3)[0], 2), ElementsAre(60, 61, 70, 71));
  EXPECT_THAT(text_lengths((*texts)->slot(0)[0], 2), ElementsAre(0, 1));
  EXPECT_THAT(text_lengths((*texts)->slot(3)[0], 2), ElementsAre(6, 7));
}

TEST(RequestInputs, BeginsAgainWithTheFirstRowWhereTheDataEndsWithinABatch) {
  const RequestRows rows = rows_of(3, 100);
  const auto numbers = prepare_batches(rows, 0, 5);
  const auto texts = prepare_batches(rows, 1, 5);
  ASSERT_TRUE(numbers.has_value());
  ASSERT_TRUE(texts.has_value());
  EXPECT_EQ((*numbers)->slots(), 1U);
  EXPECT_THAT(floats((*numbers)->slot(0)[0], 5), ElementsAre(0, 1, 10, 11, 20, 21, 0, 1, 10, 11));
  EXPECT_THAT(text_lengths((*texts)->slot(0)[0], 5), ElementsAre(0, 1, 2, 0, 1));
}

TEST(RequestInputs, PreparesNoMoreThan256DifferentBatches) {
  const RequestRows rows = rows_of(1000, 1000);
  const auto numbers = prepare_batches(rows, 0, 1);
  ASSERT_TRUE(numbers.has_value());
  EXPECT_EQ((*numbers)->slots(), 256U);
}

TEST(RequestInputs, KeepsTheMemoryOfLargeBatchesBounded) {
  RequestRows rows;
  rows.rows = 1;
  rows.sets = {{{InputLayout{DType::float32, {1 << 20}, std::size_t{4} << 20U, 0},
                 std::vector<std::byte>(std::size_t{4} << 20U),
                 {}}}};
  const auto batch = prepare_batches(rows, 0, 32);  // 128 MiB, more than is wanted for all
  ASSERT_TRUE(batch.has_value());
  EXPECT_EQ((*batch)->slots(), 1U);
}

TEST(RequestInputs, RefusesDataWithoutRows) {
  CountingReader reader(0);
  const auto rows = read_request_rows(reader, 10);
  ASSERT_FALSE(rows.has_value());
  EXPECT_EQ(rows.error().reason, Reason::data_invalid);
  EXPECT_EQ(rows.error().message, "The golden data has no rows to make timed requests of.");
}

TEST(RequestInputs, RefusesTextThatDoesNotFitASlot) {
  RequestRows rows;
  rows.rows = 1;
  rows.sets = {{{InputLayout{DType::string, {1}, 0, 1}, {}, {std::string(std::size_t{4} << 20U, 'x')}}}};
  const auto batch = prepare_batches(rows, 0, 1);
  ASSERT_FALSE(batch.has_value());
  EXPECT_EQ(batch.error().reason, Reason::data_invalid);
  EXPECT_THAT(batch.error().message, testing::HasSubstr("too much text"));
}

}  // namespace
}  // namespace modelgate
