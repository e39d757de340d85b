// SPDX-License-Identifier: Apache-2.0
#include "gate/model/interpret.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "gate/model/input_buffers.hpp"

namespace modelgate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

template <class T>
OutputBlock block_of(OutputBlock::Type type, std::size_t columns, const std::vector<T>& values) {
  OutputBlock block{type, values.size() / columns, columns, std::vector<std::byte>(values.size() * sizeof(T))};
  std::memcpy(block.bytes.data(), values.data(), block.bytes.size());
  return block;
}

OutputBlock floats(std::size_t columns, const std::vector<float>& values) {
  return block_of(OutputBlock::Type::float32, columns, values);
}

OutputRule rule_of(Task task, OutputKind kind, std::size_t classes = 0) {
  OutputRule rule;
  rule.task = task;
  rule.output.kind = kind;
  rule.classes = classes;
  return rule;
}

Error error_of(const OutputBlock& block, const OutputRule& rule) {
  Predictions into;
  const auto read = append_outputs(block, rule, "candidate", into);
  EXPECT_FALSE(read.has_value());
  return read ? Error{} : read.error();
}

const std::vector<float>& scores_of(const Predictions& predictions) {
  return std::get<std::vector<float>>(predictions.scores);
}

TEST(Outputs, ThatAreWholeNumbersOfMoreDigitsThanTheGateHoldsAreRefused) {
  const OutputRule rule = rule_of(Task::regression, OutputKind::value);
  Predictions into;
  const auto whole = [](std::int64_t value) { return block_of<std::int64_t>(OutputBlock::Type::int64, 1, {0, value}); };
  EXPECT_TRUE(append_outputs(whole(-9007199254740991), rule, "candidate", into).has_value());
  EXPECT_THAT(error_of(whole(9007199254740993), rule).message,
              HasSubstr("candidate: the model gives whole numbers of 2^53 or more"));
  EXPECT_EQ(error_of(whole(-9007199254740992), rule).reason, Reason::data_invalid);
}

TEST(Outputs, OfABinaryModelAreOneProbabilityARow) {
  const OutputRule rule = rule_of(Task::binary, OutputKind::probability);
  Predictions into;
  ASSERT_TRUE(append_outputs(floats(1, {0.25F, 1.0F}), rule, "candidate", into).has_value());
  ASSERT_TRUE(append_outputs(floats(1, {0.0F}), rule, "candidate", into).has_value());
  EXPECT_TRUE(into.usable());
  EXPECT_EQ(rows_of(into), 3U);
  EXPECT_THAT(scores_of(into), ElementsAre(0.25F, 1.0F, 0.0F));
  Predictions pairs;
  ASSERT_TRUE(append_outputs(floats(2, {0.75F, 0.25F, 0.1F, 0.9F}), rule, "candidate", pairs).has_value());
  EXPECT_THAT(scores_of(pairs), ElementsAre(0.25F, 0.9F));
}

TEST(Outputs, OfLogitsBecomeProbabilities) {
  const OutputRule rule = rule_of(Task::binary, OutputKind::logit);
  Predictions into;
  ASSERT_TRUE(append_outputs(floats(1, {0.0F, 2.0F, -800.0F, 800.0F}), rule, "candidate", into).has_value());
  EXPECT_EQ(into.kind, OutputKind::probability);
  EXPECT_THAT(scores_of(into), ElementsAre(0.5F, static_cast<float>(1 / (1 + std::exp(-2.0))), 0.0F, 1.0F));
  Predictions pairs;
  ASSERT_TRUE(append_outputs(floats(2, {1.0F, 3.0F}), rule, "candidate", pairs).has_value());
  EXPECT_FLOAT_EQ(scores_of(pairs)[0], static_cast<float>(1 / (1 + std::exp(-2.0))));
  Predictions three;
  ASSERT_TRUE(append_outputs(floats(3, {0.0F, std::log(2.0F), std::log(5.0F)}),
                             rule_of(Task::multiclass, OutputKind::logit, 3), "candidate", three)
                  .has_value());
  EXPECT_EQ(three.width, 3U);
  EXPECT_NEAR(scores_of(three)[2], 0.625, 1e-6);
}

TEST(Outputs, KeepTheModelsPrecisionAndThreshold) {
  OutputRule rule = rule_of(Task::binary, OutputKind::probability);
  rule.output.positive_threshold = 0.3;
  Predictions into;
  ASSERT_TRUE(
      append_outputs(block_of<double>(OutputBlock::Type::float64, 1, {0.1}), rule, "candidate", into).has_value());
  EXPECT_EQ(std::get<std::vector<double>>(into.scores)[0], 0.1);
  EXPECT_EQ(into.positive_threshold, 0.3);
}

TEST(Outputs, OfClassesMustBeClasses) {
  const OutputRule binary = rule_of(Task::binary, OutputKind::klass);
  Predictions into;
  ASSERT_TRUE(append_outputs(block_of<std::int64_t>(OutputBlock::Type::int64, 1, {0, 1, 1}), binary, "candidate", into)
                  .has_value());
  ASSERT_TRUE(append_outputs(block_of<std::uint8_t>(OutputBlock::Type::boolean, 1, {1}), binary, "candidate", into)
                  .has_value());
  EXPECT_THAT(into.classes, ElementsAre(0, 1, 1, 1));
  EXPECT_THAT(error_of(block_of<std::int64_t>(OutputBlock::Type::int64, 1, {0, 2}), binary).message,
              HasSubstr("row 2 is 2, no class index from 0 to 1"));
  EXPECT_THAT(error_of(floats(1, {0.5F}), binary).message, HasSubstr("no class index"));
  EXPECT_EQ(
      error_of(block_of<std::int64_t>(OutputBlock::Type::int64, 1, {-1}), rule_of(Task::multiclass, OutputKind::klass))
          .reason,
      Reason::data_invalid);
}

TEST(Outputs, ThatAreNotFiniteAreCountedAndTheFirstNamed) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  const OutputRule rule = rule_of(Task::regression, OutputKind::value);
  Predictions into;
  ASSERT_TRUE(append_outputs(floats(1, {1.0F, 2.0F}), rule, "candidate", into).has_value());
  const auto read = append_outputs(floats(1, {1.0F, nan, -infinity}), rule, "candidate", into);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().reason, Reason::non_finite);
  EXPECT_THAT(
      read.error().message,
      HasSubstr("candidate: at least 2 predictions are NaN or infinite (2 of the 3 read in the rows from 3 on), "
                "the first in row 4"));
  EXPECT_EQ(error_of(floats(1, {infinity}), rule_of(Task::binary, OutputKind::logit)).reason, Reason::non_finite);
  EXPECT_EQ(error_of(floats(2, {nan, 0.5F}), rule_of(Task::binary, OutputKind::probability)).reason,
            Reason::non_finite);  // the column not kept
}

TEST(Outputs, ThatAreNoProbabilitiesAreRefused) {
  const OutputRule rule = rule_of(Task::binary, OutputKind::probability);
  EXPECT_THAT(error_of(floats(1, {0.5F, 1.5F}), rule).message,
              HasSubstr("the prediction of row 2 is 1.5, no probability"));
  EXPECT_THAT(error_of(floats(1, {-0.001F}), rule).message, HasSubstr("no probability"));
  EXPECT_THAT(error_of(floats(3, {0.5F, 0.5F, 0.5F}), rule_of(Task::multiclass, OutputKind::probability)).message,
              HasSubstr("of row 1 sum to 1.5"));
}

TEST(Outputs, OfAShapeTheTaskCannotUseAreRefused) {
  EXPECT_EQ(error_of(floats(3, {0, 0, 1}), rule_of(Task::binary, OutputKind::probability)).reason, Reason::wrong_shape);
  EXPECT_EQ(error_of(floats(2, {0, 1}), rule_of(Task::multiclass, OutputKind::probability, 3)).reason,
            Reason::wrong_shape);
  EXPECT_EQ(error_of(floats(1, {0}), rule_of(Task::multiclass, OutputKind::probability)).reason, Reason::wrong_shape);
  EXPECT_EQ(error_of(floats(2, {0, 1}), rule_of(Task::regression, OutputKind::value)).reason, Reason::wrong_shape);
  EXPECT_EQ(error_of(floats(2, {0, 1}), rule_of(Task::multiclass, OutputKind::klass)).reason, Reason::wrong_shape);
  EXPECT_THAT(
      error_of(block_of<std::int64_t>(OutputBlock::Type::int64, 1, {1}), rule_of(Task::binary, OutputKind::probability))
          .message,
      HasSubstr("kind: class"));
  Predictions into;
  const OutputRule rule = rule_of(Task::multiclass, OutputKind::score);
  ASSERT_TRUE(append_outputs(floats(3, {1, 2, 3}), rule, "candidate", into).has_value());
  EXPECT_EQ(append_outputs(floats(4, {1, 2, 3, 4}), rule, "candidate", into).error().reason, Reason::wrong_shape);
}

TEST(Outputs, OfAMultilabelModelAreOneProbabilityALabel) {
  Predictions into;
  const OutputRule rule = rule_of(Task::multilabel, OutputKind::probability, 3);
  ASSERT_TRUE(append_outputs(floats(3, {0.9F, 0.8F, 0.7F}), rule, "candidate", into).has_value());
  ASSERT_TRUE(append_outputs(floats(3, {0, 0, 0}), rule, "candidate", into).has_value());
  EXPECT_THAT(scores_of(into), ElementsAre(0.9F, 0.8F, 0.7F, 0, 0, 0)) << "labels need not sum to 1";
  EXPECT_EQ(into.width, 3U);
  EXPECT_EQ(rows_of(into), 2U);
  EXPECT_EQ(error_of(floats(2, {0, 0}), rule).message,
            "candidate: the model's output has 2 columns; task multilabel wants 3 labels.");
  EXPECT_THAT(error_of(floats(3, {0, 2, 0}), rule).message, HasSubstr("the prediction of row 1 is 2, no probability"));
  Predictions logits;
  ASSERT_TRUE(
      append_outputs(floats(2, {0.0F, -800.0F}), rule_of(Task::multilabel, OutputKind::logit), "candidate", logits)
          .has_value());
  EXPECT_THAT(scores_of(logits), ElementsAre(0.5F, 0.0F)) << "a sigmoid a label, no softmax";
}

TEST(Outputs, OfAMultilabelModelMayBeZerosAndOnes) {
  const OutputRule rule = rule_of(Task::multilabel, OutputKind::klass);
  Predictions into;
  ASSERT_TRUE(append_outputs(block_of<std::int64_t>(OutputBlock::Type::int64, 2, {0, 1, 1, 0}), rule, "candidate", into)
                  .has_value());
  EXPECT_THAT(into.classes, ElementsAre(0, 1, 1, 0));
  EXPECT_EQ(into.width, 2U);
  EXPECT_EQ(rows_of(into), 2U);
  EXPECT_EQ(
      append_outputs(block_of<std::int64_t>(OutputBlock::Type::int64, 1, {1}), rule, "candidate", into).error().reason,
      Reason::wrong_shape);
  EXPECT_THAT(error_of(block_of<std::int64_t>(OutputBlock::Type::int64, 2, {0, 1, 2, 0}), rule).message,
              HasSubstr("the prediction of row 2 is 2, no class index from 0 to 1"));
}

TEST(Outputs, OfARankerAreOneScoreARow) {
  Predictions into;
  const OutputRule rule = rule_of(Task::ranking, OutputKind::score);
  ASSERT_TRUE(append_outputs(floats(1, {3.5F, -2.0F}), rule, "candidate", into).has_value());
  EXPECT_THAT(scores_of(into), ElementsAre(3.5F, -2.0F));
  EXPECT_EQ(error_of(floats(2, {0, 0}), rule).reason, Reason::wrong_shape);
}

TEST(Outputs, OfIntegersServeAsValues) {
  Predictions into;
  ASSERT_TRUE(append_outputs(block_of<std::int64_t>(OutputBlock::Type::int64, 1, {-3}),
                             rule_of(Task::regression, OutputKind::value), "candidate", into)
                  .has_value());
  EXPECT_EQ(std::get<std::vector<double>>(into.scores)[0], -3.0);
}

TEST(AutoChunk, IsTheSmallerOf4096RowsAnd32MiB) {
  const auto layout = [](std::size_t row_bytes) {
    return std::vector<std::vector<InputLayout>>{{{DType::float32, {}, row_bytes, 0}}};
  };
  EXPECT_EQ(auto_chunk_rows(layout(128)), 4096U);
  EXPECT_EQ(auto_chunk_rows(layout(std::size_t{1} << 20)), 32U);
  EXPECT_EQ(auto_chunk_rows(layout(std::size_t{1} << 30)), 1U);
  EXPECT_EQ(auto_chunk_rows({}), 4096U);
}

}  // namespace
}  // namespace modelgate
