// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "gate/after/diff.hpp"
#include "gate/core/number_text.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

std::string unchanged_words(const ReportDiff& diff) {
  return fmt::format("{} {} unchanged: same limit, same outcome, value within the interval it had.",
                     count_text(diff.unchanged), diff.unchanged == 1 ? "check" : "checks");
}

}  // namespace

std::string diff_text(const ReportDiff& diff, std::size_t width) {
  std::string text = fmt::format("{}\n", shorten(diff.gate, width));
  for (const DiffSection& section : diff.sections) {
    text += fmt::format("\n{}: {}\n", section.title, section.lines.size());
    for (const std::string& line : section.lines) {
      std::string lead = "  - ";
      for (const std::string& piece : wrap(line, width - lead.size())) {
        text += lead + piece + "\n";
        lead = "    ";
      }
    }
  }
  text += '\n';
  for (const std::string& piece : wrap(unchanged_words(diff), width)) text += piece + "\n";
  return defuse_commands(text);
}

std::string diff_markdown(const ReportDiff& diff) {
  constexpr std::size_t reserve = 500;
  std::string text = fmt::format("## modelgate: what changed in {}\n", markdown_line(diff.gate, 200));
  std::size_t left_out = 0;
  for (const DiffSection& section : diff.sections) {
    const std::string head = fmt::format("\n### {}: {}\n\n", section.title, section.lines.size());
    bool headed = false;
    for (const std::string& line : section.lines) {
      const std::string item = "- " + markdown_line(line, 1'000) + "\n";
      if (text.size() + head.size() + item.size() + reserve > text_cap) {
        ++left_out;
        continue;
      }
      if (!headed) text += head;
      headed = true;
      text += item;
    }
  }
  if (left_out > 0) text += fmt::format("\nand {} more changes, for which this page has no room\n", left_out);
  return text + "\n" + unchanged_words(diff) + "\n";
}

}  // namespace modelgate
