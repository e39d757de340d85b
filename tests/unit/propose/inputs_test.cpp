// SPDX-License-Identifier: Apache-2.0
#include "gate/propose/inputs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/propose/support.hpp"

namespace modelgate::propose::test {
namespace {

using testing::ElementsAre;

const Signature tensor_of(std::vector<std::uint64_t> widths) { return {{{"x", "Tensor"}}, std::move(widths)}; }

Roles with_numbers(std::vector<std::string> numbers) {
  Roles roles;
  roles.numbers = std::move(numbers);
  return roles;
}

bool offers(const std::vector<InputGuess>& guesses, const std::vector<std::string>& columns) {
  return std::ranges::any_of(guesses, [&](const InputGuess& guess) { return guess.inputs[0].columns == columns; });
}

TEST(Inputs, all_numbers_are_certain_where_the_model_takes_as_many) {
  const auto guesses = guess_inputs(table({number("a"), number("b")}), with_numbers({"a", "b"}), tensor_of({2}), {});
  ASSERT_FALSE(guesses.empty());
  EXPECT_TRUE(guesses[0].certain);
  EXPECT_THAT(guesses[0].inputs[0].columns, ElementsAre("a", "b"));
  EXPECT_EQ(guesses[0].inputs[0].nulls.kind, NullPolicy::Kind::error);
}

TEST(Inputs, columns_with_empty_cells_ask_for_nan) {
  ColumnProfile gaps = number("b");
  gaps.nulls = 3;
  const auto guesses = guess_inputs(table({number("a"), gaps}), with_numbers({"a", "b"}), tensor_of({2}), {});
  EXPECT_EQ(guesses.at(0).inputs[0].nulls.kind, NullPolicy::Kind::nan);
}

TEST(Inputs, a_narrower_model_is_offered_families_and_every_choice_none_of_them_certain) {
  const auto guesses = guess_inputs(table({number("m_a"), number("m_b"), number("x"), number("y")}),
                                    with_numbers({"m_a", "m_b", "x", "y"}), tensor_of({2}), {});
  EXPECT_THAT(guesses.at(0).inputs[0].columns, ElementsAre("m_a", "m_b"));
  EXPECT_TRUE(offers(guesses, {"m_b", "y"}));
  EXPECT_TRUE(std::ranges::none_of(guesses, &InputGuess::certain));
}

TEST(Inputs, sensitive_numbers_are_left_out_where_the_width_says_so) {
  Roles roles = with_numbers({"a", "sex"});
  roles.attributes = {"sex"};
  const auto guesses = guess_inputs(table({number("a"), whole("sex", 2)}), roles, tensor_of({1}), {});
  EXPECT_TRUE(guesses.at(0).certain);
  EXPECT_THAT(guesses[0].inputs[0].columns, ElementsAre("a"));
}

TEST(Inputs, a_list_of_64_is_first_taken_for_a_picture) {
  ColumnProfile image{.name = "image", .kind = ColumnKind::list, .type = "list", .rows = row_count};
  image.list_length = 64;
  Roles roles;
  roles.lists = {"image"};
  const auto guesses = guess_inputs(table({image}), roles, tensor_of({}), {});
  EXPECT_THAT(guesses.at(0).inputs[0].shape, ElementsAre(1, 8, 8));
  EXPECT_THAT(guesses.at(1).inputs[0].shape, ElementsAre(64));
}

TEST(Inputs, a_second_argument_takes_the_texts_that_a_vocabulary_knows) {
  Roles roles = with_numbers({"a", "b"});
  roles.texts = {"kind", "note"};
  const Vocabulary vocabulary{"codes.json", {{"u", 1}, {"v", 2}}};
  const TableProfile golden =
      table({number("a"), number("b"), texts("kind", {{"u", 500}, {"v", 500}}), own_texts("note")});
  const auto guesses = guess_inputs(golden, roles, {{{"x", "Tensor"}, {"codes", "Tensor"}}, {2}}, {vocabulary});
  ASSERT_EQ(guesses.at(0).inputs.size(), 2U);
  EXPECT_THAT(guesses[0].inputs[1].columns, ElementsAre("kind"));
  EXPECT_EQ(guesses[0].inputs[1].dtype, DType::int64);
  EXPECT_EQ(guesses[0].inputs[1].unknown, 0);
}

TEST(Inputs, an_argument_of_texts_prefers_the_column_of_its_own_name) {
  Roles roles = with_numbers({"a"});
  roles.texts = {"note", "group"};
  const auto guesses = guess_inputs(table({number("a"), own_texts("note"), own_texts("group")}), roles,
                                    {{{"x", "Tensor"}, {"group", "List[str]"}}, {1}}, {});
  EXPECT_THAT(guesses.at(0).inputs[1].columns, ElementsAre("group"));
  EXPECT_EQ(guesses[0].inputs[1].dtype, DType::string);
}

TEST(Inputs, no_column_gives_no_guess) {
  EXPECT_TRUE(guess_inputs(table({own_texts("id")}), Roles{}, tensor_of({3}), {}).empty());
}

TEST(Inputs, patterns_stand_only_for_exactly_the_run_that_they_match) {
  const TableProfile all =
      table({number("a"), number("v0"), number("v1"), number("v2"), number("v3"), number("value")});
  EXPECT_THAT(with_patterns({"a", "v0", "v1", "v2", "v3"}, all), ElementsAre("a", "v0", "v1", "v2", "v3"))
      << "v* would match value, too";
  const TableProfile some = table({number("a"), number("v0"), number("v1"), number("v2"), number("v3")});
  EXPECT_THAT(with_patterns({"a", "v0", "v1", "v2", "v3"}, some), ElementsAre("a", "v*"));
  EXPECT_THAT(with_patterns({"v1", "v0", "v2", "v3"}, some), ElementsAre("v1", "v0", "v2", "v3")) << "another order";
}

}  // namespace
}  // namespace modelgate::propose::test
