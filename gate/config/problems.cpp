// SPDX-License-Identifier: Apache-2.0
#include "gate/config/problems.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "gate/config/clean_text.hpp"

namespace modelgate {
namespace {

constexpr std::size_t most_shown = 20;
constexpr std::size_t widest_excerpt = 100;

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

std::size_t characters_in(std::string_view text) {
  return text.size() - static_cast<std::size_t>(std::ranges::count_if(text, is_continuation));
}

/// What a terminal could act on, or a report could not hold, must not come through an error message.
std::string printable(std::string line) {
  std::ranges::replace(line, '\t', ' ');
  std::ranges::replace(line, '\n', ' ');
  std::size_t at = 0;
  while (const auto bad = first_bad_text(std::string_view{line}.substr(at))) {
    at += *bad;
    line[at] = '?';
  }
  return line;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string line{text.substr(0, end)};
    if (line.ends_with('\r')) line.pop_back();
    lines.push_back(printable(std::move(line)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace

Problems::Problems(std::string file, std::string_view text) { add_file(std::move(file), text); }

void Problems::add_file(std::string file, std::string_view text) {
  files_.push_back({std::move(file), lines_of(text)});
}

Place Problems::add_argument(std::string text) {
  arguments_.push_back(printable(std::move(text)));
  return {.line = 0, .column = 0, .argument = static_cast<int>(arguments_.size()) - 1, .file = 0};
}

void Problems::add(const Place& place, std::string what, std::string hint) {
  add(place, std::move(what), std::move(hint), {}, {});
}

void Problems::add(const Place& place, std::string what, std::string hint, const Place& other, std::string why) {
  if (!known_.emplace(place.file, place.line, place.column, place.argument, what).second) return;
  problems_.push_back({place, std::move(what), std::move(hint), other, std::move(why)});
}

std::string Problems::source_excerpt(const Place& place) const {
  const std::vector<std::string>& lines = files_[static_cast<std::size_t>(place.file)].lines;
  if (place.line < 1 || static_cast<std::size_t>(place.line) > lines.size()) return {};
  std::string_view line = lines[static_cast<std::size_t>(place.line) - 1];
  std::size_t caret = std::min(static_cast<std::size_t>(std::max(place.column - 1, 0)), line.size());
  std::string_view lead;
  if (line.size() > widest_excerpt && caret > widest_excerpt / 2) {
    std::size_t cut = caret - widest_excerpt / 2;
    while (cut < line.size() && is_continuation(line[cut])) ++cut;
    line.remove_prefix(cut);
    caret = caret > cut ? caret - cut : 0;
    lead = "...";
  }
  std::string_view tail;
  if (line.size() > widest_excerpt) {
    std::size_t end = widest_excerpt;
    while (end > 0 && is_continuation(line[end])) --end;
    line = line.substr(0, end);
    tail = "...";
  }
  const std::size_t indent = lead.size() + characters_in(line.substr(0, std::min(caret, line.size())));
  return fmt::format("{:5} | {}{}{}\n      | {:>{}}\n", place.line, lead, line, tail, "^", indent + 1);
}

std::string Problems::name_of(const Place& place) const {
  if (place.from_command_line()) return arguments_[static_cast<std::size_t>(place.argument)];
  return place.line > 0 ? fmt::format("{}:{}", file_of(place), place.line) : file_of(place);
}

std::string Problems::line_of(const Place& place) const {
  return place.file == 0 ? fmt::format("line {}", place.line) : name_of(place);
}

std::string Problems::rendered(const Problem& problem) const {
  std::string text =
      fmt::format("{}: error: {}\n{}", name_of(problem.place), problem.what, source_excerpt(problem.place));
  if (!problem.why.empty())
    text += fmt::format("{}: {}\n{}", name_of(problem.other), problem.why, source_excerpt(problem.other));
  if (!problem.hint.empty()) text += fmt::format("      {}\n", problem.hint);
  return text;
}

std::string Problems::text() const {
  std::vector<const Problem*> ordered;
  ordered.reserve(problems_.size());
  for (const Problem& problem : problems_) ordered.push_back(&problem);
  std::ranges::stable_sort(ordered, {},
                           [](const Problem* p) { return std::tuple{p->place.file, p->place.line, p->place.column}; });
  std::string text;
  for (const Problem* problem : ordered) {
    if (problem == ordered[std::min(most_shown, ordered.size() - 1)] && ordered.size() > most_shown) break;
    text += rendered(*problem);
  }
  if (ordered.size() > most_shown) text += fmt::format("and {} more\n", ordered.size() - most_shown);
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace modelgate
