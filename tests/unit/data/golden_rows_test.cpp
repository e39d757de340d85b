// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/data/support.hpp"

namespace modelgate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Labels, weights, ids and categories; x is the one input.
class GoldenRows : public DataTest {
 protected:
  using Columns = std::vector<std::pair<std::string, std::shared_ptr<arrow::Array>>>;

  GoldenRows() { dataset_ = dataset_at(path("g.parquet")); }

  Result<Golden> read(Columns columns) {
    std::string xs = "[0";
    for (std::int64_t i = 1; i < columns.front().second->length(); ++i) xs += ", 0";
    columns.emplace_back("x", array(arrow::float32(), columns.front().second->length() == 0 ? "[]" : xs + "]"));
    write_parquet("g.parquet", columns);
    GoldenRequest request{dataset_, task_, classes_, categories_};
    request.input_sets = {{input_of({"x"})}};
    request.shard = shard_;
    request.shards = shards_;
    return read_golden(request);
  }
  std::vector<std::int32_t> labels(const std::shared_ptr<arrow::Array>& y) {
    return read({{"y", y}}).value().rows.label_class;
  }
  std::string error(Columns columns) {
    const auto golden = read(std::move(columns));
    return golden ? "read" : golden.error().message;
  }
  std::string at(const std::string& rest) const { return path("g.parquet") + rest; }

  DatasetSpec dataset_;
  Task task_ = Task::binary;
  std::vector<std::string> classes_;
  std::vector<std::string> categories_;
  std::size_t shard_ = 0;
  std::size_t shards_ = 0;
};

TEST_F(GoldenRows, BinaryLabelsAreZeroAndOneInAnyType) {
  EXPECT_THAT(labels(array(arrow::int8(), "[0, 1]")), ElementsAre(0, 1));
  EXPECT_THAT(labels(array(arrow::uint64(), "[1, 0]")), ElementsAre(1, 0));
  EXPECT_THAT(labels(array(arrow::float64(), "[0.0, 1.0]")), ElementsAre(0, 1));
  EXPECT_THAT(labels(array(arrow::boolean(), "[true, false]")), ElementsAre(1, 0));
}

TEST_F(GoldenRows, ThePositiveTextIsOneInTextsNumbersAndBooleans) {
  dataset_.label.positive = "fraud";
  EXPECT_THAT(labels(array(arrow::utf8(), R"(["fraud", "ok", "other"])")), ElementsAre(1, 0, 0));
  EXPECT_THAT(labels(array(arrow::large_utf8(), R"(["ok", "fraud"])")), ElementsAre(0, 1));
  EXPECT_THAT(labels(array(arrow::dictionary(arrow::int8(), arrow::utf8()), R"(["ok", "fraud", "ok"])")),
              ElementsAre(0, 1, 0));
  dataset_.label.positive = "2";
  EXPECT_THAT(labels(array(arrow::int32(), "[1, 2, 1]")), ElementsAre(0, 1, 0));
  dataset_.label.positive = "True";
  EXPECT_THAT(labels(array(arrow::boolean(), "[true, false]")), ElementsAre(1, 0));
}

TEST_F(GoldenRows, APositiveTextThatNeverOccursIsRefused) {
  dataset_.label.positive = "Fraud";
  EXPECT_EQ(error({{"y", array(arrow::utf8(), R"(["fraud", "ok"])")}}),
            "Column y never has the value label.positive names (Fraud) in 2 rows. Correct the gate file, or add "
            "positive rows.");
}

TEST_F(GoldenRows, BadBinaryLabelsAreNamedByRow) {
  const auto null =
      at(", column y, row 2: the label is null or NaN. Every golden row needs a label; mend or remove the row.");
  EXPECT_EQ(error({{"y", array(arrow::int64(), "[0, null]")}}), null);
  EXPECT_EQ(error({{"y", array(arrow::float32(), "[0, NaN]")}}), null);
  const auto neither =
      at(", column y, row 2: the label is neither 0 nor 1. Mend the row, or declare which value is positive: "
         "label: {column: …, positive: …}.");
  EXPECT_EQ(error({{"y", array(arrow::int64(), "[0, 2]")}}), neither);
  EXPECT_EQ(error({{"y", array(arrow::float64(), "[1, 0.5]")}}), neither);
  EXPECT_EQ(error({{"y", array(arrow::utf8(), R"(["a"])")}}),
            at(", column y: a text label needs the text that means 1: label: {column: …, positive: …}; it is string."));
  dataset_.label.positive = "a";
  EXPECT_EQ(error({{"y", array(arrow::utf8(), R"(["a", null])")}}), null);
}

TEST_F(GoldenRows, MulticlassLabelsAreIndexesOrNames) {
  task_ = Task::multiclass;
  const auto plain = read({{"y", array(arrow::int64(), "[2, 0]")}}).value().rows;
  EXPECT_THAT(plain.label_class, ElementsAre(2, 0));
  EXPECT_THAT(plain.class_names, ElementsAre("0", "1", "2"));
  EXPECT_EQ(
      error({{"y", array(arrow::int64(), "[-1]")}}),
      at(", column y, row 1: the label is no class index from 0 to 9999. Mend the row, or declare output.classes."));
  classes_ = {"cat", "dog"};
  const auto named = read({{"y", array(arrow::utf8(), R"(["dog", "cat"])")}}).value().rows;
  EXPECT_THAT(named.label_class, ElementsAre(1, 0));
  EXPECT_THAT(named.class_names, ElementsAre("cat", "dog"));
  EXPECT_THAT(labels(array(arrow::int64(), "[1, 0]")), ElementsAre(1, 0));
  EXPECT_EQ(error({{"y", array(arrow::utf8(), R"(["cat", "cow"])")}}),
            at(", column y, row 2: the label is none of the declared classes (cat, dog). Mend the row, or correct "
               "output.classes."));
  EXPECT_EQ(error({{"y", array(arrow::int64(), "[2]")}}),
            at(", column y, row 1: the label is no class index from 0 to 1 (output.classes: cat, dog)."));
  classes_ = {"3", "7"};
  EXPECT_THAT(labels(array(arrow::int64(), "[7, 3]")), ElementsAre(1, 0))
      << "numbers are names where names are numbers";
}

TEST_F(GoldenRows, RegressionLabelsAndWeightsAreFinite) {
  task_ = Task::regression;
  EXPECT_THAT(read({{"y", array(arrow::int16(), "[-3, 4]")}}).value().rows.label_value, ElementsAre(-3, 4));
  EXPECT_EQ(error({{"y", array(arrow::float64(), "[1, Inf]")}}),
            at(", column y, row 2: the label must be finite. Mend or remove the row."));
  dataset_.weight = "w";
  EXPECT_EQ(error({{"y", array(arrow::float64(), "[1]")}, {"w", array(arrow::float64(), "[-1]")}}),
            at(", column w, row 1: the weight must be finite and not negative. Mend or remove the row."));
  EXPECT_EQ(error({{"y", array(arrow::float64(), "[1, 1]")}, {"w", array(arrow::float64(), "[1, null]")}}),
            at(", column w, row 2: the weight is null or NaN. Mend or remove the row."));
}

TEST_F(GoldenRows, CategoriesAreTextsNumbersAndBooleansWithNullsAGroupOfTheirOwn) {
  categories_ = {"s", "i", "b", "d"};
  const auto rows = read({{"y", array(arrow::int64(), "[0, 1, 0]")},
                          {"s", array(arrow::utf8(), R"(["z", null, "a"])")},
                          {"i", array(arrow::int8(), "[10, 9, null]")},
                          {"b", array(arrow::boolean(), "[true, null, false]")},
                          {"d", array(arrow::dictionary(arrow::uint32(), arrow::large_utf8()), R"(["q", "p", "q"])")}})
                        .value()
                        .rows;
  EXPECT_THAT(rows.category("s")->values, ElementsAre("(missing)", "a", "z"));
  EXPECT_THAT(rows.category("s")->codes, ElementsAre(2, 0, 1));
  EXPECT_THAT(rows.category("i")->values, ElementsAre("(missing)", "10", "9"));
  EXPECT_THAT(rows.category("i")->codes, ElementsAre(1, 2, 0));
  EXPECT_THAT(rows.category("b")->values, ElementsAre("(missing)", "false", "true"));
  EXPECT_THAT(rows.category("d")->codes, ElementsAre(1, 0, 1));
}

TEST_F(GoldenRows, CategoriesOfTooManyValuesOrOfFloatsAreRefused) {
  categories_ = {"c"};
  arrow::Int64Builder ids;
  arrow::Int64Builder labels;
  for (int i = 0; i < 1001; ++i) {
    ASSERT_TRUE(ids.Append(i).ok());
    ASSERT_TRUE(labels.Append(i % 2).ok());
  }
  EXPECT_EQ(error({{"y", *labels.Finish()}, {"c", *ids.Finish()}}),
            at(", column c, row 1001: column c has more than 1,000 distinct values, too many for slices or attributes. "
               "Bin them "
               "first, or take another column."));
  EXPECT_EQ(
      error({{"y", array(arrow::int64(), "[0]")}, {"c", array(arrow::float64(), "[0.5]")}}),
      at(", column c holds double numbers; slices and attributes need text, whole numbers or booleans. Bin them into a "
         "column of their own first."));
}

TEST_F(GoldenRows, IdsAreUniqueWholeAndPresent) {
  dataset_.id = "id";
  const auto y = array(arrow::int64(), "[0, 1, 0, 1]");
  EXPECT_EQ(error({{"y", y}, {"id", array(arrow::utf8(), R"(["a", "b", "c", "b"])")}}),
            "Column id: " + at(", row 2") + " and " + at(", row 4") +
                " have the same id. Give every golden row an id of its own.");
  EXPECT_EQ(error({{"y", y}, {"id", array(arrow::int32(), "[1, 2, 1, 3]")}}),
            "Column id: " + at(", row 1") + " and " + at(", row 3") +
                " have the same id. Give every golden row an id of its own.");
  EXPECT_EQ(error({{"y", y}, {"id", array(arrow::int32(), "[1, 2, null, 3]")}}),
            at(", column id, row 3: the id is null or empty. Give every golden row an id of its own."));
  EXPECT_THAT(error({{"y", y}, {"id", array(arrow::float64(), "[1, 2, 3, 4]")}}),
              HasSubstr("an id must be text or a whole number; it is double"));
  const auto text = read({{"y", y}, {"id", array(arrow::utf8(), R"(["1", "2", "3", "4"])")}}).value().rows.id_hash;
  const auto whole = read({{"y", y}, {"id", array(arrow::uint64(), "[1, 2, 3, 4]")}}).value().rows.id_hash;
  EXPECT_EQ(text, whole) << "an id is its text";
  EXPECT_THAT(read({{"y", y}, {"id", array(arrow::int32(), "[1, 2, 3, 4]")}}).value().rows.id_text, testing::IsEmpty());
}

TEST_F(GoldenRows, FewerRowsThanAskedForAndZeroRowsAreRefused) {
  dataset_.written = "golden/*.parquet";
  dataset_.min_rows = 3;
  EXPECT_EQ(error({{"y", array(arrow::int64(), "[0, 1]")}}),
            "The dataset golden/*.parquet has 2 rows; dataset.min_rows asks for 3.");
  EXPECT_EQ(error({{"y", array(arrow::int64(), "[]")}}),
            "The dataset golden/*.parquet has zero rows; nothing can be judged on it.");
}

TEST_F(GoldenRows, MissingColumnsComeWithASuggestionAndTheList) {
  dataset_.label.columns = {"Y1"};
  EXPECT_EQ(error({{"y1", array(arrow::int64(), "[0]")}}),
            at(" has no column Y1 (dataset.label); did you mean y1? Its columns: y1, x."));
  dataset_.label.columns = {"y1"};
  categories_ = {"region"};
  EXPECT_EQ(error({{"y1", array(arrow::int64(), "[0]")}}),
            at(" has no column region (a slice or attribute). Its columns: y1, x."));
}

TEST_F(GoldenRows, ShardsShareTheRowsWithoutGapOrOverlap) {
  dataset_.id = "id";
  arrow::Int64Builder ids;
  arrow::Int64Builder labels;
  for (int i = 0; i < 300; ++i) {
    ASSERT_TRUE(ids.Append(i).ok());
    ASSERT_TRUE(labels.Append(i % 2).ok());
  }
  const Columns columns{{"y", *labels.Finish()}, {"id", *ids.Finish()}};
  auto whole = read(columns).value().rows.id_hash;
  std::vector<std::uint64_t> parts;
  shards_ = 3;
  for (shard_ = 1; shard_ <= shards_; ++shard_) {
    const auto golden = read(columns).value();
    EXPECT_EQ(golden.total, golden.rows.rows);
    EXPECT_GT(golden.rows.rows, 60U);
    parts.insert(parts.end(), golden.rows.id_hash.begin(), golden.rows.id_hash.end());
  }
  EXPECT_THAT(parts, testing::UnorderedElementsAreArray(whole));
}

}  // namespace
}  // namespace modelgate
