// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include "gate/data/predictions_file.hpp"
#include "tests/unit/data/support.hpp"

namespace modelgate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class PredictionsFile : public DataTest {
 protected:
  PredictionsFile() {
    dataset_.id = "id";
    model_.source = ModelSource::recorded;
    model_.path = path("p.*");
  }
  Result<RecordedPredictions> read() const { return read_predictions(model_, dataset_, task_, classes_); }
  std::string error() const {
    const auto recorded = read();
    return recorded ? "read" : recorded.error().message;
  }
  std::string csv_error(const std::string& csv) const {
    write("p.csv", csv);
    return error();
  }
  std::vector<double> csv_scores(const std::string& csv) const {
    write("p.csv", csv);
    return std::get<std::vector<double>>(read().value().predictions.scores);
  }
  std::string at(const std::string& rest) const { return path("p.csv") + rest; }
  /// Golden rows with these ids, as the golden reader hashes them.
  RowColumns golden(const std::string& ids) const {
    auto dataset = dataset_at(write("golden.csv", ids));
    dataset.id = "id";
    dataset.label.columns.clear();
    GoldenRequest request{dataset};
    return read_golden(request).value().rows;
  }

  ModelSpec model_;
  DatasetSpec dataset_;
  Task task_ = Task::binary;
  std::vector<std::string> classes_;
};

TEST_F(PredictionsFile, TheOnlyNumericColumnIsTheScore) {
  EXPECT_THAT(csv_scores("note,id,p\nx,a,0.25\ny,b,1\n"), ElementsAre(0.25, 1));
  EXPECT_EQ(csv_error("id,p,q\na,0.1,0.2\n"),
            at(" has 2 columns that could be the prediction: p, q; its columns: id, p, q. Name them in the gate file "
               "(columns: [score]) or call them prediction_0, prediction_1, …."));
  EXPECT_THAT(csv_error("id,note\na,x\n"),
              HasSubstr(" has no column that could be the prediction; its columns: id, note."));
}

TEST_F(PredictionsFile, DeclaredColumnsWinOverNumberedOnes) {
  EXPECT_THAT(csv_scores("id,prediction_0,q\na,0.1,0.2\n"), ElementsAre(0.1));
  model_.columns = {"q"};
  EXPECT_THAT(csv_scores("id,prediction_0,q\na,0.1,0.2\n"), ElementsAre(0.2));
  model_.columns = {"r"};
  EXPECT_THAT(csv_error("id,q\na,0.2\n"), HasSubstr(" has no column r (predictions columns)"));
}

TEST_F(PredictionsFile, TheIdColumnIsTheGoldenOnes) {
  EXPECT_EQ(csv_error("key,p\na,0.2\n"),
            at(" has no column id (the golden id, by which predictions are joined). Its columns: key, p."));
  EXPECT_EQ(csv_error("id,p\na,0.2\nb,0.1\na,0.3\n"),
            "Column id: " + at(", row 1") + " and " + at(", row 3") +
                " are predictions for the same id. Keep one prediction an id.");
  dataset_.id = "";
  write("p.csv", "row,p\n1,0.5\n0,0.25\n");
  EXPECT_THAT(read().value().id_hash, ElementsAre(1, 0));
  EXPECT_THAT(csv_error("id,p\na,0.2\n"), HasSubstr("has no column row (the golden row's number, from 0"));
}

TEST_F(PredictionsFile, BadScoresAreNamedByFileColumnAndRow) {
  EXPECT_EQ(csv_error("id,p\na,0.2\nb,\n"),
            at(", column p, row 2 (line 3): the prediction is null or NaN. A model that gives no "
               "number for a row cannot be judged; record the row anew."));
  EXPECT_EQ(csv_error("id,p\na,1.5\n"),
            at(", column p, row 1 (line 2): the probability lies outside 0 to 1. Declare output: "
               "{kind: logit} or {kind: score} if that is what it is."));
  EXPECT_THAT(csv_error("id,p\na,inf\n"), HasSubstr(", column p, row 1 (line 2): the prediction is not finite."));
  model_.columns = {"p"};
  EXPECT_THAT(csv_error("id,p\na,high\n"), HasSubstr(", column p: a prediction must be a number"));
  EXPECT_THAT(csv_error("id,p\n"), HasSubstr("zero rows"));
}

TEST_F(PredictionsFile, ATextAmongTheScoresIsNamedByRowAndLine) {
  const std::string csv = "id,p,note\nx,0.2,n\n\ny,abc,n\n";
  const std::string words =
      at(", column p, row 2 (line 4) is no number, but a prediction must be one. Correct the cell.");
  EXPECT_EQ(csv_error(csv), words);
  model_.columns = {"p"};
  EXPECT_EQ(csv_error(csv), words);
  dataset_.label.positive = "fraud";
  EXPECT_EQ(csv_error(csv), words) << "a score is never read as a class text";
}

TEST_F(PredictionsFile, WholeNumbersAreNoProbabilities) {
  const std::string words = ", column p: the column holds whole numbers, not scores; write output: {kind: class}.";
  EXPECT_EQ(csv_error("id,p\na,0\nb,1\n"), at(words));
  EXPECT_EQ(csv_error("id,p\na,true\nb,false\n"), at(words));
  EXPECT_THAT(csv_scores("id,p\na,0\nb,1\nc,0.5\n"), ElementsAre(0, 1, 0.5));
  EXPECT_THAT(csv_scores("id,p\na,0.0\nb,1.0\n"), ElementsAre(0, 1));
  model_.output.kind = OutputKind::logit;
  EXPECT_EQ(csv_error("id,p\na,0\nb,1\n"), "read");
  model_.output.kind = OutputKind::probability;
  std::filesystem::remove(path("p.csv"));
  write_parquet("p.parquet", {{"id", array(arrow::int64(), "[1, 2]")}, {"p", array(arrow::int8(), "[0, 1]")}});
  EXPECT_EQ(error(), path("p.parquet") + words);
}

TEST_F(PredictionsFile, WholeNumbersThatWouldLoseDigitsAreRefused) {
  model_.output.kind = OutputKind::value;
  const auto read_one = [&](const std::string& number) {
    write_parquet("p.parquet",
                  {{"id", array(arrow::int64(), "[1, 2]")}, {"p", array(arrow::int64(), "[0, " + number + "]")}});
    return error();
  };
  EXPECT_EQ(read_one("-9007199254740991"), "read");
  const std::string words = path("p.parquet") + ", column p, row 2: the prediction is a whole number of 2^53 or more";
  EXPECT_THAT(read_one("9007199254740993"), testing::StartsWith(words)) << "it would read as 9007199254740992";
  EXPECT_THAT(read_one("-9007199254740992"), testing::StartsWith(words));
}

TEST_F(PredictionsFile, OfOnlyAHeaderHasZeroRows) {
  EXPECT_EQ(csv_error("id,p\n"), "The predictions file " + path("p.csv") + " has zero rows.");
  model_.output.kind = OutputKind::klass;
  EXPECT_EQ(csv_error("id,p\n"), "The predictions file " + path("p.csv") + " has zero rows.");
}

TEST_F(PredictionsFile, ColumnsOfOneNameAreNamedWhereNoneCanBeThePrediction) {
  EXPECT_THAT(csv_error("a,a\nx,y\n"), HasSubstr("has no column id"));
  EXPECT_THAT(csv_error("a,a,id\nx,y,z\n"), HasSubstr("no column that could be the prediction; its columns: a, a, id"));
  EXPECT_THAT(csv_error("a,a,id\n"), HasSubstr("zero rows"));
}

TEST_F(PredictionsFile, LogitsBecomeProbabilitiesAndOfTwoColumnsTheSecondStays) {
  model_.output.kind = OutputKind::logit;
  model_.output.positive_threshold = 0.3;
  write("p.csv", "id,p\na,0\nb,-1000\n");
  const auto recorded = read().value();
  EXPECT_THAT(std::get<std::vector<double>>(recorded.predictions.scores), ElementsAre(0.5, 0));
  EXPECT_EQ(recorded.predictions.kind, OutputKind::probability);
  EXPECT_EQ(recorded.predictions.positive_threshold, 0.3);
  EXPECT_THAT(csv_scores("id,prediction_0,prediction_1\na,1000,1000\nb,0,1\n"),
              ElementsAre(0.5, testing::DoubleNear(1.0 / (1.0 + std::exp(-1.0)), 1e-15)));
  model_.output.kind = OutputKind::probability;
  EXPECT_THAT(csv_scores("id,prediction_0,prediction_1\na,0.75,0.25\n"), ElementsAre(0.25));
}

TEST_F(PredictionsFile, MulticlassNeedsAColumnAClass) {
  task_ = Task::multiclass;
  classes_ = {"cat", "dog", "eel"};
  EXPECT_THAT(csv_scores("id,prediction_0,prediction_1,prediction_2\na,0.2,0.3,0.5\n"), ElementsAre(0.2, 0.3, 0.5));
  EXPECT_EQ(csv_error("id,prediction_0,prediction_1\na,0.2,0.8\n"),
            at(" has 2 prediction columns; this task and output kind need 3 (one a class)."));
}

TEST_F(PredictionsFile, ClassProbabilitiesSumToOneAsALiveModelsMust) {
  task_ = Task::multiclass;
  EXPECT_EQ(csv_error("id,prediction_0,prediction_1,prediction_2\na,0.2,0.3,0.5\nb,0.5,0.5,0.5\n"),
            at(", column prediction_0, row 2 (line 3): the 3 class probabilities of the row do not sum to 1. Declare "
               "output: {kind: logit} or {kind: score} if that is what they are."));
  EXPECT_EQ(csv_error("id,prediction_0,prediction_1\na,0.2,0.805\n"), "read") << "rounding is no flaw";
  model_.output.kind = OutputKind::score;
  EXPECT_EQ(csv_error("id,prediction_0,prediction_1\na,0.5,0.9\n"), "read");
  task_ = Task::binary;
  model_.output.kind = OutputKind::probability;
  EXPECT_THAT(csv_error("id,prediction_0,prediction_1\na,0.5,0.9\n"), HasSubstr("do not sum to 1"));
}

TEST_F(PredictionsFile, OfAMultilabelTaskHaveAColumnALabel) {
  task_ = Task::multilabel;
  EXPECT_THAT(csv_scores("id,prediction_0,prediction_1\nb,0.9,0.8\na,0.25,0.5\n"), ElementsAre(0.9, 0.8, 0.25, 0.5));
  EXPECT_EQ(read().value().predictions.width, 2U);
  const auto joined = join_predictions(read().value(), golden("id\na\nb\n"), "p.csv").value();
  EXPECT_THAT(std::get<std::vector<double>>(joined.scores), ElementsAre(0.25, 0.5, 0.9, 0.8));
  EXPECT_THAT(csv_error("id,prediction_0,prediction_1\na,0.5,1.5\n"),
              HasSubstr("column prediction_1, row 1 (line 2): the probability lies outside 0 to 1"));
  model_.output.kind = OutputKind::logit;
  EXPECT_THAT(csv_scores("id,prediction_0,prediction_1\na,0,-1000\n"), ElementsAre(0.5, 0)) << "a sigmoid a label";
  classes_ = {"cat", "dog", "eel"};
  EXPECT_EQ(csv_error("id,prediction_0,prediction_1\na,0,1\n"),
            at(" has 2 prediction columns; this task and output kind need 3 (one a label)."));
}

TEST_F(PredictionsFile, OfAMultilabelTaskMayBeZerosAndOnes) {
  task_ = Task::multilabel;
  model_.output.kind = OutputKind::klass;
  write("p.csv", "id,prediction_0,prediction_1\nb,1,0\na,0,1\n");
  const auto joined = join_predictions(read().value(), golden("id\na\nb\n"), "p.csv").value();
  EXPECT_THAT(joined.classes, ElementsAre(0, 1, 1, 0));
  EXPECT_EQ(joined.width, 2U);
  EXPECT_THAT(csv_error("id,prediction_0,prediction_1\na,0,2\n"),
              HasSubstr("column prediction_1, row 1 (line 2): the prediction is no class index or name of this task"));
  IdValues ids;
  ids.integers = {1, 2};
  std::filesystem::remove(path("p.csv"));
  ASSERT_TRUE(write_predictions(path("p.parquet"), "id", ids, joined, {}).has_value());
  EXPECT_THAT(read().value().predictions.classes, ElementsAre(0, 1, 1, 0));
}

TEST_F(PredictionsFile, ClassesAreIndexesOrNames) {
  model_.output.kind = OutputKind::klass;
  write("p.csv", "id,p\na,0\nb,1\n");
  EXPECT_THAT(read().value().predictions.classes, ElementsAre(0, 1));
  EXPECT_EQ(csv_error("id,p\na,2\n"),
            at(", column p, row 1 (line 2): the prediction is no class index or name of this task."));
  dataset_.label.positive = "fraud";
  write("p.csv", "id,p\na,ok\nb,fraud\n");
  EXPECT_THAT(read().value().predictions.classes, ElementsAre(0, 1));
  task_ = Task::multiclass;
  classes_ = {"cat", "dog", "eel"};
  write("p.csv", "id,p\na,eel\nb,cat\n");
  EXPECT_THAT(read().value().predictions.classes, ElementsAre(2, 0));
  EXPECT_EQ(csv_error("id,p\na,cow\n"),
            at(", column p, row 1 (line 2): the prediction is none of the declared classes (cat, dog, eel)."));
}

TEST_F(PredictionsFile, JoiningReordersToTheGoldenRows) {
  write("p.csv", "id,p\nc,0.3\na,0.1\nb,0.2\n");
  const auto joined = join_predictions(read().value(), golden("id\na\nb\nc\n"), "p.csv").value();
  EXPECT_THAT(std::get<std::vector<double>>(joined.scores), ElementsAre(0.1, 0.2, 0.3));
  const auto same = join_predictions(read().value(), golden("id\nc\na\nb\n"), "p.csv").value();
  EXPECT_THAT(std::get<std::vector<double>>(same.scores), ElementsAre(0.3, 0.1, 0.2));
}

TEST_F(PredictionsFile, JoiningByRowNumberAndOfSeveralColumnsKeepsRowsTogether) {
  dataset_.id = "";
  task_ = Task::multiclass;
  write("p.csv", "row,prediction_0,prediction_1\n1,0.1,0.9\n0,0.8,0.2\n");
  RowColumns rows;
  rows.rows = 2;
  const auto joined = join_predictions(read().value(), rows, "p.csv").value();
  EXPECT_THAT(std::get<std::vector<double>>(joined.scores), ElementsAre(0.8, 0.2, 0.1, 0.9));
  EXPECT_EQ(joined.width, 2U);
}

TEST_F(PredictionsFile, IdsOnOneSideOnlyAreCountedAndTheFirstIsNamed) {
  write("p.csv", "id,p\na,0.1\nx,0.2\ny,0.3\n");
  const auto error = join_predictions(read().value(), golden("id\na\nb\n"), "p.csv").error().message;
  EXPECT_EQ(error,
            "p.csv: 1 of 2 golden rows have no prediction (the first is golden row 2), and 2 predictions belong to no "
            "golden row. Record predictions for exactly the golden rows.");
  EXPECT_EQ(join_predictions(read().value(), golden("id\na\nx\n"), "p.csv").error().message,
            "p.csv: 1 predictions belong to no golden row. Record predictions for exactly the golden rows.");
}

TEST_F(PredictionsFile, WhatWasWrittenIsReadBackWithItsOriginAndPrecision) {
  Predictions predictions;
  predictions.present = true;
  predictions.scores = std::vector<float>{0.1F, 0.9F};
  IdValues ids;
  ids.is_text = true;
  ids.text = "007b";
  ids.text_end = {3, 4};
  const PredictionsOrigin origin{"m1", "d1", "0.1.0", 0, 0};
  ASSERT_TRUE(write_predictions(path("p.parquet"), "id", ids, predictions, origin).has_value());
  model_.output.kind = OutputKind::logit;  // the file holds what logits became: not to be squashed again
  const auto recorded = read().value();
  EXPECT_THAT(std::get<std::vector<float>>(recorded.predictions.scores), ElementsAre(0.1F, 0.9F));
  EXPECT_EQ(recorded.origins[0].model_sha256, "m1");
  EXPECT_EQ(recorded.origins[0].dataset_sha256, "d1");
  EXPECT_EQ(recorded.origins[0].tool_version, "0.1.0");
  EXPECT_EQ(recorded.origins[0].shards, 0U);
  EXPECT_THAT(golden("id\n007\nb\n").id_hash, testing::ElementsAreArray(recorded.id_hash));
  model_.output.kind = OutputKind::score;
  EXPECT_THAT(error(), HasSubstr("was recorded with another output kind than the gate file's"));
}

TEST_F(PredictionsFile, WritingKeepsDoublesClassesRowNumbersAndEveryColumn) {
  dataset_.id = "";
  task_ = Task::multiclass;
  Predictions predictions;
  predictions.present = true;
  predictions.width = 2;
  predictions.scores = std::vector<double>{0.1, 0.9, 0.25, 0.75};
  IdValues ids;
  ids.integers = {0, 1};
  ASSERT_TRUE(write_predictions(path("p.parquet"), "", ids, predictions, {}).has_value());
  EXPECT_THAT(std::get<std::vector<double>>(read().value().predictions.scores), ElementsAre(0.1, 0.9, 0.25, 0.75));
  predictions.kind = OutputKind::klass;
  predictions.width = 1;
  predictions.classes = {3, 1};
  ASSERT_TRUE(write_predictions(path("p.parquet"), "", ids, predictions, {}).has_value());
  model_.output.kind = OutputKind::klass;
  EXPECT_THAT(read().value().predictions.classes, ElementsAre(3, 1));
}

TEST_F(PredictionsFile, ShardsMustEachBeThereOnce) {
  dataset_.id = "";
  model_.path = path("s*.parquet");
  Predictions predictions;
  predictions.present = true;
  predictions.scores = std::vector<float>{0.5F};
  const auto shard = [&](const std::string& name, std::int64_t row, std::size_t number,
                         const std::string& digest = "m") {
    IdValues ids;
    ids.integers = {row};
    ASSERT_TRUE(write_predictions(path(name), "", ids, predictions, {digest, "d", "0.1.0", number, 4}).has_value());
  };
  shard("s1.parquet", 0, 1);
  shard("s2.parquet", 1, 2);
  shard("s4.parquet", 2, 2);
  EXPECT_EQ(error(),
            "Of the 4 shards beside " + path("s1.parquet") +
                " not each is there exactly once (missing: 3, 4; more than once: 2). Run predict for the missing ones, "
                "and take repeated ones away.");
  shard("s3.parquet", 3, 3);
  shard("s4.parquet", 2, 4);
  const auto whole = read().value();
  EXPECT_THAT(whole.id_hash, ElementsAre(0, 1, 3, 2));
  EXPECT_EQ(whole.origins[3].shard, 4U);
  shard("s4.parquet", 2, 4, "other model");
  EXPECT_THAT(error(), HasSubstr("was recorded with another model or dataset than"));
}

TEST_F(PredictionsFile, ANumberOfShardsIsAClaimThatCostsNothing) {
  dataset_.id = "";
  Predictions predictions;
  predictions.present = true;
  predictions.scores = std::vector<float>{0.5F};
  IdValues ids;
  ids.integers = {0};
  const std::size_t most = std::numeric_limits<std::size_t>::max();
  ASSERT_TRUE(write_predictions(path("p.parquet"), "", ids, predictions, {"m", "d", "0.1.0", 1, most}).has_value());
  model_.path = path("p.parquet");
  EXPECT_THAT(error(), HasSubstr("(missing: 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, … "
                                 "(18446744073709551614 in all))"));
}

TEST_F(PredictionsFile, AFailedWriteLeavesNothingBehind) {
  Predictions predictions;
  predictions.present = true;
  predictions.scores = std::vector<float>{0.5F};
  IdValues ids;
  ids.integers = {0};
  const auto failed = write_predictions(path("absent/p.parquet"), "", ids, predictions, {});
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().kind, ErrorKind::report);
  EXPECT_THAT(failed.error().message,
              testing::StartsWith("The predictions file " + path("absent/p.parquet") + " cannot be written: "));
  std::filesystem::create_directories(path("folder.parquet"));
  EXPECT_FALSE(write_predictions(path("folder.parquet"), "", ids, predictions, {}).has_value());
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1) << "no temporary file stays";
}

}  // namespace
}  // namespace modelgate
