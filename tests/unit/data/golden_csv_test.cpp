// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/data/support.hpp"

namespace modelgate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class GoldenCsv : public DataTest {
 protected:
  std::string error(const std::string& csv, const InputSpec& input = input_of({"a"})) const {
    const auto dataset = dataset_at(write("g.csv", csv));
    GoldenRequest request{dataset};
    request.input_sets = {{input}};
    return error_of(request);
  }
  std::string file() const { return path("g.csv"); }
};

TEST_F(GoldenCsv, InputsAreRowMajorAndLabelsWeightsIdsAndCategoriesFollow) {
  auto dataset = dataset_at(
      write("g.csv", "id,a,b,y,w,sex,age\n007,1,0.5,0,1,F,20\n8,2,-1,1,0.25,M,30\n009,3,7,1,2,,20\n7,4,8,0,0,F,20\n"));
  dataset.id = "id";
  dataset.weight = "w";
  GoldenRequest request{dataset};
  request.input_sets = {{input_of({"b", "a"}), input_of({"a"}, DType::int64)}};
  request.category_columns = {"sex", "age"};
  request.keep_ids = true;
  const auto golden = read_golden(request).value();
  EXPECT_THAT(golden.input<float>(0, 0), ElementsAre(0.5F, 1, -1, 2, 7, 3, 8, 4));
  EXPECT_THAT(golden.input<std::int64_t>(0, 1), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(golden.rows.label_class, ElementsAre(0, 1, 1, 0));
  EXPECT_THAT(golden.rows.weight, ElementsAre(1, 0.25, 2, 0));
  EXPECT_EQ(golden.rows.rows, 4U);
  EXPECT_EQ(golden.rows.id_hash.size(), 4U);
  EXPECT_NE(golden.rows.id_hash[0], golden.rows.id_hash[3]) << "007 is not 7";
  EXPECT_EQ(golden.ids.text, "00780097");
  ASSERT_EQ(golden.rows.categories.size(), 2U);
  EXPECT_THAT(golden.rows.categories[0].values, ElementsAre("(missing)", "F", "M"));
  EXPECT_THAT(golden.rows.categories[0].codes, ElementsAre(1, 2, 0, 1));
  EXPECT_THAT(golden.rows.categories[1].values, ElementsAre("20", "30"));
  EXPECT_EQ(golden.total, std::nullopt);
}

TEST_F(GoldenCsv, AColumnOfWholeNumbersThatBecomeFractionsLaterIsRead) {
  std::string csv = "a,y\n";
  for (int i = 0; i < 900'000; ++i) csv += "12,0\n";  // beyond the first block, from which types are seen
  csv += "0.5,1\n";
  const auto dataset = dataset_at(write("g.csv", csv));
  GoldenRequest request{dataset};
  request.input_sets = {{input_of({"a"})}};
  const auto golden = read_golden(request, 4096).value();
  EXPECT_EQ(golden.rows.rows, 900'001U);
  EXPECT_EQ(golden.input<float>().back(), 0.5F);
}

TEST_F(GoldenCsv, ATextAmongNumbersIsNamedByRowAndLineWithoutItsValue) {
  EXPECT_EQ(error("a,y\n1,0\n\n2,1\nsecret,1\n"),
            file() + ", column a, row 3 (line 5) is no number; an input of dtype float32 needs one. Correct the cell.");
  EXPECT_EQ(
      error("a,y\nred,0\n\nblue,1\n,1\n"),
      file() +
          ", column a: an input of dtype float32 cannot be made of type string. Give the input a vocabulary: file "
          "(texts become codes) or dtype: string, or convert the column to numbers.");
  std::string csv = "a,y\n";
  for (int i = 0; i < 900'000; ++i) csv += "12,0\n";
  csv += "\nsecret,1\n";
  EXPECT_EQ(error(csv), file() +
                            ", column a, row 900001 (line 900003): the cell is not of the column's type, double. One "
                            "column must have one type in every row and file; correct the cell.");
}

TEST_F(GoldenCsv, TheFirstCellThatIsNoNumberIsFoundHoweverFarDownAndPastNulls) {
  std::string csv = "a,y\n,0\nNaN,0\n 2 ,0\n-1e400,0\n";
  for (int i = 5; i <= 1500; ++i) csv += "12.5,0\n";
  csv += "oops,1\nsecret,1\n";
  EXPECT_THAT(error(csv), testing::StartsWith(file() + ", column a, row 1501 (line 1502) is no number;"));
}

TEST_F(GoldenCsv, ATextAmongTheNumbersOfLabelWeightOrScoreIsNamed) {
  auto dataset = dataset_at(write("g.csv", "s,y,w\n0.5,1,1\n0.5,1,1\nsecret,secret,secret\n"));
  GoldenRequest request{dataset};
  const auto at = [&](const std::string& column) {
    return testing::StartsWith(file() + ", column " + column + ", row 3 (line 4) is no number");
  };
  EXPECT_THAT(error_of(request), at("y"));
  dataset.label.positive = "1";
  request.prediction_columns = {{"s"}};
  request.prediction_kinds = {OutputKind::probability};
  EXPECT_THAT(error_of(request), at("s")) << "a score is never read as a class text";
  request.prediction_columns.clear();
  dataset.weight = "w";
  EXPECT_THAT(error_of(request), at("w"));
}

TEST_F(GoldenCsv, TheColumnOfABadCellIsTheFilesNotTheRequests) {
  EXPECT_THAT(error("y,b,t,a\n0,1,x,2\n1,2,\xff,3\n"), "read");
  EXPECT_THAT(error("y,b,t,a\n0,1,x,2\n1,2,x,3\n", input_of({"t"}, DType::string)), "read");
  EXPECT_THAT(error("y,b,t,a\n0,1,x,2\n1,2,\xff,3\n", input_of({"t"}, DType::string)),
              HasSubstr(", column t, row 2 (line 3): "));
}

TEST_F(GoldenCsv, ARowOfAnotherWidthIsNamed) {
  EXPECT_EQ(error("a,y\n1,0\n2\n"),
            file() + ", row 2 (line 3): 1 cells where the header has 2. Correct the row or quote it.");
}

TEST_F(GoldenCsv, NullsAreNamedByRowAndByLinePastBlankLinesAndQuotedBreaks) {
  const std::string where = file() + ", column a, row 3 (line 6): ";
  EXPECT_EQ(error("a,y,t\n1,0,\"two\nlines\"\n\n2,1,x\n,1,x\n").substr(0, where.size()), where);
  EXPECT_THAT(error("a,y\nNaN,0\n"),
              HasSubstr("column a, row 1 (line 2): the value is null or NaN, and the input has no nulls: "
                        "policy. Mend the row, or give the input nulls: nan or nulls: <number>"));
}

TEST_F(GoldenCsv, TypesMayNotChangeBetweenFiles) {
  write("g1.csv", "a,y\n1,0\n");
  const auto second = write("g2.csv", "a,y\n1,yes\n");
  const auto dataset = dataset_at(path("g*.csv"));
  GoldenRequest request{dataset};
  request.input_sets = {{input_of({"a"})}};
  EXPECT_EQ(error_of(request),
            second +
                ", column y, row 1 (line 2): the cell is not of the column's type, int64. One column "
                "must have one type in every row and file; correct the cell.");
}

TEST_F(GoldenCsv, FilesWithoutHeaderRowsOrUtf8AreRefused) {
  EXPECT_EQ(error("a,y\n"), "The dataset " + file() + " has zero rows; nothing can be judged on it.");
  EXPECT_EQ(error("1.5,0\n2,1\n"), file() + " has no column a (an input). Its columns: 1.5, 0.");
  EXPECT_EQ(error("a,y\n1,\xff\n"),
            file() + ", column y, row 1 (line 2): the cell is not valid UTF-8. Save the file as UTF-8.");
}

TEST_F(GoldenCsv, OtherSeparatorsThanCommasAreNamed) {
  const std::string rest =
      "; columns are told apart by commas alone. Save it with commas, and with a point in decimal numbers, or as "
      "Parquet.";
  EXPECT_EQ(error("a;y\n0,5;1\n1,5;0\n"), file() + " separates its cells by semicolons" + rest);
  EXPECT_EQ(error("a\ty\r\n1\t0\r\n"), file() + " separates its cells by tabs" + rest);
  EXPECT_EQ(error("a,y;\n1,0\n"), file() + " has no column y (dataset.label). Its columns: a, y;.");
}

TEST_F(GoldenCsv, BooleansAndEmptyColumnsAreNumbers) {
  const auto dataset = dataset_at(write("g.csv", "a,b,y\ntrue,,1\nfalse,,0\n"));
  auto with_nan = input_of({"a", "b"});
  with_nan.nulls = {NullPolicy::Kind::number, -1.0};
  GoldenRequest request{dataset};
  request.input_sets = {{with_nan}};
  EXPECT_THAT(read_golden(request).value().input<float>(), ElementsAre(1, -1, 0, -1));
}

}  // namespace
}  // namespace modelgate
