// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/unit/config/gate_fixture.hpp"

namespace modelgate::test {
namespace {

TEST(InputErrors, no_source) {
  EXPECT_EQ(error_of(short_gate({{"{columns: [a]}", "{dtype: float32}"}})),
            R"(modelgate.yaml:10: error: an input without a source
   10 |   inputs: [{dtype: float32}]
      |            ^
      write exactly one of columns, files or mask_of)");
}

TEST(InputErrors, two_sources) {
  EXPECT_EQ(error_of(short_gate({{"{columns: [a]}", "{columns: [a], files: b, shape: [2]}"}})),
            R"(modelgate.yaml:10: error: an input with more than one source
   10 |   inputs: [{columns: [a], files: b, shape: [2]}]
      |            ^
      write exactly one of columns, files or mask_of)");
}

TEST(InputErrors, nan_in_whole_numbers) {
  EXPECT_EQ(error_of(short_gate({{"{columns: [a]}", "{columns: [a], dtype: int64, nulls: nan}"}})),
            R"(modelgate.yaml:10: error: int64 has no NaN
   10 |   inputs: [{columns: [a], dtype: int64, nulls: nan}]
      |                                         ^
      write nulls: error or a number)");
}

TEST(InputErrors, fraction_in_whole_numbers) {
  EXPECT_EQ(error_of(short_gate({{"{columns: [a]}", "{columns: [a], dtype: int64, nulls: 1.5}"}})),
            R"(modelgate.yaml:10: error: "nulls" does not fit int64
   10 |   inputs: [{columns: [a], dtype: int64, nulls: 1.5}]
      |                                         ^)");
}

TEST(InputErrors, null_beyond_uint8) {
  EXPECT_EQ(error_of(short_gate({{"{columns: [a]}", "{columns: [a], dtype: uint8, nulls: 256}"}})),
            R"(modelgate.yaml:10: error: "nulls" does not fit uint8
   10 |   inputs: [{columns: [a], dtype: uint8, nulls: 256}]
      |                                         ^)");
}

TEST(InputErrors, nulls_misspelled) {
  EXPECT_EQ(error_of(short_gate({{"{columns: [a]}", "{columns: [a], nulls: nam}"}})),
            R"(modelgate.yaml:10: error: "nulls" needs error, nan or a number
   10 |   inputs: [{columns: [a], nulls: nam}]
      |                                  ^
      range: any finite number)");
}

TEST(InputErrors, vocabulary_of_floats) {
  EXPECT_EQ(error_of(short_gate({{"{columns: [a]}", "{columns: [a], vocabulary: v.json}"}})),
            R"(modelgate.yaml:10: error: "vocabulary" gives whole-number codes: write dtype: int64
   10 |   inputs: [{columns: [a], vocabulary: v.json}]
      |                           ^)");
}

TEST(InputErrors, unknown_without_vocabulary) {
  EXPECT_EQ(error_of(short_gate({{"{columns: [a]}", "{columns: [a], dtype: int64, unknown: 0}"}})),
            R"(modelgate.yaml:10: error: "unknown" needs "vocabulary"
   10 |   inputs: [{columns: [a], dtype: int64, unknown: 0}]
      |                                         ^)");
}

TEST(InputErrors, pad_without_length) {
  EXPECT_EQ(error_of(short_gate({{"{columns: [a]}", "{columns: [a], pad: 0}"}})),
            R"(modelgate.yaml:10: error: "pad" needs "length"
   10 |   inputs: [{columns: [a], pad: 0}]
      |                           ^
      write length: N)");
}

TEST(InputErrors, length_without_pad) {
  EXPECT_EQ(error_of(short_gate({{"{columns: [a]}", "{columns: [a], length: 3, truncate: true}"}})),
            R"(modelgate.yaml:10: error: "length" needs "pad"
   10 |   inputs: [{columns: [a], length: 3, truncate: true}]
      |                           ^
modelgate.yaml:10: error: "truncate" needs "pad"
   10 |   inputs: [{columns: [a], length: 3, truncate: true}]
      |                                      ^)");
}

TEST(InputErrors, pad_of_two_columns) {
  EXPECT_EQ(error_of(short_gate({{"{columns: [a]}", "{columns: [a, b], pad: 0, length: 3}"}})),
            R"(modelgate.yaml:10: error: "pad" applies to a single column of lists
   10 |   inputs: [{columns: [a, b], pad: 0, length: 3}]
      |                              ^)");
}

TEST(InputErrors, pad_with_shape) {
  EXPECT_EQ(error_of(short_gate({{"{columns: [a]}", "{columns: [a], pad: 0, length: 3, shape: [3]}"}})),
            R"(modelgate.yaml:10: error: "pad" and "shape" exclude each other: length is the shape
   10 |   inputs: [{columns: [a], pad: 0, length: 3, shape: [3]}]
      |                           ^)");
}

TEST(InputErrors, mask_of_nothing) {
  EXPECT_EQ(error_of(short_gate({{"{columns: [a]}", "{mask_of: q}"}})),
            R"(modelgate.yaml:10: error: no padded input has the column "q"
   10 |   inputs: [{mask_of: q}]
      |                      ^
      a mask belongs to an input with pad and length in the same list)");
}

TEST(InputErrors, files_without_shape) {
  EXPECT_EQ(error_of(short_gate({{"{columns: [a]}", "{files: q}"}})),
            R"(modelgate.yaml:10: error: "files" needs "shape"
   10 |   inputs: [{files: q}]
      |             ^
      write the shape of one row's array, such as shape: [3, 224, 224])");
}

TEST(InputErrors, strings) {
  EXPECT_EQ(error_of(short_gate({{"{columns: [a]}", "{columns: [a, b], dtype: string, shape: [2]}"}})),
            R"(modelgate.yaml:10: error: an input of strings is a single column
   10 |   inputs: [{columns: [a, b], dtype: string, shape: [2]}]
      |                              ^
      write one input for each
modelgate.yaml:10: error: "shape" does not apply to strings
   10 |   inputs: [{columns: [a, b], dtype: string, shape: [2]}]
      |                                             ^)");
}

TEST(InputErrors, shape_beyond_reason) {
  EXPECT_EQ(error_of(short_gate({{"{columns: [a]}", "{columns: [a], shape: [100000000, 100000000, 100000000]}"}})),
            R"(modelgate.yaml:10: error: "shape" holds more than 1073741824 values a row
   10 |   inputs: [{columns: [a], shape: [100000000, 100000000, 100000000]}]
      |                           ^)");
}

TEST(InputErrors, shape_zero) {
  EXPECT_EQ(error_of(short_gate({{"{columns: [a]}", "{columns: [a], shape: [0]}"}})),
            R"(modelgate.yaml:10: error: "shape" is out of range: 1 to 1000000000
   10 |   inputs: [{columns: [a], shape: [0]}]
      |                                   ^)");
}

TEST(InputErrors, dtype) {
  EXPECT_EQ(error_of(short_gate({{"{columns: [a]}", "{columns: [a], dtype: float}"}})),
            R"(modelgate.yaml:10: error: "dtype" cannot be "float"
   10 |   inputs: [{columns: [a], dtype: float}]
      |                                  ^
      write float32, float64, int64, int32, uint8, bool or string)");
}

TEST(InputErrors, column_twice) {
  EXPECT_EQ(error_of(short_gate({{"{columns: [a]}", "{columns: [a, a]}"}})),
            R"(modelgate.yaml:10: error: "columns" names "a" twice
   10 |   inputs: [{columns: [a, a]}]
      |                          ^)");
}

}  // namespace
}  // namespace modelgate::test
