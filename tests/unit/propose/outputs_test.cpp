// SPDX-License-Identifier: Apache-2.0
#include "gate/propose/outputs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace modelgate::propose::test {
namespace {

using testing::ElementsAre;
using testing::Optional;

OutputKind kind(const std::vector<double>& numbers, std::size_t width, Task task) {
  return kind_of(facts_of(numbers, width), task);
}

TEST(Outputs, are_read_as_what_their_numbers_can_be) {
  EXPECT_EQ(kind({0.1, 0.9}, 1, Task::binary), OutputKind::probability);
  EXPECT_EQ(kind({-2.0, 0.9}, 1, Task::binary), OutputKind::logit);
  EXPECT_EQ(kind({0, 1, 1}, 1, Task::binary), OutputKind::klass);
  EXPECT_EQ(kind({0.2, 0.8, 0.5, 0.5}, 2, Task::binary), OutputKind::probability);
  EXPECT_EQ(kind({0.2, 0.3, 0.5}, 3, Task::multiclass), OutputKind::probability);
  EXPECT_EQ(kind({0.2, 0.3, 0.9}, 3, Task::multiclass), OutputKind::logit) << "does not sum to 1";
  EXPECT_EQ(kind({2, 0, 1}, 1, Task::multiclass), OutputKind::klass);
  EXPECT_EQ(kind({0.2, 0.9}, 2, Task::multilabel), OutputKind::probability);
  EXPECT_EQ(kind({1, 0}, 2, Task::multilabel), OutputKind::klass);
  EXPECT_EQ(kind({0.5}, 1, Task::regression), OutputKind::value);
  EXPECT_EQ(kind({0.5}, 1, Task::ranking), OutputKind::score);
}

TEST(Outputs, constant_ones_are_not_taken_for_decided_classes) {
  EXPECT_EQ(kind({1, 1, 1}, 1, Task::binary), OutputKind::probability);
}

TEST(Outputs, point_at_the_label_that_their_scores_are_higher_for) {
  EXPECT_EQ(orientation(std::vector{0.9, 0.8, 0.1, 0.2}, 1, {1, 1, 0, 0}), 1);
  EXPECT_EQ(orientation(std::vector{0.9, 0.8, 0.1, 0.2}, 1, {0, 0, 1, 1}), -1);
  EXPECT_EQ(orientation(std::vector{0.9, 0.1, 0.9, 0.1}, 1, {0, 0, 1, 1}), 0) << "no difference";
  EXPECT_EQ(orientation(std::vector{0.9, 0.1}, 1, {1, 1}), 0) << "one label only";
  EXPECT_EQ(orientation(std::vector{0.1, 0.9, 0.8, 0.2}, 2, {1, 0}), 1) << "column 1 of two";
}

TEST(Outputs, name_their_columns_by_the_labels_they_are_largest_for) {
  RowColumns rows;
  rows.rows = 3;
  rows.class_names = {"a", "b", "c"};
  rows.label_class = {0, 1, 2};
  const std::vector<double> numbers{0.1, 0.1, 0.8, 0.7, 0.2, 0.1, 0.2, 0.6, 0.2};
  EXPECT_THAT(order_classes(numbers, 3, rows), Optional(ElementsAre("b", "c", "a")));
  rows.label_class = {0, 0, 2};
  EXPECT_EQ(order_classes(numbers, 3, rows), std::nullopt) << "a class that no row has cannot be placed";
}

TEST(Outputs, agree_best_where_they_are_calibrated) {
  RowColumns rows;
  rows.rows = 4;
  rows.label_class = {0, 0, 1, 1};
  const std::vector<double> good{0.1, 0.1, 0.9, 0.9};
  const std::vector<double> merely_ordered{0.90, 0.91, 0.98, 0.99};
  EXPECT_GT(agreement(good, 1, rows, Task::binary), agreement(merely_ordered, 1, rows, Task::binary));
  RowColumns numbers;
  numbers.rows = 2;
  numbers.label_value = {1.0, 2.0};
  EXPECT_GT(agreement(std::vector{1.0, 2.0}, 1, numbers, Task::regression),
            agreement(std::vector{10.0, 20.0}, 1, numbers, Task::regression));
}

}  // namespace
}  // namespace modelgate::propose::test
