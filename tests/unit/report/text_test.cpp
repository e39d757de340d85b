// SPDX-License-Identifier: Apache-2.0
#include "gate/report/text.hpp"

#include <gtest/gtest.h>

#include "gate/core/check_id.hpp"
#include "tests/unit/report/sample.hpp"

namespace modelgate {
namespace {

using namespace std::string_literals;

TEST(CleanText, ordinary_text_comes_back_unchanged) {
  const std::string text = "recall ≥ 0.85, Köln 🚀\n\tindented, \"quoted\" <tag> & more";
  EXPECT_EQ(clean_text(text), text);
}

TEST(CleanText, control_characters_go_tab_and_line_feed_stay) {
  EXPECT_EQ(clean_text("a\0b\x01\x08\x0B\x0C\x1F\x7F"
                       "c\td\ne"s),
            "abc\td\ne");
  EXPECT_EQ(clean_text("c1 \xC2\x80\xC2\x9B"
                       "31m"),
            "c1 31m");
}

TEST(CleanText, carriage_returns_become_line_feeds) { EXPECT_EQ(clean_text("a\r\nb\rc"), "a\nb\nc"); }

TEST(CleanText, escape_sequences_go_whole) {
  EXPECT_EQ(clean_text("\x1B[1;31mred\x1B[0m plain"), "red plain");
  EXPECT_EQ(clean_text("\x1B]0;window title\atext"), "text");
  EXPECT_EQ(clean_text("\x1B]8;;http://x\x1B\\link\x1B]8;;\x1B\\"), "link");
  EXPECT_EQ(clean_text("\x1B"), "");
  EXPECT_EQ(clean_text("\x1B[31"), "");
}

TEST(CleanText, an_unended_title_sequence_hides_no_more_than_its_line) {
  EXPECT_EQ(clean_text("\x1B]0;hidden\nFAILED"), "\nFAILED");
}

TEST(CleanText, characters_that_xml_forbids_go) {
  EXPECT_EQ(clean_text("a\xEF\xBF\xBE"
                       "b\xEF\xBF\xBF"
                       "c"),
            "abc");
  EXPECT_EQ(clean_text("\xEF\xBB\xBFno mark"), "no mark");
}

TEST(CleanText, bad_utf8_becomes_replacement_characters) {
  EXPECT_EQ(clean_text("a\xFF"
                       "b"),
            "a\uFFFDb");
  EXPECT_EQ(clean_text("\xC3\x28"), "\uFFFD(");
  EXPECT_EQ(clean_text("\xC0\xAF"), "\uFFFD\uFFFD");                      // overlong "/"
  EXPECT_EQ(clean_text("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");            // a lone surrogate
  EXPECT_EQ(clean_text("\xF4\x90\x80\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD");  // above U+10FFFF
  EXPECT_EQ(clean_text("cut \xF0\x9F\x9A"), "cut \uFFFD");
}

TEST(CleanText, directional_overrides_and_line_separators_go) {
  EXPECT_EQ(clean_text("a\u202Eb\u2066c\u2028d\u200Fe\u061Cf"), "abcdef");
}

TEST(CleanText, is_cut_between_characters_and_says_so) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "é";
  const std::string cut = clean_text(text, 51);
  EXPECT_LE(cut.size(), 51U);
  EXPECT_TRUE(cut.ends_with("é … (cut)")) << cut;
  EXPECT_EQ(clean_text("exactly", 7), "exactly");
}

TEST(CleanText, the_result_is_clean_for_every_hostile_text) {
  for (const std::string& text : sample::hostile_texts()) {
    const std::string clean = clean_text(text);
    EXPECT_LE(clean.size(), text_cap);
    EXPECT_EQ(clean_text(clean), clean);
    EXPECT_EQ(clean.find('\x1B'), std::string::npos);
  }
}

TEST(CleanLine, white_space_runs_are_one_blank) { EXPECT_EQ(clean_line("  a \t\n\r\n b\n"), "a b"); }

TEST(CleanLine, has_its_own_cap) { EXPECT_LE(clean_line(std::string(1'000'000, 'x')).size(), line_cap); }

TEST(LogSafe, commands_at_the_start_of_a_line_are_broken) {
  EXPECT_EQ(log_safe("::error::x"), ": :error::x");
  EXPECT_EQ(log_safe("a\n  ::set-output name=a::b"), "a\n  : :set-output name=a::b");
  EXPECT_EQ(log_safe("std::vector"), "std::vector");
}

TEST(LogSafe, bracket_commands_are_broken_anywhere) {
  EXPECT_EQ(log_safe("x ##vso[task.complete]"), "x # #vso[task.complete]");
  EXPECT_EQ(log_safe("##[error]"), "# #[error]");
  EXPECT_EQ(log_safe("###[x"), "# # #[x");
}

TEST(LogSafe, white_space_of_unicode_before_a_command_does_not_save_it) {
  EXPECT_EQ(log_safe("\u00A0::add-mask::x"), "\u00A0: :add-mask::x");
  EXPECT_EQ(log_safe("a\n\u3000 \u2003::error::x"), "a\n\u3000 \u2003: :error::x");
}

TEST(LogSafe, an_escape_before_a_command_does_not_save_it) { EXPECT_EQ(log_safe("\x1B[0m::error::x"), ": :error::x"); }

TEST(MarkdownLine, markup_shows_as_it_is_written) {
  EXPECT_EQ(markdown_line("a|b `c` *d* ~e~"), "a\\|b \\`c\\` \\*d\\* \\~\u200Be\\~");
  EXPECT_EQ(markdown_line("<img src=x> & co"), "&lt;img src=x> &amp; co");
  EXPECT_EQ(markdown_line("roc_auc and _this_"), "roc_auc and \\_this\\_");
  EXPECT_EQ(markdown_line("[a](b) ![c](d) [e][f]"), "[a\\](b) \\![c\\](d) [e\\][f]");
}

TEST(MarkdownLine, intervals_stay_readable) {
  EXPECT_EQ(markdown_line("-0.01 [-0.02, +0.01]: beyond"), "-0.01 [-0.02, +0.01]: beyond");
  EXPECT_EQ(markdown_line("[label]: /x"), "[label\\]: /x");
}

TEST(MarkdownLine, leading_characters_start_no_block) {
  EXPECT_EQ(markdown_line("# a"), "\\# a");
  EXPECT_EQ(markdown_line("- a"), "\\- a");
  EXPECT_EQ(markdown_line("1. a"), "1\\. a");
  EXPECT_EQ(markdown_line("> a"), "\\> a");
  EXPECT_EQ(markdown_line("---"), "\\---");
}

TEST(MarkdownLine, nobody_is_notified) {
  EXPECT_EQ(markdown_line("@everyone #12"), "@\u200Beveryone #\u200B12");
  EXPECT_EQ(markdown_line("recall_at_fpr@0.01 ndcg@10"), "recall_at_fpr@0.01 ndcg@10");
  EXPECT_EQ(markdown_line("org/name#12 a@b.example"), "org/name#\u200B12 a@\u200Bb.example");
  EXPECT_EQ(markdown_line("!12 $12 %12 &12"), "!\u200B12 \\$\u200B12 %\u200B12 &amp;\u200B12");
  EXPECT_EQ(markdown_line("5% ! a & b"), "5% ! a &amp; b");
}

TEST(MarkdownLine, no_name_becomes_a_link) {
  EXPECT_EQ(markdown_line("https://x.example"), "https:\u200B//x.example");
  EXPECT_EQ(markdown_line("see www.x.example."), "see www\u200B.x.example.");
  EXPECT_EQ(markdown_line("models/a//b.pt"), "models/a//b.pt");
}

TEST(MarkdownCode, cannot_be_closed_from_within) {
  EXPECT_EQ(markdown_code("a`b|c"), "`a'b\\|c`");
  EXPECT_EQ(markdown_code(""), "");
}

TEST(JUnitName, ids_of_checks_stay_as_they_are) {
  const std::string id = "accuracy.recall.max_regression.region=north (2) @+-_";
  EXPECT_EQ(junit_name(id), id);
}

TEST(JUnitName, everything_else_is_replaced_and_stays_distinct) {
  EXPECT_TRUE(is_id_text(junit_name("a/b:c<d>é")));
  EXPECT_NE(junit_name("a/b"), junit_name("a:b"));
  EXPECT_EQ(junit_name(""), "unnamed");
}

TEST(JUnitName, overlong_names_are_cut_and_stay_distinct) {
  const std::string one = std::string(100'000, 'x') + "1";
  const std::string two = std::string(100'000, 'x') + "2";
  EXPECT_LE(junit_name(one).size(), 420U);
  EXPECT_NE(junit_name(one), junit_name(two));
}

TEST(DisplayWidth, counts_columns_not_bytes) {
  EXPECT_EQ(display_width("≥ 0.85"), 6U);
  EXPECT_EQ(display_width("漢字"), 4U);
  EXPECT_EQ(display_width("e\u0301"), 1U);
}

TEST(Shorten, ends_with_an_ellipsis_within_the_width) {
  EXPECT_EQ(shorten("abcdef", 6), "abcdef");
  EXPECT_EQ(shorten("abcdefg", 6), "abcde…");
  EXPECT_EQ(display_width(shorten("漢字漢字", 6)), 5U);
}

TEST(Wrap, breaks_at_blanks_within_the_width) {
  EXPECT_EQ(wrap("one two three", 7), (std::vector<std::string>{"one two", "three"}));
  EXPECT_EQ(wrap("", 7), std::vector<std::string>{});
  EXPECT_EQ(wrap("abcdefghij k", 5), (std::vector<std::string>{"abcde", "fghij", "k"}));
}

}  // namespace
}  // namespace modelgate
