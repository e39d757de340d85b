// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/unit/config/gate_fixture.hpp"

namespace modelgate::test {
namespace {

TEST(ModelErrors, package_with_text_inputs) {
  EXPECT_EQ(
      error_of(short_gate({{"new.pt", "new.pt2"}, {"{columns: [a]}", "{columns: [a], dtype: string}"}})),
      R"(modelgate.yaml:10: error: an AOTInductor package (.pt2) takes tensors, and an input is text (dtype: string)
   10 |   inputs: [{columns: [a], dtype: string}]
      |   ^
      give it codes (vocabulary: FILE.json), or save the model as TorchScript (.pt))");
}

TEST(ModelErrors, package_as_predictions) {
  EXPECT_EQ(sentences_of(short_gate({{"model: new.pt", "predictions: new.pt2"}})),
            "modelgate.yaml:5: error: recorded predictions are a file or glob that ends in .parquet or .csv; "
            "write model: in place of predictions:");
}

TEST(ModelErrors, other_framework) {
  EXPECT_EQ(error_of(short_gate({{"new.pt", "new.onnx"}})),
            R"(modelgate.yaml:5: error: a model is a TorchScript file (.pt) or an AOTInductor package (.pt2)
    5 | candidate: {model: new.onnx}
      |                    ^
      other frameworks come as predictions: FILE.parquet or FILE.csv)");
}

TEST(ModelErrors, predictions_as_model) {
  EXPECT_EQ(error_of(short_gate({{"new.pt", "new.parquet"}})),
            R"(modelgate.yaml:5: error: this is a predictions file, not a model
    5 | candidate: {model: new.parquet}
      |                    ^
      write predictions: in place of model:)");
}

TEST(ModelErrors, model_as_predictions) {
  EXPECT_EQ(error_of(short_gate({{"model: new.pt", "predictions: new.pt"}})),
            R"(modelgate.yaml:5: error: recorded predictions are a file or glob that ends in .parquet or .csv
    5 | candidate: {predictions: new.pt}
      |                          ^
      write model: in place of predictions:)");
}

TEST(ModelErrors, both_sources) {
  EXPECT_EQ(error_of(short_gate({{"model: new.pt", "model: new.pt, predictions: p.csv"}})),
            R"(modelgate.yaml:5: error: "model" and "predictions" exclude each other
    5 | candidate: {model: new.pt, predictions: p.csv}
      |                            ^
      keep one of them)");
}

TEST(ModelErrors, no_source) {
  EXPECT_EQ(error_of(short_gate({{"model: new.pt", "version: v2"}})),
            R"(modelgate.yaml:5: error: no model is named
    5 | candidate: {version: v2}
      | ^
      write model: FILE.pt, or predictions: FILE.parquet for recorded predictions)");
}

TEST(ModelErrors, columns_of_a_live_model) {
  EXPECT_EQ(error_of(short_gate({{"model: new.pt", "model: new.pt, columns: [a]"}})),
            R"(modelgate.yaml:5: error: "columns" belongs to recorded predictions, not to a model that is run
    5 | candidate: {model: new.pt, columns: [a]}
      |                            ^
      a model's inputs are named in inputs)");
}

TEST(ModelErrors, dataset_without_columns) {
  EXPECT_EQ(error_of(short_gate({{"model: new.pt", "predictions: dataset"}})),
            R"(modelgate.yaml:5: error: predictions from the dataset need "columns"
    5 | candidate: {predictions: dataset}
      |             ^
      write columns: [NAME])");
}

TEST(ModelErrors, inputs_of_recorded_predictions) {
  EXPECT_EQ(error_of(short_gate({{"model: new.pt", "predictions: p.csv, inputs: [{columns: [a]}]"}})),
            R"(modelgate.yaml:5: error: recorded predictions take no inputs
    5 | candidate: {predictions: p.csv, inputs: [{columns: [a]}]}
      |                                 ^
      remove it)");
}

TEST(ModelErrors, inputs_missing) {
  EXPECT_EQ(error_of(short_gate({{"  inputs: [{columns: [a]}]\n", ""}})),
            R"(modelgate.yaml:7: error: "inputs" is missing: a model that is run must be given its columns
    7 | dataset:
      | ^
      write inputs: [{columns: [NAME, ...], dtype: float32}])");
}

TEST(ModelErrors, label_missing) {
  EXPECT_EQ(error_of(short_gate({{"  label: y\n", ""}})),
            R"(modelgate.yaml:7: error: "label" is missing
    7 | dataset:
      | ^
      write label: COLUMN, or label: {column: NAME, positive: VALUE})");
}

TEST(ModelErrors, label_without_column) {
  EXPECT_EQ(error_of(short_gate({{"label: y", "label: {positive: fraud}"}})),
            R"(modelgate.yaml:9: error: "label" names no column
    9 |   label: {positive: fraud}
      |   ^
      write label: {column: NAME})");
}

TEST(ModelErrors, positive_of_several_classes) {
  EXPECT_EQ(
      error_of(short_gate(
          {{"binary", "multiclass"}, {"label: y", "label: {column: y, positive: a}"}, {"recall", "recall_macro"}})),
      R"(modelgate.yaml:9: error: "positive" is for binary tasks; this one is multiclass
    9 |   label: {column: y, positive: a}
      |                      ^
      remove it)");
}

TEST(ModelErrors, positive_against_classes) {
  EXPECT_EQ(error_of(short_gate({{"label: y", "label: {column: y, positive: bad}"},
                                 {"checks:", "output: {classes: [bad, good]}\nchecks:"}})),
            R"(modelgate.yaml:9: error: "positive" is bad, but the second of output.classes is good
    9 |   label: {column: y, positive: bad}
      |                                ^
      the second class is the positive one; let both name it)");
}

TEST(ModelErrors, three_classes_of_two) {
  EXPECT_EQ(error_of(short_gate({{"checks:", "output: {classes: [a, b, c]}\nchecks:"}})),
            R"(modelgate.yaml:11: error: a binary task has two classes, not 3
   11 | output: {classes: [a, b, c]}
      |          ^)");
}

TEST(ModelErrors, different_classes) {
  EXPECT_EQ(error_of(short_gate({{"{model: new.pt}", "{model: new.pt, output: {classes: [a, b]}}"},
                                 {"{model: old.pt}", "{model: old.pt, output: {classes: [b, a]}}"}})),
            R"(modelgate.yaml:5: error: the two models have different "classes"
    5 | candidate: {model: new.pt, output: {classes: [a, b]}}
      | ^
      give both the same classes in the same order, in the common output)");
}

TEST(ModelErrors, value_of_a_binary_task) {
  EXPECT_EQ(error_of(short_gate({{"checks:", "output: {kind: value}\nchecks:"}})),
            R"(modelgate.yaml:11: error: output kind value does not fit task binary
   11 | output: {kind: value}
      |                ^
      value is for regression)");
}

TEST(ModelErrors, probability_of_a_regression) {
  EXPECT_EQ(error_of(short_gate({{"binary", "regression"},
                                 {"checks:", "output: {kind: probability}\nchecks:"},
                                 {"recall, max_regression: 0.02", "r2, min: 0.5"}})),
            R"(modelgate.yaml:11: error: output kind probability does not fit task regression
   11 | output: {kind: probability}
      |                ^
      write kind: value)");
}

TEST(ModelErrors, threshold_of_a_regression) {
  EXPECT_EQ(error_of(short_gate({{"binary", "regression"},
                                 {"checks:", "output: {positive_threshold: 0.5}\nchecks:"},
                                 {"recall, max_regression: 0.02", "r2, min: 0.5"}})),
            R"(modelgate.yaml:11: error: "positive_threshold" is for binary and multilabel tasks; this one is regression
   11 | output: {positive_threshold: 0.5}
      |          ^)");
}

TEST(ModelErrors, threshold_of_a_class) {
  EXPECT_EQ(error_of(short_gate({{"checks:", "output: {kind: class, positive_threshold: 0.5}\nchecks:"}})),
            R"(modelgate.yaml:11: error: "positive_threshold" means nothing where the output is a class
   11 | output: {kind: class, positive_threshold: 0.5}
      |                       ^)");
}

TEST(ModelErrors, threshold_above_one) {
  EXPECT_EQ(error_of(short_gate({{"checks:", "output: {positive_threshold: 31}\nchecks:"}})),
            R"(modelgate.yaml:11: error: "positive_threshold" is a probability: 0 to 1
   11 | output: {positive_threshold: 31}
      |                              ^
      logits are turned into probabilities first)");
}

TEST(ModelErrors, index_and_name) {
  EXPECT_EQ(error_of(short_gate({{"checks:", "output: {index: 0, name: x}\nchecks:"}})),
            R"(modelgate.yaml:11: error: "index" and "name" exclude each other
   11 | output: {index: 0, name: x}
      |                    ^
      index is for a tuple, name for a dict)");
}

TEST(ModelErrors, index_of_recorded_predictions) {
  EXPECT_EQ(error_of(short_gate({{"model: new.pt", "predictions: p.csv, output: {index: 1}"}})),
            R"(modelgate.yaml:5: error: recorded predictions have no tuple or dict
    5 | candidate: {predictions: p.csv, output: {index: 1}}
      |                                          ^
      name their column with columns: [NAME])");
}

TEST(ModelErrors, pin_of_dataset_columns) {
  EXPECT_EQ(error_of(short_gate({{"model: new.pt",
                                  "predictions: dataset, columns: [p], sha256: "
                                  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}})),
            R"(modelgate.yaml:5: error: predictions from the dataset have no file of their own
    5 | candidate: {predictions: dataset, columns: [p], sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...
      |                                                 ^
      pin dataset.sha256)");
}

TEST(ModelErrors, signature_without_public_key) {
  EXPECT_EQ(error_of(short_gate({{"model: new.pt", "model: new.pt, signature: {bundle: new.sig}"}})),
            R"(modelgate.yaml:5: error: "public_key" is missing
    5 | candidate: {model: new.pt, signature: {bundle: new.sig}}
      |                            ^
      The signer's public key: PEM, ECDSA on P-256.)");
}

TEST(ModelErrors, signature_that_is_no_map) {
  EXPECT_EQ(error_of(short_gate({{"model: new.pt", "model: new.pt, signature: new.sig"}})),
            R"(modelgate.yaml:5: error: "signature" needs a map of keys
    5 | candidate: {model: new.pt, signature: new.sig}
      |                                       ^
      Detached signature that the model must have; without a valid one the run ends in an error before the model is opened.)");
}

TEST(ModelErrors, signature_of_predictions) {
  EXPECT_EQ(
      error_of(short_gate({{"model: new.pt", "predictions: p.csv, signature: {bundle: b, public_key: k}"}})),
      R"(modelgate.yaml:5: error: a signature is held against the bytes of a model that is run, not against its predictions
    5 | candidate: {predictions: p.csv, signature: {bundle: b, public_key: k}}
      |                                 ^
      remove it, or name the model file in place of the predictions)");
}

TEST(ModelErrors, no_production) {
  EXPECT_EQ(error_of(short_gate({{"production: {model: old.pt}\n", ""}})),
            R"(modelgate.yaml: error: there is no production model to compare with
      add "production", pass --production FILE, or pass --first-release if nothing is deployed yet)");
}

TEST(ModelErrors, first_release_with_production) {
  EXPECT_EQ(error_of(short_gate(), PlanRequest{.first_release = true}),
            R"(--first-release: error: there is a production model to compare with
      leave --first-release out, or remove "production" from the gate file)");
}

}  // namespace
}  // namespace modelgate::test
