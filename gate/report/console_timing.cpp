// SPDX-License-Identifier: Apache-2.0
#include "gate/report/console_timing.hpp"

#include <algorithm>
#include <array>

#include "gate/report/text.hpp"

namespace modelgate {
namespace {

constexpr std::size_t indent = 6;
constexpr std::array shown{"p50", "p95", "p99"};

std::string cell(const std::string& value, const std::string& interval) {
  return interval.empty() ? value : value + " " + interval;
}

/// Heads, candidate, production; empty where no percentile is known.
std::vector<std::string> table(const Timing& timing) {
  std::array<std::string, 3> lines{pad_right(timing.unit, 5), pad_right("cand.", 5), pad_right("prod.", 5)};
  bool any = false;
  for (const PercentileRow& row : timing.rows) {
    if (std::ranges::find(shown, row.name) == shown.end()) continue;
    const std::array cells{row.name, cell(row.candidate, row.candidate_interval),
                           cell(row.production, row.production_interval)};
    std::size_t widest = 0;
    for (const std::string& text : cells) widest = std::max(widest, display_width(text));
    for (std::size_t line = 0; line < lines.size(); ++line) lines[line] += "  " + pad_right(cells[line], widest);
    any = true;
  }
  if (!any) return {};
  return {lines.begin(), lines.end()};
}

}  // namespace

std::vector<std::string> console_timing(const Timing& timing, std::size_t width) {
  const std::string lead(indent, ' ');
  const std::size_t room = width - indent;
  std::vector<std::string> lines = table(timing);
  const bool fits = std::ranges::all_of(lines, [&](const std::string& line) { return display_width(line) <= room; });
  if (!fits) {
    const std::vector<std::string> sentences = timing_sentences(timing);
    lines.assign(sentences.begin(), sentences.end());
  } else {
    for (const std::string& text : {ratio_sentence(timing), effort_sentence(timing)})
      if (!text.empty()) lines.push_back(text);
  }
  if (!lines.empty()) lines.insert(lines.begin(), timing.title + ":");
  std::vector<std::string> wrapped;
  for (const std::string& line : lines) {
    if (display_width(line) <= room) {
      wrapped.push_back(lead + line.substr(0, line.find_last_not_of(' ') + 1));
      continue;
    }
    for (const std::string& piece : wrap(line, room)) wrapped.push_back(lead + piece);
  }
  return wrapped;
}

}  // namespace modelgate
