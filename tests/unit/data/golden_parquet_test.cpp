// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>

#include <array>
#include <cmath>
#include <random>

#include "gate/data/table_source.hpp"
#include "tests/unit/data/support.hpp"

namespace modelgate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class GoldenParquet : public DataTest {
 protected:
  std::string file() const { return path("g.parquet"); }
  static std::shared_ptr<arrow::Array> labels(const std::string& json = "[0, 1]") {
    return array(arrow::int64(), json);
  }
};

TEST_F(GoldenParquet, PatternsExpandInTheFilesOrderAndLabelsStayOut) {
  const auto dataset = dataset_at(write_parquet("g.parquet", {{"v2", array(arrow::float32(), "[1, 2]")},
                                                              {"y", labels()},
                                                              {"v10", array(arrow::int8(), "[3, 4]")},
                                                              {"amount", array(arrow::float64(), "[5, 6]")},
                                                              {"v1", array(arrow::boolean(), "[true, false]")}}));
  GoldenRequest request{dataset};
  request.input_sets = {{input_of({"amount", "v*"})}, {input_of({"v1"})}};
  auto reader = GoldenReader::open(request).value();
  EXPECT_THAT(reader->expanded_columns()[0][0], ElementsAre("amount", "v2", "v10", "v1"));
  EXPECT_EQ(reader->total_rows(), 2U);
  EXPECT_THAT(reader->layouts()[0][0].row_shape, ElementsAre(4));
  EXPECT_EQ(reader->layouts()[0][0].row_bytes, 16U);
  const auto golden = read_golden(request).value();
  EXPECT_THAT(golden.input<float>(0), ElementsAre(5, 1, 3, 1, 6, 2, 4, 0));
  EXPECT_THAT(golden.input<float>(1), ElementsAre(1, 0));
}

TEST_F(GoldenParquet, ColumnsThatCannotServeAreRefused) {
  const auto dataset =
      dataset_at(write_parquet("g.parquet", {{"amount", array(arrow::float64(), "[5, 6]")}, {"y", labels()}}));
  const auto error = [&](std::vector<std::string> columns) {
    GoldenRequest request{dataset};
    request.input_sets = {{input_of(std::move(columns))}};
    return error_of(request);
  };
  EXPECT_EQ(error({"amonut"}),
            file() + " has no column amonut (an input); did you mean amount? Its columns: amount, y.");
  EXPECT_EQ(error({"v*"}), file() + ": the pattern v* (an input) matches no column. Its columns: amount, y.");
  EXPECT_EQ(error({"amount", "a*"}), file() + ": column amount comes twice in one list (an input); name it once.");
  EXPECT_EQ(error({"*"}),
            file() +
                ": column y is the label and also an input of the model, which would see the answer. Take it "
                "out of the inputs (narrow a pattern such as \"*\").");
}

TEST_F(GoldenParquet, FilesStreamInOrderAcrossRowGroupsAndChunks) {
  arrow::FloatBuilder values;
  arrow::Int64Builder ys;
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(values.Append(static_cast<float>(i)).ok());
    ASSERT_TRUE(ys.Append(i % 2).ok());
  }
  const auto a = *values.Finish();
  const auto y = *ys.Finish();
  write_parquet("a.parquet", {{"a", a->Slice(0, 700)}, {"y", y->Slice(0, 700)}}, 128);
  write_parquet("b.parquet", {{"y", y->Slice(700)}, {"a", a->Slice(700)}}, 50);
  write_parquet("c.parquet", {{"y", y->Slice(1000)}, {"a", a->Slice(1000)}});
  const auto dataset = dataset_at(path("*.parquet"));
  GoldenRequest request{dataset};
  request.input_sets = {{input_of({"a"})}};
  for (const std::size_t chunk : {1, 7, 333, 4096}) {
    const auto golden = read_golden(request, chunk).value();
    const auto read = golden.input<float>();
    ASSERT_EQ(read.size(), 1000U);
    for (std::size_t i = 0; i < read.size(); ++i) ASSERT_EQ(read[i], static_cast<float>(i));
    EXPECT_EQ(golden.total, 1000U);
  }
}

TEST_F(GoldenParquet, SchemasMayNotDifferBetweenFiles) {
  write_parquet("a.parquet", {{"v1", array(arrow::float32(), "[1]")}, {"y", labels("[0]")}});
  const auto second = write_parquet("b.parquet", {{"v1", array(arrow::float64(), "[1]")}, {"y", labels("[0]")}});
  const auto dataset = dataset_at(path("*.parquet"));
  GoldenRequest request{dataset};
  request.input_sets = {{input_of({"v*"})}};
  EXPECT_EQ(error_of(request), second + ", column v1: its type is double, but in " + path("a.parquet") +
                                   " it is float. Write all files with one schema.");
  write_parquet("b.parquet",
                {{"v1", array(arrow::float32(), "[1]")}, {"v2", array(arrow::float32(), "[1]")}, {"y", labels("[0]")}});
  EXPECT_EQ(error_of(request), second + ": its input patterns match other columns, or another order of them, than in " +
                                   path("a.parquet") + ". Give all files the same columns.");
  write_parquet("b.parquet", {{"v1", array(arrow::float32(), "[1]")}});
  EXPECT_EQ(error_of(request), second + " has no column y (dataset.label). Its columns: v1.");
}

TEST_F(GoldenParquet, ATruncatedFileIsAnErrorThatNamesIt) {
  const auto whole = write_parquet("g.parquet", {{"a", array(arrow::float32(), "[1, 2]")}, {"y", labels()}});
  std::filesystem::resize_file(whole, std::filesystem::file_size(whole) / 2);
  const auto dataset = dataset_at(whole);
  GoldenRequest request{dataset};
  request.input_sets = {{input_of({"a"})}};
  EXPECT_THAT(error_of(request), testing::StartsWith(file() + " cannot be read as Parquet: "));
}

TEST_F(GoldenParquet, AFooterThatPromisesOtherRowsIsRefused) {
  const std::string lying = std::string(MODELGATE_SOURCE_DIR) + "/tests/fuzz/corpus/parquet/rows_promised";
  auto source = open_parquet(lying).value();
  ASSERT_TRUE(source->select(std::array{ColumnNeed{.name = "a"}}).has_value());
  const auto rows = source->next();
  EXPECT_EQ(rows ? "read" : rows.error().message,
            lying +
                " cannot be read as Parquet: its footer promises 2 rows and 0 are there. Write it anew, or fetch it "
                "again if it was cut off.");
}

TEST_F(GoldenParquet, DatasetPredictionColumnsAreGivenRowMajor) {
  auto dataset = dataset_at(write_parquet("g.parquet", {{"p0", array(arrow::float32(), "[0.25, 0.5]")},
                                                        {"p1", array(arrow::float64(), "[0.75, 0.5]")},
                                                        {"c", array(arrow::utf8(), R"(["no", "yes"])")},
                                                        {"y", array(arrow::utf8(), R"(["yes", "no"])")}}));
  dataset.label.positive = "yes";
  GoldenRequest request{dataset};
  request.prediction_columns = {{"p*"}, {"c"}};
  const auto golden = read_golden(request).value();
  EXPECT_THAT(std::get<std::vector<double>>(golden.scores[0]), ElementsAre(0.25, 0.75, 0.5, 0.5));
  EXPECT_THAT(std::get<std::vector<double>>(golden.scores[1]), ElementsAre(0, 1));
  write_parquet("g.parquet", {{"p0", array(arrow::float32(), "[0.25, NaN]")},
                              {"c", array(arrow::utf8(), R"(["a", "b"])")},
                              {"y", array(arrow::utf8(), R"(["yes", "no"])")}});
  EXPECT_THAT(error_of(request), HasSubstr("column p0, row 2: the prediction is null or NaN."));
}

TEST_F(GoldenParquet, DatasetPredictionsKeepTheirPrecision) {
  auto dataset = dataset_at(write_parquet("g.parquet", {{"p", array(arrow::float32(), "[0.1, 0.5]")},
                                                        {"q", array(arrow::float64(), "[0.1, 0.5]")},
                                                        {"y", array(arrow::int8(), "[1, 0]")}}));
  GoldenRequest request{dataset};
  request.prediction_columns = {{"p"}, {"q"}, {"p"}};
  request.prediction_kinds = {OutputKind::probability, OutputKind::score, OutputKind::klass};
  const auto scores = read_golden(request, 1).value().scores;
  EXPECT_THAT(std::get<std::vector<float>>(scores[0]), ElementsAre(0.1F, 0.5F));
  EXPECT_THAT(std::get<std::vector<double>>(scores[1]), ElementsAre(0.1, 0.5));
  EXPECT_TRUE(std::holds_alternative<std::vector<double>>(scores[2])) << "classes are whole numbers";
}

TEST_F(GoldenParquet, WithoutLabelColumnNoLabelsAreRead) {
  auto dataset = dataset_at(write_parquet("g.parquet", {{"a", array(arrow::float32(), "[1, 2]")}}));
  dataset.label.columns.clear();
  GoldenRequest request{dataset};
  request.input_sets = {{input_of({"a"})}};
  request.keep_ids = true;
  const auto golden = read_golden(request).value();
  EXPECT_TRUE(golden.rows.label_class.empty());
  EXPECT_TRUE(golden.rows.id_hash.empty());
  EXPECT_THAT(golden.ids.integers, ElementsAre(0, 1)) << "the row numbers";
}

TEST_F(GoldenParquet, MemoryDoesNotGrowWithTheFile) {
  // One row group of 64 MB of noise: read whole it would show in the peak.
  constexpr std::int64_t rows = 500'000;
  std::mt19937 random(1);
  std::vector<std::pair<std::string, std::shared_ptr<arrow::Array>>> columns;
  for (int c = 0; c < 32; ++c) {
    std::vector<float> values(rows);
    for (auto& value : values) value = static_cast<float>(random()) * 0x1p-32F;
    arrow::FloatBuilder builder;
    ASSERT_TRUE(builder.AppendValues(values).ok());
    columns.emplace_back("v" + std::to_string(c), *builder.Finish());
  }
  arrow::BooleanBuilder ys;
  for (std::int64_t i = 0; i < rows; ++i) ASSERT_TRUE(ys.Append(i % 3 == 0).ok());
  columns.emplace_back("y", *ys.Finish());
  const auto dataset = dataset_at(write_parquet("g.parquet", columns, rows));
  columns.clear();
  GoldenRequest request{dataset};
  request.input_sets = {{input_of({"v*"})}};
  const auto before = arrow::default_memory_pool()->bytes_allocated();
  auto reader = GoldenReader::open(request).value();
  std::vector<std::byte> buffer(4096 * reader->layouts()[0][0].row_bytes);
  const ChunkBuffers buffers{{std::span(buffer)}};
  RowColumns golden;
  std::vector<Scores> scores;
  std::int64_t most = 0;
  while (reader->next(4096, buffers, golden, scores).value() > 0) {
    most = std::max(most, arrow::default_memory_pool()->bytes_allocated() - before);
  }
  EXPECT_EQ(golden.rows, static_cast<std::size_t>(rows));
  EXPECT_LT(most, 64 << 20);
}

}  // namespace
}  // namespace modelgate
