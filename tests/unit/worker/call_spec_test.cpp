// SPDX-License-Identifier: Apache-2.0
#include "gate/worker/call_spec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace modelgate::test {
namespace {

using testing::ElementsAre;
using Kind = OutputTree::Kind;

constexpr const char* leaf = R"({"type": null, "context": null, "children_spec": []})";

std::string node(const std::string& type, const std::string& context, const std::string& children) {
  return R"({"type": ")" + type + R"(", "context": )" + context + R"(, "children_spec": [)" + children + "]}";
}

std::string spec(const std::string& root) { return "[1, " + root + "]"; }

TEST(OutputTree, OfOneTensorIsALeaf) {
  const auto tree = read_output_tree(spec(leaf));
  ASSERT_TRUE(tree.has_value());
  EXPECT_EQ(tree->kind, Kind::tensor);
  EXPECT_EQ(count_tensors(*tree), 1U);
}

TEST(OutputTree, KeepsTuplesListsAndDictsWithTheirKeysAsTorchWritesThem) {
  const std::string two = std::string(leaf) + ", " + leaf;
  const auto tuple = read_output_tree(spec(node("builtins.tuple", "\"null\"", two)));
  ASSERT_TRUE(tuple.has_value());
  EXPECT_EQ(tuple->kind, Kind::tuple);
  EXPECT_EQ(count_tensors(*tuple), 2U);
  const auto list = read_output_tree(spec(node("builtins.list", "\"null\"", two)));
  ASSERT_TRUE(list.has_value());
  EXPECT_EQ(list->kind, Kind::list);
  const auto dict = read_output_tree(spec(node("builtins.dict", R"("[\"logits\", \"score\"]")", two)));
  ASSERT_TRUE(dict.has_value());
  EXPECT_EQ(dict->kind, Kind::dict);
  EXPECT_THAT(dict->keys, ElementsAre("logits", "score"));
  const auto named = read_output_tree(spec(node("collections.namedtuple", R"("{\"class_name\": \"P\"}")", two)));
  ASSERT_TRUE(named.has_value());
  EXPECT_EQ(named->kind, Kind::tuple);
}

TEST(OutputTree, CountsTheTensorsOfNestedContainers) {
  const std::string pair = node("builtins.tuple", "\"null\"", std::string(leaf) + "," + leaf);
  const auto tree = read_output_tree(spec(node("builtins.tuple", "\"null\"", pair + "," + leaf)));
  ASSERT_TRUE(tree.has_value());
  EXPECT_EQ(count_tensors(*tree), 3U);
}

TEST(OutputTree, OfAnUnknownContainerIsADictWhereItNamesItsPartsElseATuple) {
  const auto named = read_output_tree(spec(node("transformers.ModelOutput", R"("[\"a\"]")", leaf)));
  ASSERT_TRUE(named.has_value());
  EXPECT_EQ(named->kind, Kind::dict);
  for (const std::string context : {R"("[1]")", R"("[\"a\", \"b\"]")", R"("{")", "\"null\"", "7"}) {
    const auto tree = read_output_tree(spec(node("own.Type", context, leaf)));
    ASSERT_TRUE(tree.has_value()) << context;
    EXPECT_EQ(tree->kind, Kind::tuple) << context;
  }
}

TEST(OutputTree, ThatIsMalformedOrTooDeepIsRefused) {
  std::string deep = leaf;
  for (int i = 0; i < 40; ++i) deep = node("builtins.tuple", "\"null\"", deep);
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("[]"), std::string("[2, ") + leaf + "]", std::string("[1]"),
        std::string("[1, 5]"), spec("{}"), spec(deep), spec(R"({"type": null, "context": null, "children_spec": 4})"),
        spec(R"({"type": null, "context": null, "children_spec": [)" + std::string(leaf) + "]}")})
    EXPECT_FALSE(read_output_tree(text).has_value()) << text;
}

}  // namespace
}  // namespace modelgate::test
