// SPDX-License-Identifier: Apache-2.0
#include "gate/report/console_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "gate/report/text.hpp"

namespace modelgate {
namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t interval_cell = 3;
constexpr std::size_t limit_cell = 4;
constexpr std::size_t least_label = 18;
constexpr std::size_t most_label = 44;

/// The interval belongs to the number before it, so it stands one blank behind it.
std::size_t gap_before(std::size_t cell) { return cell == interval_cell ? 1 : gap; }

}  // namespace

std::string Paint::wrap_in(std::string_view code, std::string_view text) const {
  return color && !text.empty() ? fmt::format("\x1B[{}m{}\x1B[0m", code, text) : std::string(text);
}

NumberColumns::NumberColumns(const std::vector<Facts>& rows, std::size_t width) : width_(width) {
  const auto measure = [&](bool notes) {
    widths_ = long_heads_ ? std::array<std::size_t, 5>{9, 10, 10, 12, 5} : std::array<std::size_t, 5>{5, 5, 6, 12, 5};
    for (const Facts& facts : rows) {
      const Cells cells = cells_of(facts, notes);
      for (std::size_t i = 0; i < cells.size(); ++i) widths_[i] = std::max(widths_[i], display_width(cells[i]));
    }
    std::size_t used = std::accumulate(widths_.begin(), widths_.end(), std::size_t{0});
    for (std::size_t i = 0; i < widths_.size(); ++i) used += gap_before(i);
    return used;
  };
  long_heads_ = width >= 100;
  notes_ = width >= measure(true) + least_label + 10;
  const std::size_t used = measure(notes_);
  label_width_ = std::clamp(width > used ? width - used : 0, least_label, most_label);
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

std::string NumberColumns::head(std::string_view title, std::string_view interval_name) const {
  return line(title, {long_heads_ ? "candidate" : "cand.", long_heads_ ? "production" : "prod.",
                      long_heads_ ? "difference" : "diff.", std::string(interval_name), "limit"});
}

std::string NumberColumns::row(std::string_view label, const Facts& facts) const {
  const Cells cells = cells_of(facts, notes_);
  if (display_width(label) <= label_width_) return line(label, cells);
  return shorten(label, width_) + "\n" + line("", cells);
}

std::string NumberColumns::note(const Facts& facts) const {
  if (notes_ || facts.limit_note.empty()) return {};
  return pad_left("(" + facts.limit_note + ")", width_) + "\n";
}

}  // namespace modelgate
