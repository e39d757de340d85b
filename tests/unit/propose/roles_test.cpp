// SPDX-License-Identifier: Apache-2.0
#include "gate/propose/roles.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/propose/support.hpp"

namespace modelgate::propose::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

ColumnProfile yes_no(const std::string& name = "outcome") { return texts(name, {{"no", 700}, {"yes", 300}}); }

Roles roles_of(const TableProfile& golden, const std::vector<const TableProfile*>& predictions = {},
               const Hints& hints = {}) {
  const auto roles = choose_roles(golden, predictions, {}, hints);
  EXPECT_TRUE(roles.has_value()) << (roles ? "" : roles.error().message);
  return roles.value_or(Roles{});
}

TEST(Roles, give_every_column_of_a_loan_table_its_part) {
  const Roles roles = roles_of(table({own_texts("loan_id"), number("amount"), whole("customer_id", 300),
                                      number("sample_weight", 0.5), texts("sex", {{"F", 500}, {"M", 500}}),
                                      texts("region", {{"n", 400}, {"s", 600}}), own_texts("note"), yes_no()}));
  EXPECT_EQ(roles.id, "loan_id");
  EXPECT_EQ(roles.weight, "sample_weight");
  EXPECT_EQ(roles.cluster, "customer_id");
  EXPECT_EQ(roles.task, Task::binary);
  EXPECT_THAT(roles.labels, ElementsAre("outcome"));
  EXPECT_EQ(roles.positive, "yes");
  EXPECT_THAT(roles.attributes, ElementsAre("sex"));
  EXPECT_THAT(roles.slices, ElementsAre("region"));
  EXPECT_THAT(roles.numbers, ElementsAre("amount"));
  EXPECT_THAT(roles.texts, ElementsAre("sex", "region", "note"));
}

TEST(Roles, an_id_must_be_unique_and_in_the_predictions) {
  const TableProfile predictions = table({own_texts("key_b"), number("score", 0, 1)});
  EXPECT_EQ(roles_of(table({own_texts("id"), own_texts("key_b"), yes_no()}), {&predictions}).id, "key_b");
  EXPECT_EQ(roles_of(table({whole("id", 40), yes_no()})).id, "");
  EXPECT_EQ(roles_of(table({whole("count", row_count), yes_no()})).id, "") << "whole numbers alone are no key";
}

TEST(Roles, a_label_is_found_by_name_before_place) {
  EXPECT_THAT(roles_of(table({yes_no("label"), number("x"), whole("late", 2)})).labels, ElementsAre("label"));
  const Roles by_place = roles_of(table({number("x"), whole("is_new", 2), whole("two_year_recid", 2)}));
  EXPECT_THAT(by_place.labels, ElementsAre("two_year_recid"));
  EXPECT_FALSE(by_place.label_why.sure);
}

TEST(Roles, no_label_is_an_error_that_lists_the_columns) {
  const TableProfile golden = table({number("x"), own_texts("name")});
  const auto roles = choose_roles(golden, {}, {}, {});
  ASSERT_FALSE(roles.has_value());
  EXPECT_EQ(roles.error().kind, ErrorKind::usage);
  EXPECT_THAT(roles.error().message, HasSubstr("--label COLUMN"));
  EXPECT_THAT(roles.error().message, HasSubstr("x, name"));
}

TEST(Roles, a_sensitive_column_is_never_taken_for_the_label_unasked) {
  EXPECT_FALSE(choose_roles(table({number("x"), texts("sex", {{"F", 500}, {"M", 500}})}), {}, {}, {}).has_value());
  EXPECT_THAT(roles_of(table({number("x"), texts("sex", {{"F", 500}, {"M", 500}})}), {}, {{"sex"}, "", {}}).labels,
              ElementsAre("sex"));
}

TEST(Roles, the_task_follows_the_label) {
  const auto task_of = [](ColumnProfile label) { return roles_of(table({number("x"), std::move(label)})).task; };
  EXPECT_EQ(task_of(whole("label", 2)), Task::binary);
  EXPECT_EQ(task_of(texts("label", {{"a", 300}, {"b", 300}, {"c", 400}})), Task::multiclass);
  EXPECT_EQ(task_of(whole("label", 10)), Task::multiclass);
  EXPECT_EQ(task_of(number("label")), Task::regression);
  EXPECT_EQ(task_of(whole("label", 200)), Task::regression);
  EXPECT_EQ(roles_of(table({whole("query_id", 50), number("x"), whole("relevance", 5)})).task, Task::ranking);
}

TEST(Roles, a_ranking_counts_queries_and_takes_neither_weights_nor_clusters) {
  const Roles roles = roles_of(
      table({whole("query_id", 50), number("sample_weight", 0.5), whole("user_id", 90), whole("relevance", 5)}));
  EXPECT_EQ(roles.query, "query_id");
  EXPECT_EQ(roles.weight + roles.cluster, "");
  EXPECT_EQ(roles.notes.size(), 2U);
  EXPECT_FALSE(choose_roles(table({number("x"), whole("relevance", 5)}), {}, {}, {{}, "", Task::ranking}).has_value());
}

TEST(Roles, a_label_of_one_value_is_an_error) {
  const auto roles =
      choose_roles(table({number("x"), texts("label", {{"yes", row_count}})}), {}, {}, {{"label"}, "", {}});
  ASSERT_FALSE(roles.has_value());
  EXPECT_THAT(roles.error().message, HasSubstr("a single value"));
}

TEST(Roles, predictions_named_as_columns_of_bits_are_labels_and_as_values_are_classes) {
  const TableProfile bits = table({own_texts("id"), number("even", 0, 1), number("large", 0, 1)});
  const Roles multilabel = roles_of(table({own_texts("id"), whole("even", 2), whole("large", 2), yes_no()}), {&bits});
  EXPECT_EQ(multilabel.task, Task::multilabel);
  EXPECT_THAT(multilabel.labels, ElementsAre("even", "large"));
  const TableProfile classes = table({own_texts("id"), number("bus", 0, 1), number("car", 0, 1), number("tram", 0, 1)});
  const Roles multiclass = roles_of(
      table({own_texts("id"), texts("vehicle", {{"bus", 300}, {"car", 300}, {"tram", 400}}), yes_no()}), {&classes});
  EXPECT_THAT(multiclass.labels, ElementsAre("vehicle"));
  EXPECT_THAT(multiclass.classes, ElementsAre("bus", "car", "tram"));
}

TEST(Roles, positive_is_the_value_that_says_yes_else_the_rarer_one_to_be_checked) {
  EXPECT_EQ(roles_of(table({number("x"), texts("label", {{"legit", 100}, {"odd", 900}})})).positive, "odd");
  const Roles rarer = roles_of(table({number("x"), texts("label", {{"blue", 100}, {"red", 900}})}));
  EXPECT_EQ(rarer.positive, "blue");
  EXPECT_FALSE(rarer.positive_why.sure);
  EXPECT_EQ(roles_of(table({number("x"), whole("label", 2)})).positive, std::nullopt);
}

TEST(Roles, sensitive_numbers_of_many_values_stay_inputs_and_are_told_of) {
  const Roles roles = roles_of(table({whole("age", 70), number("x"), yes_no()}));
  EXPECT_THAT(roles.attributes, IsEmpty());
  EXPECT_THAT(roles.numbers, ElementsAre("age", "x"));
  EXPECT_THAT(roles.notes, ElementsAre(HasSubstr("age is no group as it is (70 values)")));
}

TEST(Roles, a_column_whose_name_would_read_as_a_crossing_is_no_slice) {
  EXPECT_THAT(roles_of(table({texts("a & b", {{"u", 500}, {"v", 500}}), yes_no()})).slices, IsEmpty());
}

TEST(Roles, empty_columns_are_left_out_and_told_of) {
  const Roles roles = roles_of(table({texts("nothing", {}), number("x"), yes_no()}));
  EXPECT_THAT(roles.left_out, ElementsAre("nothing: empty in every row"));
}

}  // namespace
}  // namespace modelgate::propose::test
