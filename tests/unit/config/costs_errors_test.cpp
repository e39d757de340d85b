// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/config/gate_fixture.hpp"

namespace modelgate::test {
namespace {

std::string binary_costs(const std::string& costs) {
  return sentences_of(
      short_gate({{"checks:", "costs: " + costs + "\nchecks:"}, {"metric: recall", "metric: expected_cost"}}));
}

std::string class_costs(const std::string& costs) {
  return sentences_of(short_gate({{"binary", "multiclass"},
                                  {"checks:", "output: {classes: [a, b, c]}\ncosts: " + costs + "\nchecks:"},
                                  {"metric: recall", "metric: expected_cost"}}));
}

TEST(CostsErrors, of_one_kind_only) {
  EXPECT_EQ(binary_costs("{fp: 1}"),
            R"(modelgate.yaml:11: error: "fn" is missing; What a false negative costs, in the same unit.)");
}

TEST(CostsErrors, misspelled) {
  EXPECT_EQ(binary_costs("{fp: 1, nf: 2}"), R"(modelgate.yaml:11: error: unknown key "nf"; did you mean "fn"?)");
}

TEST(CostsErrors, below_zero) {
  EXPECT_EQ(binary_costs("{fp: -1, fn: 2}"),
            R"(modelgate.yaml:11: error: "fp" is out of range: 0 or more, and finite)");
}

TEST(CostsErrors, that_are_no_numbers) {
  EXPECT_EQ(binary_costs("{fp: .nan, fn: .inf}"),
            R"(modelgate.yaml:11: error: "fp" needs a number; range: 0 or more, and finite)"
            "\n"
            R"(modelgate.yaml:11: error: "fn" needs a number; range: 0 or more, and finite)");
}

TEST(CostsErrors, that_overflow) {
  EXPECT_EQ(binary_costs("{fp: 1e999, fn: 1}"),
            R"(modelgate.yaml:11: error: "fp" needs a number; range: 0 or more, and finite)");
}

TEST(CostsErrors, of_nothing) {
  EXPECT_EQ(
      binary_costs("{fp: 0, fn: 0}"),
      R"(modelgate.yaml:11: error: "costs" are all zero: nothing could differ; write what each wrong decision costs)");
}

TEST(CostsErrors, of_two_classes_as_rows) {
  EXPECT_EQ(binary_costs("[[0, 1], [5, 0]]"),
            R"(modelgate.yaml:11: error: "costs" of a binary task is a map; write costs: {fp: 1, fn: 5})");
}

TEST(CostsErrors, as_a_number) {
  EXPECT_EQ(binary_costs("5"), R"(modelgate.yaml:11: error: "costs" needs a list of rows, or a map; write [5])");
}

TEST(CostsErrors, missing) {
  EXPECT_EQ(
      sentences_of(short_gate({{"metric: recall", "metric: expected_cost"}})),
      R"(modelgate.yaml:13: error: expected_cost needs "costs" at the top of the gate file; write costs: {fp: 1, fn: 5}, or a row for each label of several classes)");
}

TEST(CostsErrors, that_no_check_reads) {
  EXPECT_EQ(sentences_of(short_gate({{"checks:", "costs: {fp: 1, fn: 5}\nchecks:"}})),
            R"(modelgate.yaml:11: error: "costs" is read by no check; add {metric: expected_cost}, or remove it)");
}

TEST(CostsErrors, of_a_regression) {
  EXPECT_EQ(sentences_of(short_gate({{"binary", "regression"},
                                     {"checks:", "costs: {fp: 1, fn: 5}\nchecks:"},
                                     {"metric: recall, max_regression: 0.02", "metric: r2, min: 0.5"}})),
            R"(modelgate.yaml:11: error: "costs" is for binary and multiclass tasks; this one is regression; remove it)"
            "\n"
            R"(modelgate.yaml:11: error: "costs" is read by no check; add {metric: expected_cost}, or remove it)");
}

TEST(CostsErrors, of_classes_without_names) {
  EXPECT_EQ(
      sentences_of(short_gate({{"binary", "multiclass"},
                               {"checks:", "costs: [[0, 1], [5, 0]]\nchecks:"},
                               {"metric: recall", "metric: expected_cost"}})),
      R"(modelgate.yaml:11: error: "costs" needs output.classes, which say what the classes are and their order; write output: {classes: [NAME, ...]})");
}

TEST(CostsErrors, with_too_few_rows) {
  EXPECT_EQ(
      class_costs("[[0, 1, 2], [1, 0, 2]]"),
      R"(modelgate.yaml:12: error: "costs" has 2 rows for 3 classes; a row for each label, in the order of output.classes)");
}

TEST(CostsErrors, with_a_short_row) {
  EXPECT_EQ(
      class_costs("[[0, 1, 2], [1, 0], [1, 1, 0]]"),
      R"(modelgate.yaml:12: error: a row of "costs" has 2 numbers; 3 are needed; "costs" is 3 × 3: a row for each label, a number for each decision)");
}

TEST(CostsErrors, of_a_right_decision) {
  EXPECT_EQ(class_costs("[[0, 1, 2], [1, 0.5, 2], [1, 1, 0]]"),
            R"(modelgate.yaml:12: error: "costs" of a right decision (b) must be 0, not 0.5; write 0 on the diagonal)");
}

TEST(CostsErrors, of_classes_all_zero) {
  EXPECT_EQ(
      class_costs("[[0, 0, 0], [0, 0, 0], [0, 0, 0]]"),
      R"(modelgate.yaml:12: error: "costs" are all zero: nothing could differ; write what each wrong decision costs)");
}

TEST(CostsErrors, of_classes_that_are_no_numbers) {
  EXPECT_EQ(class_costs("[[0, x, 2], [1, 0, .nan], [1, -1, 0]]"),
            R"(modelgate.yaml:12: error: "costs" needs a number for each cost)"
            "\n"
            R"(modelgate.yaml:12: error: "costs" needs a number for each cost)"
            "\n"
            R"(modelgate.yaml:12: error: "costs" cannot be negative; what a right decision earns is a cost of 0)");
}

TEST(CostsErrors, as_a_flat_list) {
  EXPECT_EQ(class_costs("[[0, 1, 2], 5]"),
            R"(modelgate.yaml:12: error: "costs" needs a list in each row; [[0, 1], [5, 0]])");
}

TEST(CostsErrors, by_an_unknown_class) {
  EXPECT_EQ(
      class_costs("{a: {b: 1, c: 1}, b: {a: 1, c: 1}, d: {a: 1, b: 1}}"),
      R"(modelgate.yaml:12: error: "costs" names a class "d" that is not among output.classes; choices: a, b or c)");
}

TEST(CostsErrors, by_name_with_a_gap) {
  EXPECT_EQ(
      class_costs("{a: {b: 1, c: 1}, b: {a: 1}, c: {a: 1, b: 1}}"),
      R"(modelgate.yaml:12: error: "costs" does not say what c costs where the label is b; every wrong decision needs a cost; 0 where it does not matter)");
}

TEST(CostsErrors, by_name_of_a_right_decision) {
  EXPECT_EQ(class_costs("{a: {a: 2, b: 1, c: 1}, b: {a: 1, c: 1}, c: {a: 1, b: 1}}"),
            R"(modelgate.yaml:12: error: "costs" of a right decision (a) must be 0, not 2; write 0 on the diagonal)");
}

TEST(CostsErrors, by_name_as_numbers) {
  EXPECT_EQ(class_costs("{a: 1, b: {a: 1, c: 1}, c: {a: 1, b: 1}}"),
            R"(modelgate.yaml:12: error: "costs" of "a" needs a map from decision to cost; a: {b: 1})");
}

TEST(CostsErrors, by_name_that_are_no_numbers) {
  EXPECT_EQ(class_costs("{a: {b: cheap, c: -2}, b: {a: 1, c: 1}, c: {a: 1, b: 1}}"),
            R"(modelgate.yaml:12: error: "costs" needs a number for each cost)"
            "\n"
            R"(modelgate.yaml:12: error: "costs" cannot be negative; what a right decision earns is a cost of 0)");
}

}  // namespace
}  // namespace modelgate::test
