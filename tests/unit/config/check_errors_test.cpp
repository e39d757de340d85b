// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/unit/config/gate_fixture.hpp"

namespace modelgate::test {
namespace {

TEST(CheckErrors, metric_missing) {
  EXPECT_EQ(error_of(gate_with_check("{max_regression: 0.02}")),
            R"(modelgate.yaml:13: error: "metric" is missing
   13 |     - {max_regression: 0.02}
      |       ^
      What is measured.)");
}

TEST(CheckErrors, metric_misspelled) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recal, max_regression: 0.02}")),
            R"(modelgate.yaml:13: error: accuracy has no metric "recal"
   13 |     - {metric: recal, max_regression: 0.02}
      |                ^
      did you mean "recall"?)");
}

TEST(CheckErrors, metric_of_another_family) {
  EXPECT_EQ(error_of(gate_with_check("{metric: latency_p99, max: 20ms}")),
            R"(modelgate.yaml:13: error: accuracy has no metric "latency_p99"
   13 |     - {metric: latency_p99, max: 20ms}
      |                ^
      it belongs under latency)");
}

TEST(CheckErrors, throughput_is_no_latency) {
  EXPECT_EQ(error_of(gate_with_check("{metric: throughput, min: 100/s}", "latency")),
            R"(modelgate.yaml:13: error: latency has no metric "throughput"
   13 |     - {metric: throughput, min: 100/s}
      |                ^
      it belongs under resources)");
}

TEST(CheckErrors, batch_of_a_start) {
  EXPECT_EQ(error_of(gate_with_check("{metric: cold_start, max: 1s, batch: 8}", "resources")),
            R"(modelgate.yaml:13: error: "batch" does not apply to cold_start
   13 |     - {metric: cold_start, max: 1s, batch: 8}
      |                                     ^
      remove it)");
}

TEST(CheckErrors, metric_unknown) {
  EXPECT_EQ(error_of(gate_with_check("{metric: banana, max: 20ms}")),
            R"(modelgate.yaml:13: error: accuracy has no metric "banana"
   13 |     - {metric: banana, max: 20ms}
      |                ^
      choices: roc_auc, accuracy, recall, specificity, log_loss, expected_cost or recall_at_fpr@0.01)");
}

TEST(CheckErrors, metric_of_another_task) {
  EXPECT_EQ(error_of(gate_with_check("{metric: r2, min: 0.5}")),
            R"(modelgate.yaml:13: error: r2 is not defined for task binary
   13 |     - {metric: r2, min: 0.5}
      |                ^
      choices: roc_auc, accuracy, recall, specificity, log_loss, expected_cost or recall_at_fpr@0.01)");
}

TEST(CheckErrors, multiclass_without_average) {
  EXPECT_EQ(error_of(short_gate({{"binary", "multiclass"}})),
            R"(modelgate.yaml:13: error: recall of several classes needs an average
   13 |     - {metric: recall, max_regression: 0.02}
      |                ^
      write recall_macro, recall_weighted or class: NAME for one class)");
}

TEST(CheckErrors, no_limit) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recall, owner: me}")),
            R"(modelgate.yaml:13: error: recall has no limit
   13 |     - {metric: recall, owner: me}
      |                ^
      add min, max_regression or min_improvement)");
}

TEST(CheckErrors, attributes_of_an_accuracy_metric) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recall, min: 0.5, attributes: [sex]}")),
            R"(modelgate.yaml:13: error: "attributes" does not apply to recall
   13 |     - {metric: recall, min: 0.5, attributes: [sex]}
      |                                  ^
      remove it)");
}

TEST(CheckErrors, slices_of_latency) {
  EXPECT_EQ(error_of(gate_with_check("{metric: latency, max: 1s, slices: [sex]}", "latency")),
            R"(modelgate.yaml:13: error: "slices" does not apply to latency
   13 |     - {metric: latency, max: 1s, slices: [sex]}
      |                                  ^
      remove it)");
}

TEST(CheckErrors, bias_without_attributes) {
  EXPECT_EQ(error_of(gate_with_check("{metric: tpr, max_regression: 0.05}", "bias")),
            R"(modelgate.yaml:13: error: tpr needs "attributes"
   13 |     - {metric: tpr, max_regression: 0.05}
      |                ^
      write attributes: [COLUMN])");
}

TEST(CheckErrors, class_of_a_binary_task) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recall, min: 0.5, class: cat}")),
            R"(modelgate.yaml:13: error: "class" picks one of several classes; this task is binary
   13 |     - {metric: recall, min: 0.5, class: cat}
      |                                  ^
      remove it)");
}

TEST(CheckErrors, min_rows_without_slices) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recall, min: 0.5, min_rows: 50}")),
            R"(modelgate.yaml:13: error: "min_rows" of a check is for its slices, and it has none
   13 |     - {metric: recall, min: 0.5, min_rows: 50}
      |                                  ^
      dataset.min_rows is for all rows)");
}

TEST(CheckErrors, crossings) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recall, min: 0.5, slices: [\"a & b & c\", \"a &\", \"a & a\"]}")),
            R"(modelgate.yaml:13: error: "a & b & c" crosses 3 columns
   13 |     - {metric: recall, min: 0.5, slices: ["a & b & c", "a &", "a & a"]}
      |                                           ^
      a crossing has two columns
modelgate.yaml:13: error: "a &" lacks a column
   13 |     - {metric: recall, min: 0.5, slices: ["a & b & c", "a &", "a & a"]}
      |                                                        ^
      write "a & b"
modelgate.yaml:13: error: "a & a" crosses a column with itself
   13 |     - {metric: recall, min: 0.5, slices: ["a & b & c", "a &", "a & a"]}
      |                                                               ^)");
}

TEST(CheckErrors, slices_as_text) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recall, min: 0.5, slices: region}")),
            R"(modelgate.yaml:13: error: "slices" needs a list of columns
   13 |     - {metric: recall, min: 0.5, slices: region}
      |                                          ^
      write [region])");
}

TEST(CheckErrors, slice_twice_in_a_list) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recall, min: 0.5, slices: [{column: a, values: [x, x]}]}")),
            R"(modelgate.yaml:13: error: "values" names "x" twice
   13 |     - {metric: recall, min: 0.5, slices: [{column: a, values: [x, x]}]}
      |                                                                   ^)");
}

TEST(CheckErrors, batch_zero) {
  EXPECT_EQ(error_of(gate_with_check("{metric: latency, max: 1s, batch: [1, 0]}", "latency")),
            R"(modelgate.yaml:13: error: "batch" is out of range: 1 to 1000000
   13 |     - {metric: latency, max: 1s, batch: [1, 0]}
      |                                             ^)");
}

TEST(CheckErrors, confidence_in_percent) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recall, min: 0.5, confidence: 95}")),
            R"(modelgate.yaml:13: error: "confidence" must lie between 0.5 and 1
   13 |     - {metric: recall, min: 0.5, confidence: 95}
      |                                              ^
      0.95 is the default)");
}

TEST(CheckErrors, confidence_of_a_coin) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recall, min: 0.5, confidence: 0.5}")),
            R"(modelgate.yaml:13: error: "confidence" must lie between 0.5 and 1
   13 |     - {metric: recall, min: 0.5, confidence: 0.5}
      |                                              ^
      0.95 is the default)");
}

TEST(CheckErrors, confidence_of_certainty) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recall, min: 0.5, confidence: 1}")),
            R"(modelgate.yaml:13: error: "confidence" must lie between 0.5 and 1
   13 |     - {metric: recall, min: 0.5, confidence: 1}
      |                                              ^
      0.95 is the default)");
}

TEST(CheckErrors, confidence_of_what_is_timed_in_rounds) {
  EXPECT_EQ(error_of(gate_with_check("{metric: latency, max: 1s, confidence: 0.99}", "latency")),
            R"(modelgate.yaml:13: error: "confidence" does not apply to latency
   13 |     - {metric: latency, max: 1s, confidence: 0.99}
      |                                  ^
      what is timed in rounds has fixed levels, one for each look; remove it, or ask for a smaller margin)");
}

TEST(CheckErrors, severity) {
  EXPECT_EQ(error_of(gate_with_check("{metric: recall, min: 0.5, severity: warning}")),
            R"(modelgate.yaml:13: error: "severity" cannot be "warning"
   13 |     - {metric: recall, min: 0.5, severity: warning}
      |                                            ^
      write block or warn)");
}

TEST(CheckErrors, weight_that_a_metric_does_not_honour) {
  EXPECT_EQ(error_of(short_gate({{"  label: y", "  label: y\n  weight: w"}})),
            R"(modelgate.yaml:14: error: recall does not honour dataset.weight (line 10) in this version
   14 |     - {metric: recall, max_regression: 0.02}
      |                ^
      remove the weight or this check)");
}

TEST(CheckErrors, weight_kind) {
  EXPECT_EQ(error_of(short_gate(
                {{"  label: y", "  label: y\n  weight: {column: w, kind: precision}"}, {"recall", "accuracy"}})),
            R"(modelgate.yaml:10: error: "kind" cannot be "precision"
   10 |   weight: {column: w, kind: precision}
      |                             ^
      write sampling, exposure or frequency)");
}

TEST(CheckErrors, scores_needed) {
  EXPECT_EQ(
      error_of(short_gate({{"checks:", "output: {kind: class}\nchecks:"}, {"metric: recall", "metric: roc_auc"}})),
      R"(modelgate.yaml:14: error: roc_auc needs scores, but the candidate model puts out a class
   14 |     - {metric: roc_auc, max_regression: 0.02}
      |                ^
      let the model put out a probability, or judge by accuracy)");
}

TEST(CheckErrors, differences_need_scores_and_flips_a_threshold) {
  const auto with = [](std::string_view output, std::string_view metric) {
    return sentences_of(
        short_gate({{"checks:", output}, {"accuracy", "parity"}, {"recall, max_regression: 0.02", metric}}));
  };
  EXPECT_EQ(with("output: {kind: class}\nchecks:", "max_abs_difference, max: 0"),
            "modelgate.yaml:14: error: max_abs_difference needs scores, but the candidate model puts out a class; let "
            "the model put out a probability, or judge by mismatched_rows");
  EXPECT_EQ(with("output: {kind: score}\nchecks:", "decision_flips, max: 0"),
            "modelgate.yaml:14: error: decision_flips needs a threshold, but the candidate model puts out a score "
            "without one; write output: {positive_threshold: NUMBER}");
  EXPECT_EQ(with("output: {kind: score}\nchecks:", "max_abs_difference, max: 0"), "no error");
}

TEST(CheckErrors, probabilities_needed) {
  EXPECT_EQ(
      error_of(short_gate({{"checks:", "output: {kind: score}\nchecks:"}, {"metric: recall", "metric: log_loss"}})),
      R"(modelgate.yaml:14: error: log_loss needs probabilities, but the candidate model puts out a score
   14 |     - {metric: log_loss, max_regression: 0.02}
      |                ^
      kind: score is any number; kind: logit is turned into a probability)");
}

TEST(CheckErrors, threshold_needed) {
  EXPECT_EQ(error_of(short_gate({{"checks:", "output: {kind: score}\nchecks:"}})),
            R"(modelgate.yaml:14: error: recall needs a threshold, but the candidate model puts out a score without one
   14 |     - {metric: recall, max_regression: 0.02}
      |                ^
      write output: {positive_threshold: NUMBER})");
}

TEST(CheckErrors, scores_needed_of_production_alone) {
  EXPECT_EQ(error_of(short_gate({{"{model: old.pt}", "{model: old.pt, output: {kind: class}}"},
                                 {"metric: recall", "metric: roc_auc"}})),
            R"(modelgate.yaml:13: error: roc_auc needs scores, but the production model puts out a class
   13 |     - {metric: roc_auc, max_regression: 0.02}
      |                ^
      let the model put out a probability, or judge by accuracy)");
}

TEST(CheckErrors, class_unknown) {
  EXPECT_EQ(error_of(short_gate({{"binary", "multiclass"},
                                 {"checks:", "output: {classes: [cat, dog]}\nchecks:"},
                                 {"recall, ", "recall, class: cta, "}})),
            R"(modelgate.yaml:14: error: class "cta" is not among output.classes
   14 |     - {metric: recall, class: cta, max_regression: 0.02}
      |                ^
      did you mean "cat"?)");
}

}  // namespace
}  // namespace modelgate::test
