// SPDX-License-Identifier: Apache-2.0
#include "gate/report/console_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "gate/report/text.hpp"

namespace modelgate {
namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t interval_cell = 3;
constexpr std::size_t limit_cell = 4;
constexpr std::size_t least_label = 12;  // "Warnings: 99"
constexpr std::size_t label_beside_notes = 28;
constexpr std::size_t most_label = 44;

/// The interval belongs to the number before it, so it stands one blank behind it.
std::size_t gap_before(std::size_t cell) { return cell == interval_cell ? 1 : gap; }

}  // namespace

std::string Paint::wrap_in(std::string_view code, std::string_view text) const {
  return color && !text.empty() ? fmt::format("\x1B[{}m{}\x1B[0m", code, text) : std::string(text);
}

NumberColumns::NumberColumns(const std::vector<Facts>& rows, std::size_t width)
    : width_(width), long_heads_(width >= 100) {
  widths_ = long_heads_ ? Widths{9, 10, 10, 12, 5} : Widths{5, 5, 6, 12, 5};
  Widths with_notes = widths_;
  for (const Facts& facts : rows) with_notes = grown(with_notes, cells_of(facts, true));
  notes_ = used_by(with_notes) + label_beside_notes <= width;
  if (notes_) {
    widths_ = with_notes;
  } else {
    fit(rows);
  }
  const std::size_t used = used_by(widths_);
  label_width_ = std::clamp(width > used ? width - used : 0, least_label, most_label);
}

/// Narrow rows first, so that one value of many digits costs no other row its place in the columns.
void NumberColumns::fit(const std::vector<Facts>& rows) {
  std::vector<std::pair<std::size_t, Cells>> all;
  for (const Facts& facts : rows) {
    const Cells cells = cells_of(facts, false);
    all.emplace_back(used_by(grown({}, cells)), cells);
  }
  std::ranges::sort(all);
  for (const auto& [own, cells] : all) {
    const Widths wider = grown(widths_, cells);
    if (used_by(wider) + least_label <= width_) widths_ = wider;
  }
}

NumberColumns::Widths NumberColumns::grown(const Widths& widths, const Cells& cells) {
  Widths wider = widths;
  for (std::size_t i = 0; i < cells.size(); ++i) wider[i] = std::max(widths[i], display_width(cells[i]));
  return wider;
}

std::size_t NumberColumns::used_by(const Widths& widths) {
  std::size_t used = std::accumulate(widths.begin(), widths.end(), std::size_t{0});
  for (std::size_t i = 0; i < widths.size(); ++i) used += gap_before(i);
  return used;
}

NumberColumns::Cells NumberColumns::cells_of(const Facts& facts, bool with_note) {
  std::string limit = facts.limit;
  if (with_note && !facts.limit_note.empty()) limit += " (" + facts.limit_note + ")";
  // A value beyond all sense must not push the table off the screen.
  return {shorten(facts.candidate, 14), shorten(facts.production, 14), shorten(facts.difference, 14),
          shorten(facts.interval, 30), shorten(limit, 60)};
}

std::string NumberColumns::line(std::string_view label, const Cells& cells) const {
  std::string text = pad_right(label, label_width_);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const bool left = i == interval_cell || i == limit_cell;
    text += std::string(gap_before(i), ' ') + (left ? pad_right(cells[i], widths_[i]) : pad_left(cells[i], widths_[i]));
  }
  text.erase(text.find_last_not_of(' ') + 1);
  return text + "\n";
}

/// "cand. 12345.678  prod. 12001.5", the interval behind its number, broken between the numbers only.
std::string NumberColumns::named(const Cells& cells) const {
  constexpr std::size_t indent = 6;
  constexpr std::array<std::string_view, 5> names{"cand. ", "prod. ", "diff. ", "", "limit "};
  std::string text;
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (cells[i].empty()) continue;
    const std::string item = shorten(std::string(names[i]) + cells[i], width_ - indent);
    if (!line.empty() && indent + display_width(line) + gap_before(i) + display_width(item) > width_)
      text += std::string(indent, ' ') + std::exchange(line, {}) + "\n";
    line += (line.empty() ? "" : std::string(gap_before(i), ' ')) + item;
  }
  return line.empty() ? text : text + std::string(indent, ' ') + line + "\n";
}

std::string NumberColumns::head(std::string_view title, std::string_view interval_name) const {
  const Cells names{long_heads_ ? "candidate" : "cand.", long_heads_ ? "production" : "prod.",
                    long_heads_ ? "difference" : "diff.", std::string(interval_name), "limit"};
  if (display_width(title) <= label_width_) return line(title, names);
  return shorten(title, width_) + "\n" + line("", names);
}

std::string NumberColumns::row(std::string_view label, const Facts& facts) const {
  const Cells cells = cells_of(facts, notes_);
  const std::string above = label.empty() ? std::string{} : shorten(label, width_) + "\n";
  if (!in_columns(cells)) return above + named(cells_of(facts, true));
  return display_width(label) <= label_width_ ? line(label, cells) : above + line("", cells);
}

std::string NumberColumns::note(const Facts& facts) const {
  if (notes_ || facts.limit_note.empty() || !in_columns(cells_of(facts, false))) return {};
  return pad_left("(" + facts.limit_note + ")", width_) + "\n";
}

}  // namespace modelgate
