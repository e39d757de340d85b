// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <xtensor/xarray.hpp>
#include <xtensor/xnpy.hpp>

#include "tests/unit/data/support.hpp"

namespace modelgate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// One input made of column a (and b), beside labels.
class Inputs : public DataTest {
 protected:
  using Columns = std::vector<std::pair<std::string, std::shared_ptr<arrow::Array>>>;

  Result<Golden> read(const InputSpec& input, Columns columns, std::size_t chunk = 3) const {
    std::string ys = "[0";
    for (std::int64_t i = 1; i < columns.front().second->length(); ++i) ys += ", 1";
    columns.emplace_back("y", array(arrow::int64(), ys + "]"));
    const auto dataset = dataset_at(write_parquet("g.parquet", columns));
    GoldenRequest request{dataset};
    request.input_sets = {{input}};
    return read_golden(request, chunk);
  }
  template <class T>
  std::vector<T> values(const InputSpec& input, const std::shared_ptr<arrow::Array>& a) const {
    return read(input, {{"a", a}}).value().template input<T>();
  }
  std::string error(const InputSpec& input, const std::shared_ptr<arrow::Array>& a) const {
    const auto golden = read(input, {{"a", a}});
    return golden ? "read" : golden.error().message;
  }
  std::string at(const std::string& rest) const { return path("g.parquet") + ", column a" + rest; }
};

TEST_F(Inputs, EveryNumberTypeBecomesEveryDtypeThatHoldsIt) {
  const auto json = "[0, 1, 100]";
  for (const auto& type : {arrow::int8(), arrow::int16(), arrow::int32(), arrow::int64(), arrow::uint8(),
                           arrow::uint16(), arrow::uint32(), arrow::uint64(), arrow::float32(), arrow::float64()}) {
    const auto a = array(type, json);
    EXPECT_THAT(values<float>(input_of({"a"}), a), ElementsAre(0, 1, 100)) << type->ToString();
    EXPECT_THAT(values<double>(input_of({"a"}, DType::float64), a), ElementsAre(0, 1, 100)) << type->ToString();
    EXPECT_THAT(values<std::int64_t>(input_of({"a"}, DType::int64), a), ElementsAre(0, 1, 100)) << type->ToString();
    EXPECT_THAT(values<std::int32_t>(input_of({"a"}, DType::int32), a), ElementsAre(0, 1, 100)) << type->ToString();
    EXPECT_THAT(values<std::uint8_t>(input_of({"a"}, DType::uint8), a), ElementsAre(0, 1, 100)) << type->ToString();
  }
  EXPECT_THAT(values<std::uint8_t>(input_of({"a"}, DType::boolean), array(arrow::int8(), "[0, 1]")), ElementsAre(0, 1));
  EXPECT_THAT(values<float>(input_of({"a"}), array(arrow::float16(), "[0.5, -2]")), ElementsAre(0.5F, -2));
}

TEST_F(Inputs, CastsThatLoseTheValueAreRefusedByRow) {
  EXPECT_EQ(
      error(input_of({"a"}, DType::int64), array(arrow::float64(), "[1, 2.5]")),
      at(", row 2: the value is not a whole number, but the input is int64. Mend the row, or declare dtype: float32."));
  const auto range = [&](const std::string& row, const std::string& dtype) {
    return at(", row " + row + ": the value is out of the range of " + dtype +
              ". Mend the row, or declare a wider dtype.");
  };
  EXPECT_EQ(error(input_of({"a"}, DType::uint8), array(arrow::int64(), "[255, 256]")), range("2", "uint8"));
  EXPECT_EQ(error(input_of({"a"}, DType::uint8), array(arrow::int8(), "[-1]")), range("1", "uint8"));
  EXPECT_EQ(error(input_of({"a"}, DType::int32), array(arrow::float64(), "[2147483648]")), range("1", "int32"));
  EXPECT_EQ(error(input_of({"a"}, DType::int64), array(arrow::float64(), "[9223372036854775808]")),
            range("1", "int64"));
  EXPECT_EQ(error(input_of({"a"}, DType::int64), array(arrow::uint64(), "[9223372036854775808]")), range("1", "int64"));
  EXPECT_EQ(error(input_of({"a"}), array(arrow::float64(), "[1e39]")), range("1", "float32"));
  EXPECT_EQ(error(input_of({"a"}, DType::boolean), array(arrow::int8(), "[2]")), range("1", "bool"));
  EXPECT_THAT(values<std::int64_t>(input_of({"a"}, DType::int64), array(arrow::float64(), "[-9223372036854775808]")),
              ElementsAre(std::numeric_limits<std::int64_t>::min()));
}

TEST_F(Inputs, NullsFollowTheInputsPolicy) {
  const auto with_null = array(arrow::float64(), "[1, null, NaN, 4]");
  const auto missing =
      at(", row 2: the value is null or NaN, and the input has no nulls: policy. Mend the row, or give the "
         "input nulls: nan or nulls: <number> if the model was trained so.");
  EXPECT_EQ(error(input_of({"a"}), with_null), missing);
  EXPECT_EQ(error(input_of({"a"}), array(arrow::int32(), "[1, null]")), missing);
  EXPECT_EQ(error(input_of({"a"}), array(arrow::float32(), "[1, NaN]")), missing);
  auto input = input_of({"a"});
  input.nulls.kind = NullPolicy::Kind::nan;
  const auto kept = values<float>(input, with_null);
  EXPECT_TRUE(std::isnan(kept[1]) && std::isnan(kept[2]));
  EXPECT_EQ(kept[3], 4);
  input.nulls = {NullPolicy::Kind::number, -7};
  EXPECT_THAT(values<float>(input, with_null), ElementsAre(1, -7, -7, 4));
  input.dtype = DType::int64;
  EXPECT_THAT(values<std::int64_t>(input, with_null), ElementsAre(1, -7, -7, 4));
  input.nulls.number = 0.5;
  EXPECT_EQ(error(input, with_null), "The input with column a: nulls: 0.5 is no value of int64.");
  input.nulls.kind = NullPolicy::Kind::nan;
  EXPECT_THAT(error(input, with_null), HasSubstr("is int64, which has no NaN"));
}

TEST_F(Inputs, ANullOfASliceIsCountedFromTheSlice) {
  EXPECT_THAT(error(input_of({"a"}), array(arrow::int32(), "[1, 2, 3, 4, null]")), HasSubstr(", row 5: "));
}

TEST_F(Inputs, TypesThatAreNoNumbersAreRefusedWithAdvice) {
  EXPECT_THAT(
      error(input_of({"a"}), array(arrow::decimal128(10, 2), R"(["1.50"])")),
      HasSubstr("cannot be made of type decimal128(10, 2). Cast the column to float64 before writing the file."));
  EXPECT_THAT(error(input_of({"a"}), array(arrow::utf8(), R"(["x"])")), HasSubstr("Give the input a vocabulary: file"));
  EXPECT_THAT(error(input_of({"a"}), array(arrow::date32(), "[1]")), HasSubstr("cannot be made of type date32[day]"));
}

TEST_F(Inputs, ColumnsFillADeclaredShape) {
  auto input = input_of({"a", "b"});
  input.shape = {1, 2, 1};
  const auto golden =
      read(input, {{"a", array(arrow::int8(), "[1, 2]")}, {"b", array(arrow::int8(), "[3, 4]")}}).value();
  EXPECT_THAT(golden.input<float>(), ElementsAre(1, 3, 2, 4));
  EXPECT_THAT(golden.layouts[0][0].row_shape, ElementsAre(1, 2, 1));
  input.shape = {3};
  EXPECT_THAT(read(input, {{"a", array(arrow::int8(), "[1]")}, {"b", array(arrow::int8(), "[3]")}}).error().message,
              HasSubstr(": 2 columns (first: a) cannot fill an input of 3 values a row."));
}

TEST_F(Inputs, VocabularyTurnsTextsIntoCodes) {
  auto input = input_of({"a"}, DType::int64);
  input.vocabulary = write("mcc.json", R"({"food": 3, "fuel": 7, "5411": 9})");
  EXPECT_THAT(values<std::int64_t>(input, array(arrow::utf8(), R"(["fuel", "food", "fuel"])")), ElementsAre(7, 3, 7));
  EXPECT_THAT(values<std::int64_t>(input, array(arrow::int32(), "[5411, 5411]")), ElementsAre(9, 9));
  EXPECT_EQ(error(input, array(arrow::utf8(), R"(["fuel", "toys"])")),
            at(", row 2: the text is not in the vocabulary " + input.vocabulary +
               ". Add it there, or give the input unknown: <code>."));
  EXPECT_EQ(error(input, array(arrow::utf8(), R"(["fuel", null])")),
            at(", row 2: the text is null, and the input has no nulls: policy. Mend the row, or give the input nulls: "
               "<code>."));
  input.unknown = 0;
  input.nulls = {NullPolicy::Kind::number, 1};
  EXPECT_THAT(values<std::int64_t>(input, array(arrow::utf8(), R"(["toys", null, "food"])")), ElementsAre(0, 1, 3));
}

TEST_F(Inputs, ABadVocabularyIsRefused) {
  auto input = input_of({"a"}, DType::uint8);
  const auto a = array(arrow::utf8(), R"(["x"])");
  input.vocabulary = path("absent.json");
  EXPECT_EQ(error(input, a), "The vocabulary " + input.vocabulary + " cannot be opened.");
  input.vocabulary = write("v.json", "[1]");
  EXPECT_THAT(error(input, a), HasSubstr("must be a JSON object of texts and codes"));
  input.vocabulary = write("v.json", R"({"x": 256})");
  EXPECT_THAT(error(input, a), HasSubstr("must give every text a whole number that uint8 holds"));
}

TEST_F(Inputs, TextsAreOffsetsAndBytesAndTheChunkEndsWhenTheBufferIsFull) {
  const auto dataset =
      dataset_at(write_parquet("g.parquet", {{"a", array(arrow::utf8(), R"(["one", "", "three", "four"])")},
                                             {"b", array(arrow::large_utf8(), R"(["1", "2", "3", "4"])")},
                                             {"y", array(arrow::int64(), "[0, 1, 0, 1]")}}));
  GoldenRequest request{dataset};
  request.input_sets = {{input_of({"a", "b"}, DType::string)}};
  auto reader = GoldenReader::open(request).value();
  EXPECT_EQ(reader->layouts()[0][0].strings_per_row, 2U);
  std::vector<std::byte> buffer(80);  // room for 4 rows of offsets never; text of 3 rows at most
  const ChunkBuffers buffers{{std::span(buffer)}};
  RowColumns rows;
  std::vector<Scores> scores;
  std::vector<std::string> texts;
  while (const auto count = reader->next(4, buffers, rows, scores).value()) {
    std::vector<std::uint64_t> offsets(count * 2 + 1);
    std::memcpy(offsets.data(), buffer.data(), offsets.size() * 8);
    EXPECT_EQ(offsets.front(), 0U);
    const auto* text = reinterpret_cast<const char*>(buffer.data()) + offsets.size() * 8;
    for (std::size_t i = 0; i + 1 < offsets.size(); ++i) texts.emplace_back(text + offsets[i], text + offsets[i + 1]);
    EXPECT_LT(count, 4U);
  }
  EXPECT_THAT(texts, ElementsAre("one", "1", "", "2", "three", "3", "four", "4"));
  EXPECT_EQ(rows.label_class.size(), 4U);
}

TEST_F(Inputs, ATextTooLongForAnyChunkAndANullTextAreErrors) {
  auto input = input_of({"a"}, DType::string);
  EXPECT_THAT(error(input, array(arrow::utf8(), "[\"" + std::string(9000, 'x') + "\"]")),
              HasSubstr(", row 1: the row's texts are larger than a chunk"));
  EXPECT_EQ(error(input, array(arrow::utf8(), R"(["x", null])")),
            at(", row 2: the text is null. Mend or remove the row; an empty text is allowed."));
  EXPECT_THAT(error(input, array(arrow::int64(), "[1]")), HasSubstr("an input of dtype string needs text, not int64"));
}

TEST_F(Inputs, FilesGiveOneArrayARow) {
  std::filesystem::create_directories(folder_ / "images");
  xt::dump_npy(path("images/1.npy"), xt::xarray<double>{{1, 2}, {3, 4}});
  xt::dump_npy(path("images/2.npy"), xt::xarray<std::uint8_t>{{5, 6}, {7, 8}});
  auto input = input_of({"a"});
  input.kind = InputSpec::Kind::files;
  input.shape = {2, 2};
  EXPECT_THAT(values<float>(input, array(arrow::utf8(), R"(["images/1.npy", "images/2.npy"])")),
              ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
  EXPECT_EQ(
      error(input, array(arrow::utf8(), R"(["images/1.npy", "images/3.npy"])")),
      at(", row 2: the .npy file named there cannot be opened (paths are relative to " + folder_.string() + ")."));
  xt::dump_npy(path("images/3.npy"), xt::xarray<float>{{1, 2, 3}});
  EXPECT_THAT(error(input, array(arrow::utf8(), R"(["images/3.npy"])")),
              HasSubstr(", row 1: the .npy file named there has 3 items where shape: asks for 4."));
  xt::dump_npy(path("images/3.npy"), xt::xarray<double>{{1, 2}, {NAN, 4}});
  EXPECT_THAT(error(input, array(arrow::utf8(), R"(["images/3.npy"])")),
              HasSubstr(", row 1, item 3 of the .npy file: the value is null or NaN"));
  write("images/3.npy", "no array");
  EXPECT_THAT(error(input, array(arrow::utf8(), R"(["images/3.npy"])")),
              HasSubstr("is not a .npy array, or it is cut off."));
}

}  // namespace
}  // namespace modelgate
