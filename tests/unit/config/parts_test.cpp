// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <limits>

#include "gate/config/clean_text.hpp"
#include "gate/config/keys.hpp"
#include "gate/config/problems.hpp"
#include "gate/config/quantity.hpp"
#include "gate/config/suggest.hpp"
#include "gate/config/yaml_tree.hpp"
#include "tests/unit/config/gate_fixture.hpp"

namespace modelgate::test {
namespace {

std::string repeated(std::string_view text, std::size_t bytes) {
  std::string all;
  while (all.size() + text.size() <= bytes) all += text;
  return all;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

class Bombs : public testing::TestWithParam<const char*> {};

TEST_P(Bombs, are_refused_quickly) {
  const std::string bomb = repeated(GetParam(), 999'000);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THAT(error_of(bomb), testing::StartsWith("modelgate.yaml"));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

INSTANTIATE_TEST_SUITE_P(OneMegabyteOf, Bombs,
                         testing::Values("[", "{", "- ", "? ", "- - a\n", "!", "&a ", "\"", "a: ", "a:\n ", "[a, ",
                                         "{a: ", "]", "x", "#", "\n", "\xff", "%", "|\n", "- [", "*a ", "---\n", "{a, ",
                                         "-\n"));

TEST(Bounds, depth) {
  std::string deep;
  for (std::size_t i = 0; i < 40; ++i) deep += std::string(i, ' ') + "a:\n";
  EXPECT_EQ(error_of(deep), R"(modelgate.yaml:33: error: nested deeper than 32 levels
   33 |                                 a:
      |                                 ^)");
}

TEST(Bounds, bytes) {
  EXPECT_EQ(error_of(std::string(1'000'001, '#')), R"(modelgate.yaml: error: the file is larger than 1000000 bytes
      no gate needs as much: is this the file?)");
}

TEST(Bounds, nodes) {
  EXPECT_EQ(first_line(error_of("a: [" + repeated("x,", 300'000) + "]")),
            "modelgate.yaml:1: error: more than 100000 values");
}

TEST(Bounds, an_alias_bomb_dies_at_its_first_anchor) {
  std::string bomb = "a0: &a0 [x, x]\n";
  for (int i = 1; i < 40; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before + ", " + before + "]\n";
  }
  EXPECT_EQ(first_line(error_of(bomb)), "modelgate.yaml:1: error: anchors are refused: \"&a0\"");
}

TEST(Tree, knows_where_everything_stands) {
  const std::string_view text = "a: 1\nb:\n  - x\n  - 'y z'\n";
  Problems problems("f", text);
  const auto root = parse_yaml(text, problems);
  ASSERT_TRUE(root);
  const YamlNode* const list = root->find("b");
  ASSERT_NE(list, nullptr);
  EXPECT_EQ(list->items.at(1).text, "y z");
  EXPECT_TRUE(list->items.at(1).quoted);
  EXPECT_FALSE(list->items.at(0).quoted);
  EXPECT_EQ(list->items.at(1).place.line, 4);
  EXPECT_EQ(list->items.at(1).place.column, 5);
}

TEST(ProblemList, shows_twenty_and_counts_the_rest) {
  Problems problems("f.yaml", "");
  for (int i = 0; i < 23; ++i) problems.add({}, "p" + std::to_string(i));
  const std::string text = problems.text();
  EXPECT_THAT(text, testing::HasSubstr("f.yaml: error: p19\nand 3 more"));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("p20")));
}

TEST(ProblemList, exactly_twenty_are_all_shown) {
  Problems problems("f.yaml", "");
  for (int i = 0; i < 20; ++i) problems.add({}, "p" + std::to_string(i));
  EXPECT_THAT(problems.text(), testing::EndsWith("f.yaml: error: p19"));
}

TEST(ProblemList, says_the_same_once) {
  Problems problems("f.yaml", "");
  problems.add({}, "twice");
  problems.add({}, "twice");
  EXPECT_EQ(problems.text(), "f.yaml: error: twice");
}

TEST(Suggest, edit_distance) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("ca", "ac"), 1U);
  EXPECT_EQ(edit_distance("max_regresion", "max_regression"), 1U);
}

TEST(Suggest, nothing_for_what_is_not_near) {
  const std::vector<std::string_view> choices{"metric", "min", "max"};
  EXPECT_EQ(nearest("metrics", choices), "metric");
  EXPECT_EQ(nearest("banana", choices), "");
  EXPECT_EQ(nearest("x", choices), "");
  EXPECT_EQ(nearest(std::string(1000, 'm'), choices), "");
}

TEST(Quantities, numbers_are_whole_texts_and_finite) {
  EXPECT_EQ(parse_number("0.5"), 0.5);
  EXPECT_EQ(parse_number("-1e-3"), -0.001);
  for (const char* const bad : {"", " 1", "1 ", "nan", "inf", "-inf", "0x10", "1_000", "1,5", "+1", "1e999", "."}) {
    EXPECT_EQ(parse_number(bad), std::nullopt) << bad;
  }
  EXPECT_EQ(parse_whole("9007199254740993"), 9007199254740993);
  for (const char* const bad : {"", "1.0", "1e3", "9223372036854775808", "0x1"}) {
    EXPECT_EQ(parse_whole(bad), std::nullopt) << bad;
  }
}

TEST(Quantities, durations_and_sizes_need_their_unit) {
  EXPECT_EQ(parse_duration("10min"), 600.0);
  EXPECT_EQ(parse_duration("20 ms"), 0.02);
  EXPECT_EQ(parse_size("8GiB"), 8589934592.0);
  EXPECT_EQ(parse_size("1MB"), 1e6);
  for (const char* const bad : {"10", "10m", "-1s", "1s2", "s", "10 min utes", "1e300h0"}) {
    EXPECT_EQ(parse_duration(bad), std::nullopt) << bad;
  }
  for (const char* const bad : {"8", "8G", "8gib", "-1B", "1e308TiB"}) EXPECT_EQ(parse_size(bad), std::nullopt) << bad;
}

TEST(Utf8, finds_the_first_byte_that_is_no_text) {
  EXPECT_EQ(first_bad_text("plain\ttext\r\né€😀"), std::nullopt);
  EXPECT_EQ(first_bad_text("ab\x01"), 2U);
  EXPECT_EQ(first_bad_text("\xc0\x80"), 0U);          // overlong NUL
  EXPECT_EQ(first_bad_text("a\xed\xa0\x80"), 1U);     // surrogate
  EXPECT_EQ(first_bad_text("\xf4\x90\x80\x80"), 0U);  // beyond U+10FFFF
  EXPECT_EQ(first_bad_text("\xc2\x85"), 0U);          // C1 control
  EXPECT_EQ(first_bad_text("ok\xe2\x82"), 2U);        // cut short
}

TEST(Keys, no_key_stands_twice_and_each_has_its_sentence) {
  for (const Key& key : all_keys()) {
    EXPECT_EQ(find_key(key.where, key.name), &key) << key.name;
    EXPECT_TRUE(key.doc.ends_with('.')) << key.name;
  }
}

}  // namespace
}  // namespace modelgate::test
