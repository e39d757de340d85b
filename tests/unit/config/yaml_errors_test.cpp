// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/unit/config/gate_fixture.hpp"

namespace modelgate::test {
namespace {

TEST(YamlErrors, empty_file) {
  EXPECT_EQ(error_of(""),
            R"(modelgate.yaml: error: the file is empty
      a gate file begins with "version: 1")");
}

TEST(YamlErrors, a_list_is_no_gate_file) {
  EXPECT_EQ(error_of("- a\n- b\n"),
            R"(modelgate.yaml:1: error: here a map of keys is needed
    1 | - a
      | ^
      known here: version, name, task, on_inconclusive, allow_identical, candidate, production, dataset, output, runtime, checks, extends, waivers, ledger, first_release, target_prevalence, costs or reports)");
}

TEST(YamlErrors, a_text_is_no_gate_file) {
  EXPECT_EQ(error_of("hello"),
            R"(modelgate.yaml:1: error: here a map of keys is needed
    1 | hello
      | ^
      known here: version, name, task, on_inconclusive, allow_identical, candidate, production, dataset, output, runtime, checks, extends, waivers, ledger, first_release, target_prevalence, costs or reports)");
}

TEST(YamlErrors, broken_flow_list) {
  EXPECT_EQ(error_of(short_gate({{"[a]", "[a"}})),
            R"(modelgate.yaml:10: error: this is not YAML: illegal flow end
   10 |   inputs: [{columns: [a}]
      |                        ^)");
}

TEST(YamlErrors, tab_in_the_indentation) {
  EXPECT_EQ(error_of(short_gate({{"    - {metric", "\t- {metric"}})),
            R"(modelgate.yaml:13: error: this is not YAML: illegal block entry
   13 |  - {metric: recall, max_regression: 0.02}
      |  ^
      this line is indented by a tab; YAML wants spaces)");
}

TEST(YamlErrors, anchor) {
  EXPECT_EQ(error_of(short_gate({{"[a]", "&x [a]"}})),
            R"(modelgate.yaml:10: error: anchors are refused: "&x"
   10 |   inputs: [{columns: &x [a]}]
      |                      ^
      write the value out)");
}

TEST(YamlErrors, alias_of_nothing) {
  EXPECT_EQ(error_of("b: *x\n"),
            R"(modelgate.yaml:1: error: this is not YAML: the referenced anchor is not defined
    1 | b: *x
      |    ^)");
}

TEST(YamlErrors, tag) {
  EXPECT_EQ(error_of(short_gate({{"card_fraud", "!!str card_fraud"}})),
            R"(modelgate.yaml:2: error: tags (!name) are refused
    2 | name: !!str card_fraud
      |       ^
      write the plain value)");
}

TEST(YamlErrors, non_specific_tag) {
  EXPECT_EQ(error_of(short_gate({{"card_fraud", "! card_fraud"}})),
            R"(modelgate.yaml:2: error: tags (!name) are refused
    2 | name: ! card_fraud
      |       ^
      write the plain value)");
}

TEST(YamlErrors, tag_without_value) {
  EXPECT_EQ(error_of(short_gate({{"card_fraud", "!!null"}})),
            R"(modelgate.yaml:2: error: tags (!name) are refused
    2 | name: !!null
      |       ^
      write the plain value)");
}

TEST(YamlErrors, duplicate_key) {
  EXPECT_EQ(error_of(short_gate({{"task: binary", "task: binary\nname: other"}})),
            R"(modelgate.yaml:4: error: duplicate key "name"
    4 | name: other
      | ^
      it stands on line 2 already; remove one of them)");
}

TEST(YamlErrors, second_document) {
  EXPECT_EQ(error_of(short_gate() + "---\na: 1\n"),
            R"(modelgate.yaml:14: error: a second document begins here
   14 | ---
      | ^
      a gate file is one document)");
}

TEST(YamlErrors, key_without_value) {
  EXPECT_EQ(error_of(short_gate({{"name: card_fraud", "name:"}})),
            R"(modelgate.yaml:2: error: "name" has no value
    2 | name:
      | ^
      Name of the gate: the first word of every JUnit suite, the same from run to run.)");
}

TEST(YamlErrors, invalid_utf8) {
  EXPECT_EQ(error_of(short_gate({{"card_fraud", "card\xff"}})),
            R"(modelgate.yaml:2: error: byte 0xff is not text
    2 | name: card?
      |           ^
      save the file as UTF-8 without byte order mark and control characters)");
}

TEST(YamlErrors, nul_byte) {
  EXPECT_EQ(error_of(short_gate({{"card_fraud", std::string_view("card\0x", 6)}})),
            R"(modelgate.yaml:2: error: byte 0x00 is not text
    2 | name: card?x
      |           ^
      save the file as UTF-8 without byte order mark and control characters)");
}

TEST(YamlErrors, byte_order_mark) {
  EXPECT_EQ(error_of("\xef\xbb\xbf" + short_gate()),
            R"(modelgate.yaml:1: error: byte 0xef is not text
    1 | ???version: 1
      | ^
      save the file as UTF-8 without byte order mark and control characters)");
}

TEST(YamlErrors, escaped_control_character) {
  EXPECT_EQ(error_of(short_gate({{"card_fraud", "\"\\x1b[31m\""}})),
            R"(modelgate.yaml:2: error: this text holds a control character or is no UTF-8
    2 | name: "\x1b[31m"
      |       ^
      write it without the escape)");
}

TEST(YamlErrors, key_that_is_a_list) {
  EXPECT_EQ(error_of("? [a, b]\n: 1\n"),
            R"(modelgate.yaml:1: error: a key must be plain text
    1 | ? [a, b]
      |   ^)");
}

TEST(YamlErrors, long_lines_are_cut_around_the_caret) {
  EXPECT_EQ(error_of(short_gate({{"columns: [a]", "columns: [" + std::string(300, 'x') + "], ype: int64"}})),
            R"(modelgate.yaml:10: error: unknown key "ype"
   10 | ...xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx], ype: int64}]
      |                                                      ^
      known here: columns, files, mask_of, dtype, shape, nulls, vocabulary, unknown, pad, length or truncate)");
}

TEST(YamlErrors, caret_counts_characters_not_bytes) {
  EXPECT_EQ(error_of(short_gate({{"{model: new.pt}", "{version: \"é€😀\", modell: new.pt}"}})),
            R"(modelgate.yaml:5: error: unknown key "modell"
    5 | candidate: {version: "é€😀", modell: new.pt}
      |                             ^
      did you mean "model"?)");
}

}  // namespace
}  // namespace modelgate::test
