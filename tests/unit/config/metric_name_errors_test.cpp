// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/config/gate_fixture.hpp"

namespace modelgate::test {
namespace {

std::string metric_error(const std::string& task, const std::string& metric) {
  const std::string label = task == "ranking" ? "label: y\n  query: q" : "label: y";
  return sentences_of(
      short_gate({{"binary", task}, {"label: y", label}, {"metric: recall", "metric: \"" + metric + "\""}}));
}

TEST(MetricNameErrors, without_its_ranks) {
  EXPECT_EQ(metric_error("multiclass", "top_k_accuracy"),
            R"(modelgate.yaml:13: error: top_k_accuracy lacks its number of ranks; such as top_k_accuracy@5)");
}

TEST(MetricNameErrors, without_its_share) {
  EXPECT_EQ(metric_error("binary", "recall_at_fpr"),
            R"(modelgate.yaml:13: error: recall_at_fpr lacks its share; such as recall_at_fpr@0.01)");
}

TEST(MetricNameErrors, with_a_parameter_too_many) {
  EXPECT_EQ(metric_error("binary", "accuracy@5"),
            R"(modelgate.yaml:13: error: accuracy takes nothing behind an @; write accuracy)");
}

TEST(MetricNameErrors, of_zero_ranks) {
  EXPECT_EQ(metric_error("ranking", "ndcg@0"),
            R"(modelgate.yaml:14: error: behind the @ of ndcg stands a whole number of ranks from 1; such as ndcg@10)");
}

TEST(MetricNameErrors, of_half_a_rank) {
  EXPECT_EQ(metric_error("ranking", "ndcg@2.5"),
            R"(modelgate.yaml:14: error: behind the @ of ndcg stands a whole number of ranks from 1; such as ndcg@10)");
}

TEST(MetricNameErrors, of_no_ranks) {
  EXPECT_EQ(metric_error("ranking", "ndcg@"),
            R"(modelgate.yaml:14: error: behind the @ of ndcg stands a whole number of ranks from 1; such as ndcg@10)");
}

TEST(MetricNameErrors, of_ranks_that_are_no_number) {
  EXPECT_EQ(metric_error("ranking", "ndcg@nan"),
            R"(modelgate.yaml:14: error: behind the @ of ndcg stands a whole number of ranks from 1; such as ndcg@10)");
}

TEST(MetricNameErrors, of_two_parameters) {
  EXPECT_EQ(metric_error("ranking", "ndcg@5@10"),
            R"(modelgate.yaml:14: error: behind the @ of ndcg stands a whole number of ranks from 1; such as ndcg@10)");
}

TEST(MetricNameErrors, of_the_whole) {
  EXPECT_EQ(
      metric_error("binary", "recall_at_fpr@1"),
      R"(modelgate.yaml:13: error: behind the @ of recall_at_fpr stands a share between 0 and 1; such as recall_at_fpr@0.01)");
}

TEST(MetricNameErrors, of_nothing) {
  EXPECT_EQ(
      metric_error("binary", "recall_at_fpr@0.0"),
      R"(modelgate.yaml:13: error: behind the @ of recall_at_fpr stands a share between 0 and 1; such as recall_at_fpr@0.01)");
}

TEST(MetricNameErrors, in_percent) {
  EXPECT_EQ(
      metric_error("binary", "recall_at_fpr@1%"),
      R"(modelgate.yaml:13: error: behind the @ of recall_at_fpr stands a share between 0 and 1; such as recall_at_fpr@0.01)");
}

TEST(MetricNameErrors, with_an_exponent) {
  EXPECT_EQ(
      metric_error("binary", "recall_at_fpr@1e-2"),
      R"(modelgate.yaml:13: error: behind the @ of recall_at_fpr stands a share between 0 and 1; such as recall_at_fpr@0.01)");
}

TEST(MetricNameErrors, misspelled_keeps_its_parameter) {
  EXPECT_EQ(metric_error("ranking", "ndgc@10"),
            R"(modelgate.yaml:14: error: accuracy has no metric "ndgc@10"; did you mean "ndcg@10"?)");
}

TEST(MetricNameErrors, of_another_task) {
  EXPECT_EQ(
      metric_error("binary", "ndcg@10"),
      R"(modelgate.yaml:13: error: ndcg is not defined for task binary; choices: roc_auc, accuracy, recall, specificity, log_loss, expected_cost or recall_at_fpr@0.01)");
}

TEST(MetricNameErrors, spelled_twice_is_one_check) {
  EXPECT_EQ(
      sentences_of(
          gate_with_check("{metric: recall_at_fpr@0.01, min: 0.5}\n    - {metric: recall_at_fpr@0.010, min: 0.5}")),
      R"(modelgate.yaml:14: error: two checks have the id "accuracy.recall_at_fpr@0.01.min" (lines 13 and 14); give one of them an id of its own: id: NAME)");
}

}  // namespace
}  // namespace modelgate::test
