// SPDX-License-Identifier: Apache-2.0
#include "gate/worker/input_words.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace modelgate::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using Kind = InputMismatch::Kind;

// As torch 2.13's code generator writes them.
constexpr std::string_view other_size = "input_handles[1]: unmatched dim value at 1, expected: 30, but got: 10\n";
constexpr std::string_view fixed_rows = "input_handles[0]: unmatched dim value at 0, expected: 32, but got: 4096\n";
constexpr std::string_view too_few =
    "input_handles[0]: dim value is too small at 0, expected it to be >= 2, but got: 1\n";
constexpr std::string_view too_many =
    "input_handles[0]: dim value is too large at 0, expected to be <= 1024, but got: 4096\n";
constexpr std::string_view other_type = "input_handles[0]: unmatched dtype, expected: 7(at::kDouble), but got: 6\n";

TEST(InputWords, TellWhichInputAndDimensionDoesNotFit) {
  const auto size = read_mismatch(other_size);
  ASSERT_TRUE(size.has_value());
  EXPECT_EQ(size->kind, Kind::size);
  EXPECT_EQ(size->input, 1U);
  EXPECT_EQ(size->axis, 1U);
  EXPECT_EQ(size->expected, 30);
  EXPECT_EQ(read_mismatch(too_few)->kind, Kind::too_small);
  EXPECT_EQ(read_mismatch(too_few)->expected, 2);
  EXPECT_EQ(read_mismatch(too_many)->kind, Kind::too_large);
  EXPECT_EQ(read_mismatch(too_many)->expected, 1024);
  EXPECT_EQ(read_mismatch(other_type)->kind, Kind::dtype);
}

TEST(InputWords, ThatSpeakOfOtherThingsTellNothing) {
  for (const std::string_view words :
       {"", "std::bad_alloc", "input_handles[", "input_handles[x]: unmatched dim value at 0, expected: 3",
        "input_handles[0]: unmatched dim value at 0", "input_handles[0]: unmatched dim value at 0, expected: -3",
        "input_handles[0]: something else\nunmatched dim value at 0, expected: 3",
        "input_handles[99999999999999999999999]: unmatched dim value at 0, expected: 3"})
    EXPECT_FALSE(read_mismatch(words).has_value()) << words;
}

TEST(InputWords, OfAFixedBatchSayHowToExportAndWhatToSetMeanwhile) {
  EXPECT_THAT(explain_failure(fixed_rows, 4096),
              AllOf(HasSubstr("for exactly 32 rows at a time, and the gate gave it 4096"), HasSubstr("dynamic_shapes"),
                    HasSubstr("runtime.chunk: 32"), HasSubstr("batch: 32"), HasSubstr("unmatched dim value"),
                    Not(HasSubstr("\n"))));
  EXPECT_THAT(explain_failure(too_many, 4096), AllOf(HasSubstr("at most 1024"), HasSubstr("runtime.chunk: 1024")));
  EXPECT_THAT(explain_failure(too_few, 1), AllOf(HasSubstr("at least 2"), HasSubstr("dynamic_shapes")));
}

TEST(InputWords, OfOtherInputsNameTheInputAsThePersonCountsIt) {
  EXPECT_THAT(explain_failure(other_size, 32), AllOf(HasSubstr("input 2 of the gate file"), HasSubstr("(dimension 1)"),
                                                     Not(HasSubstr("runtime.chunk"))));
  EXPECT_THAT(explain_failure(other_type, 32), AllOf(HasSubstr("another dtype"), HasSubstr("kDouble")));
}

TEST(InputWords, WithoutAMismatchStandAsTheyAre) {
  EXPECT_EQ(explain_failure("out of range\nmore", 3), "out of range");
  EXPECT_EQ(explain_failure("", 3), "the package failed without a word");
}

}  // namespace
}  // namespace modelgate::test
