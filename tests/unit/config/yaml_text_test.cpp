// SPDX-License-Identifier: Apache-2.0
#include "gate/config/yaml_text.hpp"

#include <gtest/gtest.h>

#include <random>

#include "gate/config/yaml_tree.hpp"

namespace modelgate::test {
namespace {

/// What our own reader makes of "key: [scalar, last]"; nothing where it refuses it.
std::optional<std::string> read_back(const std::string& text) {
  const std::string document = "key: [" + yaml_scalar(text) + ", last]  # a comment\n";
  Problems problems("t.yaml", document);
  const auto tree = parse_yaml(document, problems);
  if (!tree || !problems.empty() || tree->items.size() != 1 || tree->items[0].items.size() != 2) return std::nullopt;
  const YamlNode& node = tree->items[0].items[0];
  return node.kind == YamlNode::Kind::scalar ? std::optional(node.text) : std::nullopt;
}

TEST(YamlText, plain_words_and_paths_stay_bare) {
  for (const char* text : {"amount", "v0", "card_age-days", "a.b", "../golden/x.parquet", "./m.pt", "/abs/m.pt"})
    EXPECT_EQ(yaml_scalar(text), text);
}

TEST(YamlText, what_yaml_could_take_for_something_else_is_quoted) {
  for (const char* text : {"",     "yes",  "No", "TRUE", "null", "~",   "1",     "1e3",  "-x",    ".5",  "a b",
                           "a: b", "a #b", "*v", "v*",   "[a]",  "{a}", "a,b",   "'a'",  "\"a\"", "&a",  "!a",
                           "|",    ">50K", "%a", "@a",   "`a`",  "?",   "größe", "a\\b", "..",    "a\tb"}) {
    EXPECT_TRUE(yaml_scalar(text).starts_with('"') || std::string_view(text) == "..") << text;
    EXPECT_EQ(read_back(text), text) << yaml_scalar(text);
  }
}

TEST(YamlText, any_printable_text_comes_back_as_it_was) {
  std::mt19937 random(7);
  constexpr std::string_view alphabet = " !\"#$%&'()*+,-./0129:;<=>?@ABCXYZ[\\]^_`abcyno{|}~\t";
  for (int i = 0; i < 5000; ++i) {
    std::string text;
    for (std::size_t length = random() % 12; length > 0; --length) text += alphabet[random() % alphabet.size()];
    ASSERT_EQ(read_back(text), text) << yaml_scalar(text);
  }
}

TEST(YamlText, lists_and_comments) {
  EXPECT_EQ(yaml_list({"a", "b c", "no"}), R"([a, "b c", "no"])");
  EXPECT_EQ(yaml_list({}), "[]");
  EXPECT_EQ(yaml_comment("two\nlines\x1b[31m"), "two?lines?[31m");
}

}  // namespace
}  // namespace modelgate::test
