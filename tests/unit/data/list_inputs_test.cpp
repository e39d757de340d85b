// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/data/support.hpp"

namespace modelgate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Inputs made of list column a, beside labels.
class ListInputs : public DataTest {
 protected:
  Result<Golden> read(const std::vector<InputSpec>& inputs, const std::shared_ptr<arrow::Array>& a) const {
    std::string ys = "[0";
    for (std::int64_t i = 1; i < a->length(); ++i) ys += ", 1";
    const auto dataset = dataset_at(write_parquet("g.parquet", {{"a", a}, {"y", array(arrow::int64(), ys + "]")}}));
    GoldenRequest request{dataset};
    request.input_sets = {inputs};
    return read_golden(request, 2);
  }
  std::string error(const InputSpec& input, const std::shared_ptr<arrow::Array>& a) const {
    const auto golden = read({input}, a);
    return golden ? "read" : golden.error().message;
  }
  std::string at(const std::string& rest) const { return path("g.parquet") + ", column a" + rest; }
  static InputSpec shaped(std::vector<std::int64_t> shape) {
    auto input = input_of({"a"});
    input.shape = std::move(shape);
    return input;
  }
  static InputSpec padded(std::int64_t length, bool truncate) {
    auto input = input_of({"a"}, DType::int64);
    input.pad = -1;
    input.length = length;
    input.truncate = truncate;
    return input;
  }
};

TEST_F(ListInputs, ListsOfEveryKindFillTheShape) {
  const auto json = "[[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]]";
  for (const auto& type : {arrow::list(arrow::int32()), arrow::large_list(arrow::float64()),
                           arrow::fixed_size_list(arrow::float32(), 4)}) {
    const auto golden = read({shaped({1, 2, 2})}, array(type, json)).value();
    EXPECT_THAT(golden.input<float>(), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)) << type->ToString();
    EXPECT_THAT(golden.layouts[0][0].row_shape, ElementsAre(1, 2, 2));
  }
  const auto nested =
      array(arrow::list(arrow::list(arrow::uint8())), "[[[1, 2], [3, 4]], [[5, 6], [7, 8]], [[9, 10], [11, 12]]]");
  EXPECT_THAT(read({shaped({2, 2})}, nested).value().input<float>(),
              ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
}

TEST_F(ListInputs, AFixedSizeListNeedsNoShapeAndAListDoes) {
  const auto fixed = array(arrow::fixed_size_list(arrow::float32(), 2), "[[1, 2], [3, 4]]");
  EXPECT_THAT(read({input_of({"a"})}, fixed).value().layouts[0][0].row_shape, ElementsAre(2));
  EXPECT_THAT(error(input_of({"a"}), array(arrow::list(arrow::float32()), "[[1, 2]]")),
              HasSubstr("give the input shape: [...], or pad: and length: if their lengths differ."));
}

TEST_F(ListInputs, WrongLengthsNullsAndTextsAreRefusedByRow) {
  const auto type = arrow::list(arrow::float32());
  EXPECT_EQ(error(shaped({2}), array(type, "[[1, 2], [3]]")),
            at(", row 2: the list has 1 items where shape: asks for 2. Mend the row or correct shape:."));
  EXPECT_EQ(error(shaped({2}), array(type, "[[1, 2], [3, 4], null]")),
            at(", row 3: the list is null. Mend or remove the row."));
  EXPECT_THAT(error(shaped({2}), array(type, "[[1, 2], [3, 4], [5, null]]")),
              HasSubstr(", row 3, item 2: the value is null or NaN"));
  EXPECT_THAT(error(shaped({1}), array(arrow::list(arrow::utf8()), R"([["x"]])")),
              HasSubstr("a list input is made of numbers"));
}

TEST_F(ListInputs, RaggedListsArePaddedCutAndMasked) {
  const auto ragged = array(arrow::list(arrow::int32()), "[[1], [], [2, 3, 4, 5]]");
  InputSpec mask;
  mask.kind = InputSpec::Kind::mask_of;
  mask.mask_of = "a";
  mask.dtype = DType::int64;
  const auto golden = read({padded(3, true), mask}, ragged).value();
  EXPECT_THAT(golden.input<std::int64_t>(0, 0), ElementsAre(1, -1, -1, -1, -1, -1, 2, 3, 4));
  EXPECT_THAT(golden.input<std::int64_t>(0, 1), ElementsAre(1, 0, 0, 0, 0, 0, 1, 1, 1));
  EXPECT_EQ(error(padded(3, false), ragged),
            at(", row 3: the list has 4 items, more than length: 3. Raise length:, or give the input truncate: true."));
  EXPECT_EQ(error(mask, ragged), "mask_of: a names no input with pad: and length:.");
}

TEST_F(ListInputs, PaddingOfPlainColumnsIsRefused) {
  EXPECT_EQ(error(padded(3, false), array(arrow::int64(), "[1]")),
            at(": pad: and length: are for list columns; this one is int64."));
}

}  // namespace
}  // namespace modelgate
