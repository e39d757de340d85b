// SPDX-License-Identifier: Apache-2.0
#include "gate/report/progress_bar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gate/core/number_text.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

constexpr double least_pause_s = 0.1;
constexpr std::size_t bar_columns = 20;

/// Left of the cursor: back to column 1, erase to the end of the line (ECMA-48 EL).
constexpr std::string_view erase_line = "\r\x1B[K";

std::string bar_text(double share) {
  constexpr std::size_t steps_a_column = 8;
  const auto steps =
      static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(bar_columns * steps_a_column));
  static constexpr std::string_view eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  std::string bar;
  for (std::size_t i = 0; i < steps / steps_a_column; ++i) bar += "█";
  bar += eighths[steps % steps_a_column];
  return pad_right(bar, bar_columns);
}

std::string left_text(double seconds) {
  const auto whole = static_cast<long>(std::ceil(std::clamp(seconds, 0.0, 359'999.0)));
  if (whole < 60) return fmt::format("{} s left", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s left", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min left", whole / 3600, whole / 60 % 60);
}

std::string_view unit_of(std::string_view phase) {
  if (phase.starts_with("waiting")) return "s";
  return phase == "latency" ? "rounds" : "rows";
}

}  // namespace

ProgressBar::ProgressBar(std::ostream& out, const Clock& clock, std::size_t width)
    : out_(out), clock_(clock), width_(std::max<std::size_t>(width, 20)) {}

ProgressBar::~ProgressBar() { erase(); }

void ProgressBar::update(std::string_view phase, std::size_t done, std::optional<std::size_t> total) {
  const double now = clock_.now_s();
  if (phase != phase_) begin(phase, now);
  if (visible_ && now - shown_ < least_pause_s) return;
  // One column stays free: a terminal wraps when the last one is written, and then "\r" cannot come back.
  out_ << erase_line << shorten(line(done, total, now), width_ - 1) << std::flush;
  visible_ = true;
  shown_ = now;
}

void ProgressBar::finish(std::string_view phase) {
  if (phase != phase_) return;
  erase();
  phase_.clear();
}

void ProgressBar::begin(std::string_view phase, double now) {
  erase();
  phase_ = phase;
  started_ = now;
}

std::string ProgressBar::line(std::size_t done, std::optional<std::size_t> total, double now) const {
  const double elapsed = now - started_;
  const double rate = elapsed > 0 ? static_cast<double>(done) / elapsed : 0.0;
  const std::string_view unit = unit_of(phase_);
  std::string text = clean_line(phase_) + "  ";
  if (total && *total > 0) {
    const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(*total));
    text += fmt::format("{} {:>3}%  ", bar_text(share), static_cast<int>(100.0 * share));
  }
  text += count_text(done);
  if (total && *total > 0 && width_ >= 90) text += " of " + count_text(*total);
  text += fmt::format(" {}", unit);
  if (rate >= 1.0) text += fmt::format("  {} {}/s", count_text(static_cast<std::size_t>(rate)), unit);
  if (total && *total > done && rate > 0) text += "  " + left_text(static_cast<double>(*total - done) / rate);
  return text;
}

void ProgressBar::erase() {
  if (visible_) out_ << erase_line << std::flush;
  visible_ = false;
}

}  // namespace modelgate
