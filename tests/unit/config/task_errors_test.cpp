// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/config/gate_fixture.hpp"

namespace modelgate::test {
namespace {

std::string dataset_error(const std::string& lines, const std::string& metric = "accuracy") {
  return sentences_of(short_gate({{"  label: y", "  label: y\n  " + lines}, {"metric: recall", "metric: " + metric}}));
}

std::string task_error(const std::string& task, const std::string& label, const std::string& metric,
                       const std::string& lines = {}) {
  return sentences_of(short_gate({{"binary", task},
                                  {"label: y", label},
                                  {"metric: recall", "metric: " + metric},
                                  {"checks:", lines + "checks:"}}));
}

std::string bias_error(const std::string& check) { return sentences_of(gate_with_check(check, "bias")); }

TEST(TaskErrors, query_of_a_binary_task) {
  EXPECT_EQ(
      dataset_error("query: q"),
      R"(modelgate.yaml:10: error: "query" is for ranking; this task is binary; remove it; rows of one unit are judged together with cluster)");
}

TEST(TaskErrors, query_missing) {
  EXPECT_EQ(task_error("ranking", "label: y", "ndcg@10"),
            R"(modelgate.yaml:7: error: "query" is missing: rows are ranked within their query; write query: COLUMN)");
}

TEST(TaskErrors, query_as_a_list) {
  EXPECT_EQ(task_error("ranking", "label: y\n  query: [a]", "ndcg@10"),
            R"(modelgate.yaml:10: error: "query" needs a text)");
}

TEST(TaskErrors, cluster_that_a_metric_does_not_honour) {
  EXPECT_EQ(
      dataset_error("cluster: customer", "recall"),
      R"(modelgate.yaml:14: error: recall does not honour dataset.cluster (line 10) in this version; remove the cluster or this check)");
}

TEST(TaskErrors, cluster_of_unique_rows) {
  EXPECT_EQ(
      dataset_error("cluster: key\n  id: key"),
      R"(modelgate.yaml:10: error: "cluster" and "id" are the same column; an id is unique, so no rows would be judged together; remove cluster)");
}

TEST(TaskErrors, cluster_of_a_fixed_population) {
  EXPECT_EQ(
      dataset_error("cluster: customer\n  population: fixed"),
      R"(modelgate.yaml:10: error: "cluster" means nothing with population: fixed; rows that are all that is meant carry no sampling error; remove one of them)");
}

TEST(TaskErrors, cluster_as_a_map) {
  EXPECT_EQ(dataset_error("cluster: {column: c}"), R"(modelgate.yaml:10: error: "cluster" needs a text)");
}

TEST(TaskErrors, cluster_twice) {
  EXPECT_EQ(dataset_error("cluster: a\n  cluster: b"),
            R"(modelgate.yaml:11: error: duplicate key "cluster"; it stands on line 10 already; remove one of them)");
}

TEST(TaskErrors, weight_without_a_column) {
  EXPECT_EQ(dataset_error("weight: {kind: sampling}"),
            R"(modelgate.yaml:10: error: "column" is missing; Column of the weights.)");
}

TEST(TaskErrors, weight_of_an_unknown_kind) {
  EXPECT_EQ(dataset_error("weight: {column: w, kind: exposures}"),
            R"(modelgate.yaml:10: error: "kind" cannot be "exposures"; did you mean "exposure"?)");
}

TEST(TaskErrors, exposure_of_a_metric_without_a_denominator) {
  EXPECT_EQ(
      dataset_error("weight: {column: w, kind: exposure}"),
      R"(modelgate.yaml:14: error: accuracy has no denominator that an exposure could be (dataset.weight, line 10); write kind: sampling or frequency, or remove this check)");
}

TEST(TaskErrors, label_of_a_multilabel_task_as_one_column) {
  EXPECT_EQ(
      task_error("multilabel", "label: y", "f1_micro"),
      R"(modelgate.yaml:9: error: a multilabel task names its label columns in a list; write label: {columns: [y]})");
}

TEST(TaskErrors, label_of_a_multilabel_task_as_a_column) {
  EXPECT_EQ(
      task_error("multilabel", "label: {column: y}", "f1_micro"),
      R"(modelgate.yaml:9: error: "column" of a label does not fit task multilabel; write label: {columns: [NAME, ...]}; one column may hold a list of 0 and 1)");
}

TEST(TaskErrors, label_columns_of_a_binary_task) {
  EXPECT_EQ(task_error("binary", "label: {columns: [a, b]}", "accuracy"),
            R"(modelgate.yaml:9: error: "columns" of a label does not fit task binary; write label: {column: NAME})");
}

TEST(TaskErrors, label_column_twice) {
  EXPECT_EQ(task_error("multilabel", "label: {columns: [a, a]}", "f1_micro"),
            R"(modelgate.yaml:9: error: "columns" names "a" twice)");
}

TEST(TaskErrors, label_columns_empty) {
  EXPECT_EQ(task_error("multilabel", "label: {columns: []}", "f1_micro"),
            R"(modelgate.yaml:9: error: "columns" is an empty list)");
}

TEST(TaskErrors, labels_and_classes_that_differ_in_number) {
  EXPECT_EQ(
      task_error("multilabel", "label: {columns: [a, b, c]}", "f1_micro", "output: {classes: [a, b]}\n"),
      R"(modelgate.yaml:9: error: there are 3 label columns, but output.classes names 2 labels; let both have the same labels, or leave output.classes out)");
}

TEST(TaskErrors, several_labels_without_an_average) {
  EXPECT_EQ(task_error("multilabel", "label: {columns: [a, b]}", "f1"),
            R"(modelgate.yaml:13: error: f1 of several labels needs an average; write f1_micro or f1_macro)");
}

TEST(TaskErrors, output_of_a_ranking) {
  EXPECT_EQ(task_error("ranking", "label: y\n  query: q", "ndcg@10", "output: {kind: logit}\n"),
            R"(modelgate.yaml:12: error: output kind logit does not fit task ranking; write kind: score)");
}

TEST(TaskErrors, classes_of_a_ranking) {
  EXPECT_EQ(task_error("ranking", "label: y\n  query: q", "ndcg@10", "output: {classes: [a, b]}\n"),
            R"(modelgate.yaml:12: error: "classes" is not for ranking; remove it)");
}

TEST(TaskErrors, threshold_of_a_ranking) {
  EXPECT_EQ(
      task_error("ranking", "label: y\n  query: q", "ndcg@10", "output: {positive_threshold: 0.5}\n"),
      R"(modelgate.yaml:12: error: "positive_threshold" is for binary and multilabel tasks; this one is ranking)");
}

TEST(TaskErrors, reference_group_of_two_attributes) {
  EXPECT_EQ(
      bias_error("{metric: tpr, attributes: [sex, age], max_regression: 0.05, reference_group: M}"),
      R"(modelgate.yaml:13: error: "reference_group" is a group of one attribute; this check has 2; give each attribute a check of its own)");
}

TEST(TaskErrors, reference_group_that_is_not_declared) {
  EXPECT_EQ(bias_error(
                "{metric: tpr, attributes: [{column: sex, values: [F, M]}], max_regression: 0.05, reference_group: X}"),
            R"(modelgate.yaml:13: error: "reference_group" X is not among the attribute's values; choices: F or M)");
}

TEST(TaskErrors, reference_group_of_an_accuracy_metric) {
  EXPECT_EQ(sentences_of(gate_with_check("{metric: recall, min: 0.5, reference_group: M, small_groups: report}")),
            R"(modelgate.yaml:13: error: "reference_group" does not apply to recall; remove it)"
            "\n"
            R"(modelgate.yaml:13: error: "small_groups" does not apply to recall; remove it)");
}

TEST(TaskErrors, small_groups_word) {
  EXPECT_EQ(bias_error("{metric: tpr, attributes: [sex], max_regression: 0.05, small_groups: reports}"),
            R"(modelgate.yaml:13: error: "small_groups" cannot be "reports"; did you mean "report"?)");
}

TEST(TaskErrors, attribute_with_an_unknown_key) {
  EXPECT_EQ(bias_error("{metric: tpr, attributes: [{column: sex, value: [F]}], max_regression: 0.05}"),
            R"(modelgate.yaml:13: error: unknown key "value"; did you mean "values"?)");
}

TEST(TaskErrors, attribute_twice) {
  EXPECT_EQ(
      bias_error("{metric: tpr, attributes: [sex, {column: sex, values: [F, M]}], max_regression: 0.05}"),
      R"(modelgate.yaml:13: error: two checks have the id "bias.tpr.max_regression.attribute=sex" (lines 13 and 13); give one of them an id of its own: id: NAME)");
}

TEST(TaskErrors, id_that_looks_like_a_slice) {
  EXPECT_EQ(sentences_of(gate_with_check("{metric: recall, min: 0.5, id: \"accuracy.recall.min.region=a\"}")),
            R"(modelgate.yaml:13: error: "id" holds a "=", which sets off slices and attributes in ids; leave it out)");
}

TEST(TaskErrors, id_of_another_check) {
  EXPECT_EQ(
      sentences_of(
          gate_with_check("{metric: recall, min: 0.5}\n    - {metric: accuracy, min: 0.5, id: accuracy.recall}")),
      R"(modelgate.yaml:14: error: two checks have the id "accuracy.recall.min" (lines 13 and 14); give one of them an id of its own: id: NAME)");
}

}  // namespace
}  // namespace modelgate::test
