// SPDX-License-Identifier: Apache-2.0
#include "gate/data/row_decoder.hpp"
#include "tests/unit/data/support.hpp"

namespace modelgate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Clusters, queries, kinds of weights, several labels, relevances and ids as texts.
class GoldenTasks : public DataTest {
 protected:
  using Columns = std::vector<std::pair<std::string, std::shared_ptr<arrow::Array>>>;

  GoldenTasks() { dataset_ = dataset_at(path("g.parquet")); }

  Result<Golden> read(const Columns& columns) {
    write_parquet("g.parquet", columns);
    return read_dataset();
  }
  Result<Golden> read_csv(const std::string& csv) {
    dataset_.path = write("g.csv", csv);
    return read_dataset();
  }
  std::string error(const Columns& columns) {
    const auto golden = read(columns);
    return golden ? "read" : golden.error().message;
  }
  std::string csv_error(const std::string& csv) {
    const auto golden = read_csv(csv);
    return golden ? "read" : golden.error().message;
  }
  std::string at(const std::string& rest) const { return path("g.parquet") + rest; }

  DatasetSpec dataset_;
  Task task_ = Task::binary;
  std::vector<std::string> classes_;
  bool keep_id_text_ = false;

 private:
  Result<Golden> read_dataset() const {
    GoldenRequest request{dataset_, task_, classes_};
    request.keep_id_text = keep_id_text_;
    return read_golden(request, 2);
  }
};

const auto y4 = array(arrow::int64(), "[0, 1, 0, 1]");

TEST_F(GoldenTasks, UnitsAreTextsWholeNumbersDictionariesOrBooleans) {
  dataset_.cluster = "c";
  const auto keys = [&](const std::shared_ptr<arrow::Array>& c) {
    const auto rows = read({{"y", y4}, {"c", c}}).value().rows;
    EXPECT_THAT(rows.cluster.codes, ElementsAre(0, 1, 0, 2)) << c->type()->ToString();
    EXPECT_EQ(rows.cluster.name, "c");
    return rows.cluster.keys;
  };
  const std::vector<std::uint64_t> wanted{id_hash("7"), id_hash("-1"), id_hash("30")};
  EXPECT_EQ(keys(array(arrow::utf8(), R"(["7", "-1", "7", "30"])")), wanted);
  EXPECT_EQ(keys(array(arrow::int16(), "[7, -1, 7, 30]")), wanted) << "a unit is its text";
  EXPECT_EQ(keys(array(arrow::dictionary(arrow::int8(), arrow::utf8()), R"(["7", "-1", "7", "30"])")), wanted);
  EXPECT_EQ(keys(array(arrow::dictionary(arrow::int8(), arrow::int64()), "[7, -1, 7, 30]")), wanted);
  EXPECT_EQ(read_csv("y,c\n0,7\n1,-1\n0,7\n1,30\n").value().rows.cluster.keys, wanted);
  dataset_.path = path("g.parquet");
  const auto flags = read({{"y", y4}, {"c", array(arrow::boolean(), "[true, false, true, true]")}}).value().rows;
  EXPECT_THAT(flags.cluster.codes, ElementsAre(0, 1, 0, 0));
  EXPECT_EQ(flags.cluster.keys, (std::vector{id_hash("true"), id_hash("false")}));
}

TEST_F(GoldenTasks, UnitsMayBeAsManyAsRows) {
  dataset_.query = "q";
  task_ = Task::ranking;
  constexpr int rows = 5000;
  arrow::Int64Builder queries;
  arrow::Int64Builder labels;
  for (int i = 0; i < rows; ++i) {
    ASSERT_TRUE(queries.Append(i % 4000).ok());
    ASSERT_TRUE(labels.Append(i % 3).ok());
  }
  const auto golden = read({{"y", *labels.Finish()}, {"q", *queries.Finish()}}).value().rows;
  ASSERT_EQ(golden.query.size(), 4000U);
  for (std::uint32_t i = 0; i < rows; ++i) ASSERT_EQ(golden.query.codes[i], i % 4000);
  EXPECT_TRUE(golden.cluster.empty());
}

TEST_F(GoldenTasks, ARowWithoutUnitIsNamed) {
  dataset_.cluster = "c";
  const std::string words =
      ": the value is null or empty, so that the row belongs to no unit of dataset.cluster. Mend or remove the row.";
  EXPECT_EQ(error({{"y", y4}, {"c", array(arrow::int64(), "[1, 1, null, 1]")}}), at(", column c, row 3" + words));
  EXPECT_EQ(error({{"y", y4}, {"c", array(arrow::utf8(), R"(["a", "a", "b", null])")}}),
            at(", column c, row 4" + words));
  EXPECT_EQ(csv_error("y,c\n0,a\n1,\n"), path("g.csv") + ", column c, row 2 (line 3)" + words);
  dataset_.path = path("g.parquet");
  EXPECT_EQ(error({{"y", y4}, {"c", array(arrow::float64(), "[1, 1, 2, 2]")}}),
            at(", column c: dataset.cluster needs text, whole numbers or booleans, not double. Write the column as "
               "text."));
  EXPECT_THAT(error({{"y", y4}, {"C", y4}}), HasSubstr("has no column c (dataset.cluster); did you mean C?"));
}

TEST_F(GoldenTasks, FrequenciesAreWholeAndExposuresAboveZero) {
  dataset_.weight = "w";
  const auto with = [&](WeightKind kind, const std::string& weights) {
    dataset_.weight_kind = kind;
    return error({{"y", y4}, {"w", array(arrow::float64(), weights)}});
  };
  EXPECT_EQ(with(WeightKind::sampling, "[0, 0.5, 2, 1]"), "read");
  EXPECT_EQ(with(WeightKind::frequency, "[0, 3, 2, 1]"), "read");
  EXPECT_EQ(with(WeightKind::exposure, "[0.1, 3, 2, 1]"), "read");
  EXPECT_EQ(with(WeightKind::frequency, "[0, 3, 2.5, 1]"),
            at(", column w, row 3: the weight must be a whole number of rows, 0 or more (weight kind frequency). Mend "
               "or remove the row."));
  EXPECT_THAT(with(WeightKind::frequency, "[0, 3, 2, -1]"), HasSubstr("row 4: the weight must be a whole number"));
  EXPECT_EQ(with(WeightKind::exposure, "[1, 0, 2, 1]"),
            at(", column w, row 2: the weight must be finite and above 0 (weight kind exposure). Mend or remove the "
               "row."));
  EXPECT_THAT(with(WeightKind::exposure, "[1, Inf, 2, 1]"), HasSubstr("row 2: the weight must be finite"));
}

TEST_F(GoldenTasks, SeveralLabelsAreBitsNamedAfterTheirColumns) {
  task_ = Task::multilabel;
  dataset_.label.columns = {"cat", "dog"};
  const Columns columns{{"dog", array(arrow::boolean(), "[true, false, true]")},
                        {"cat", array(arrow::int8(), "[0, 1, 1]")}};
  const auto rows = read(columns).value().rows;
  EXPECT_THAT(rows.label_bits, ElementsAre(0, 1, 1, 0, 1, 1));
  EXPECT_THAT(rows.class_names, ElementsAre("cat", "dog"));
  EXPECT_THAT(rows.label_class, IsEmpty());
  dataset_.label.columns = {"*"};
  EXPECT_THAT(read(columns).value().rows.class_names, ElementsAre("dog", "cat"));
  classes_ = {"cat", "dog"};
  EXPECT_THAT(read(columns).value().rows.class_names, ElementsAre("dog", "cat"))
      << "the same names in the order of the model's outputs do not rename the labels";
  classes_ = {"Hund", "Katze"};
  EXPECT_THAT(read(columns).value().rows.class_names, ElementsAre("Hund", "Katze"));
  classes_ = {"cat", "dog", "eel"};
  EXPECT_EQ(error(columns),
            at(" has 2 labels a row (dog, cat), but output.classes names 3 (cat, dog, eel). Correct the "
               "gate file."));
}

TEST_F(GoldenTasks, ALabelThatIsNoBitIsNamed) {
  task_ = Task::multilabel;
  dataset_.label.columns = {"a", "b"};
  const auto zeros = array(arrow::int64(), "[0, 0]");
  const std::string words = ": a label of a multilabel task must be 0 or 1, and not null. Mend or remove the row.";
  EXPECT_EQ(error({{"a", zeros}, {"b", array(arrow::int64(), "[1, 2]")}}), at(", column b, row 2" + words));
  EXPECT_EQ(error({{"a", array(arrow::float32(), "[null, 1]")}, {"b", zeros}}), at(", column a, row 1" + words));
  EXPECT_EQ(error({{"a", array(arrow::float64(), "[1, 0.5]")}, {"b", zeros}}), at(", column a, row 2" + words));
  EXPECT_EQ(error({{"a", zeros}, {"b", array(arrow::utf8(), R"(["x", "y"])")}}),
            at(", column b: a label of a multilabel task must be a column of 0 and 1 or booleans; it is string."));
  EXPECT_THAT(csv_error("a,b\n0,1\n1,yes\n"), HasSubstr("column b, row 2 (line 3): a label of a multilabel task must"));
}

TEST_F(GoldenTasks, AListColumnHoldsALabelAPlace) {
  task_ = Task::multilabel;
  for (const auto& type :
       {arrow::list(arrow::int8()), arrow::large_list(arrow::int8()), arrow::fixed_size_list(arrow::int8(), 3)}) {
    const auto rows = read({{"y", array(type, "[[0, 1, 1], [1, 0, 0], [0, 0, 1]]")}}).value().rows;
    EXPECT_THAT(rows.label_bits, ElementsAre(0, 1, 1, 1, 0, 0, 0, 0, 1));
    EXPECT_THAT(rows.class_names, ElementsAre("0", "1", "2"));
  }
  const auto list = [](const std::string& json) { return array(arrow::list(arrow::int8()), json); };
  EXPECT_EQ(error({{"y", list("[[0, 1], [1, 0], [1]]")}}),
            at(", column y, row 3: the list has 1 labels, the first row's 2; every row needs the same number, 1 or "
               "more."));
  EXPECT_THAT(error({{"y", list("[[0, 1], null]")}}), HasSubstr("row 2: the list of labels is null"));
  EXPECT_THAT(error({{"y", list("[[0, 1], [0, null]]")}}), HasSubstr("row 2: a label of a multilabel task must be"));
  EXPECT_THAT(error({{"y", list("[[0, 1], [0, 3]]")}}), HasSubstr("row 2: a label of a multilabel task must be"));
  EXPECT_THAT(error({{"y", list("[[]]")}}), HasSubstr("row 1: the list has 0 labels"));
}

TEST_F(GoldenTasks, SeveralLabelsAreForMultilabelTasksOnly) {
  dataset_.label.columns = {"a", "b"};
  EXPECT_EQ(error({{"a", y4}, {"b", y4}}), at(": several label columns need task multilabel."));
}

TEST_F(GoldenTasks, NoLabelOfSeveralMayBeAnInput) {
  task_ = Task::multilabel;
  dataset_.label.columns = {"label_*"};
  write_parquet("g.parquet", {{"label_a", y4}, {"label_b", y4}, {"x", y4}});
  GoldenRequest request{dataset_, task_};
  request.input_sets = {{input_of({"*"})}};
  EXPECT_THAT(error_of(request), HasSubstr("column label_a is the label and also an input of the model"));
}

TEST_F(GoldenTasks, RelevancesAreNotNegative) {
  task_ = Task::ranking;
  dataset_.query = "q";
  const auto golden = read({{"y", array(arrow::float32(), "[0, 2.5, 1, 0]")}, {"q", y4}}).value().rows;
  EXPECT_THAT(golden.label_value, ElementsAre(0, 2.5, 1, 0));
  EXPECT_THAT(golden.query.codes, ElementsAre(0, 1, 0, 1));
  EXPECT_EQ(error({{"y", array(arrow::int64(), "[0, -1, 1, 0]")}, {"q", y4}}),
            at(", column y, row 2: the relevance must be finite and not negative. Mend or remove the row."));
  EXPECT_THAT(error({{"y", array(arrow::int64(), "[0, null, 1, 0]")}, {"q", y4}}),
              HasSubstr("row 2: the label is null"));
  EXPECT_THAT(error({{"y", array(arrow::utf8(), R"(["a", "b", "c", "d"])")}, {"q", y4}}),
              HasSubstr("a ranking's label, the relevance, must be a number; it is string"));
}

TEST_F(GoldenTasks, IdsAreKeptAsTextsWhereAskedFor) {
  dataset_.id = "id";
  keep_id_text_ = true;
  const auto rows = read({{"y", y4}, {"id", array(arrow::int32(), "[10, -2, 3, 4]")}}).value().rows;
  EXPECT_THAT(rows.id_text, ElementsAre("10", "-2", "3", "4"));
  EXPECT_EQ(rows.id_hash.size(), 4U);
  const auto texts = read({{"y", y4}, {"id", array(arrow::utf8(), R"(["a", "007", "c", "d"])")}}).value().rows;
  EXPECT_THAT(texts.id_text, ElementsAre("a", "007", "c", "d"));
  keep_id_text_ = false;
  const auto hashed = read({{"y", y4}, {"id", array(arrow::int32(), "[10, -2, 3, 4]")}}).value().rows;
  EXPECT_THAT(hashed.id_text, IsEmpty());
  EXPECT_EQ(hashed.id_hash, rows.id_hash) << "hashes are there also where nothing is joined";
}

}  // namespace
}  // namespace modelgate
