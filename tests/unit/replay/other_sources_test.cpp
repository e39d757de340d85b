// SPDX-License-Identifier: Apache-2.0
#include "gate/replay/other_sources.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace modelgate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Predictions class_scores(std::vector<float> scores, std::size_t width) {
  Predictions predictions;
  predictions.present = true;
  predictions.width = width;
  predictions.scores = std::move(scores);
  return predictions;
}

ScoreTable table_with(std::vector<std::string> class_names) {
  ScoreTable table;
  table.task = Task::multiclass;
  table.rows.class_names = std::move(class_names);
  return table;
}

Plan multiclass(std::vector<std::string> candidate, std::vector<std::string> production) {
  Plan plan;
  plan.task = Task::multiclass;
  plan.models[0].output.classes = std::move(candidate);
  plan.models[1].output.classes = std::move(production);
  return plan;
}

TEST(AlignClasses, ReordersAModelThatNamesTheSameClassesInAnotherOrder) {
  ScoreTable table = table_with({"cat", "dog", "owl"});
  table.models[0] = class_scores({0.1F, 0.2F, 0.7F}, 3);
  table.models[1] = class_scores({0.7F, 0.1F, 0.2F, 0.5F, 0.3F, 0.2F}, 3);
  align_classes(multiclass({"cat", "dog", "owl"}, {"owl", "cat", "dog"}), table);
  EXPECT_THAT(std::get<std::vector<float>>(table.models[0].scores), ElementsAre(0.1F, 0.2F, 0.7F));
  EXPECT_THAT(std::get<std::vector<float>>(table.models[1].scores), ElementsAre(0.1F, 0.2F, 0.7F, 0.3F, 0.2F, 0.5F));
}

TEST(AlignClasses, ReordersClassIndices) {
  ScoreTable table = table_with({"cat", "dog", "owl"});
  table.models[0].present = true;
  table.models[0].kind = OutputKind::klass;
  table.models[0].classes = {0, 1, 2};
  align_classes(multiclass({"owl", "cat", "dog"}, {}), table);
  EXPECT_THAT(table.models[0].classes, ElementsAre(2, 0, 1));
}

TEST(AlignClasses, RefusesOtherClassesAndMissingColumns) {
  ScoreTable table = table_with({"cat", "dog", "owl"});
  table.models[0] = class_scores({0.1F, 0.9F}, 2);
  table.models[1] = class_scores({0.1F, 0.2F, 0.7F}, 3);
  align_classes(multiclass({}, {"cat", "dog", "bat"}), table);
  EXPECT_THAT(table.models[0].error->message, HasSubstr("scores 2 classes, but there are 3"));
  EXPECT_THAT(table.models[1].error->message, HasSubstr("names other classes"));
}

TEST(AlignClasses, ReordersTheLabelsOfAMultilabelModel) {
  ScoreTable table = table_with({"cat", "dog", "owl"});
  table.task = Task::multilabel;
  table.models[0].present = true;
  table.models[0].kind = OutputKind::klass;
  table.models[0].width = 3;
  table.models[0].classes = {1, 0, 0, 0, 1, 1};
  table.models[1] = class_scores({0.1F, 0.9F}, 2);
  Plan plan = multiclass({"owl", "cat", "dog"}, {});
  plan.task = Task::multilabel;
  align_classes(plan, table);
  EXPECT_THAT(table.models[0].classes, ElementsAre(0, 0, 1, 1, 1, 0));
  EXPECT_EQ(table.models[1].error->message,
            "production: the model scores 2 labels, but the golden rows have 3 (cat, dog, owl).");
}

TEST(AlignClasses, CompletesNumberedLabelsThatLackTheLastClasses) {
  ScoreTable table = table_with({"0", "1"});
  table.models[0] = class_scores({0.1F, 0.2F, 0.7F}, 3);
  align_classes(multiclass({}, {}), table);
  EXPECT_THAT(table.rows.class_names, ElementsAre("0", "1", "2"));
  EXPECT_TRUE(table.models[0].usable());
}

TEST(FromDataset, ReadsColumnsByTheSameRulesAsAModel) {
  Plan plan;
  plan.models[0].columns = {"score"};
  const auto sound = from_dataset(plan, Role::candidate, std::vector<float>{0.2F, 0.8F}, 2).predictions;
  ASSERT_TRUE(sound.usable());
  EXPECT_THAT(std::get<std::vector<float>>(sound.scores), ElementsAre(0.2F, 0.8F));
  const auto refused = from_dataset(plan, Role::candidate, std::vector<double>{0.2, 1.8}, 2).predictions;
  EXPECT_EQ(refused.error->message,
            "candidate: golden row 2, column score: the probability lies outside 0 to 1. Declare output: {kind: logit} "
            "or {kind: score} if that is what it is.");
}

TEST(FromDataset, TakesWholeNumbersAsProbabilitiesWhereTheyAreZeroAndOne) {
  Plan plan;
  plan.models[0].columns = {"flag"};
  EXPECT_TRUE(from_dataset(plan, Role::candidate, std::vector<double>{0, 1, 1}, 3).predictions.usable());
  const auto refused = from_dataset(plan, Role::candidate, std::vector<double>{0, 1, 2}, 3).predictions;
  EXPECT_THAT(refused.error->message, HasSubstr("golden row 3, column flag: the probability lies outside 0 to 1"));
}

TEST(FromDataset, HoldsColumnsToTheTask) {
  Plan plan;
  plan.task = Task::multiclass;
  plan.models[0].columns = {"p*"};
  const auto uneven = from_dataset(plan, Role::candidate, std::vector<double>{0.5, 0.5, 0.5, 0.9}, 2).predictions;
  EXPECT_THAT(uneven.error->message, HasSubstr("candidate: golden row 2: the 2 class probabilities of the row do not"));
  const auto narrow = from_dataset(plan, Role::candidate, std::vector<double>{0.5, 0.5}, 2).predictions;
  EXPECT_THAT(narrow.error->message, HasSubstr("candidate: the dataset has 1 prediction columns"));
  EXPECT_EQ(narrow.error->reason, Reason::wrong_shape);
  plan.task = Task::multilabel;
  plan.models[0].output.kind = OutputKind::logit;
  const auto labels = from_dataset(plan, Role::candidate, std::vector<double>{0, -1000, 1000, 0}, 2).predictions;
  ASSERT_TRUE(labels.usable());
  EXPECT_EQ(labels.width, 2U);
  EXPECT_THAT(std::get<std::vector<double>>(labels.scores), ElementsAre(0.5, 0, 1, 0.5));
}

TEST(JoinRecorded, RefusesPredictionsMadeFromOtherGoldenData) {
  RecordedPredictions recorded;
  recorded.origins = {{"model", "other data", "0.1.0", 0, 0}};
  const auto joined = join_recorded(std::move(recorded), {}, {}, "this data", "preds.parquet");
  ASSERT_TRUE(joined.predictions.error.has_value());
  EXPECT_EQ(joined.predictions.error->reason, Reason::digest_mismatch);
  EXPECT_THAT(joined.predictions.error->message, HasSubstr("record them again with modelgate predict"));
}

TEST(UnprovenWarning, IsForPredictionsThatWereReadOnly) {
  ModelRecord record;
  record.origin = "recorded predictions, origin unproven";
  Predictions predictions;
  predictions.present = true;
  EXPECT_THAT(unproven_warning(Role::candidate, predictions, record).value_or(""),
              HasSubstr("The candidate's recorded"));
  predictions.error = Error{ErrorKind::data, Reason::data_invalid, "gone"};
  EXPECT_FALSE(unproven_warning(Role::candidate, predictions, record).has_value());
  predictions.error.reset();
  record.origin = "recorded predictions";
  EXPECT_FALSE(unproven_warning(Role::candidate, predictions, record).has_value());
}

TEST(ReadRecorded, ThatFailsSaysNothingOfTheOrigin) {
  Plan plan;
  plan.models[0].path = plan.models[0].written = "absent.parquet";
  ModelRecord record;
  record.origin = "recorded predictions";
  EXPECT_FALSE(read_recorded(plan, Role::candidate, record).has_value());
  EXPECT_EQ(record.origin, "recorded predictions");
}

}  // namespace
}  // namespace modelgate
