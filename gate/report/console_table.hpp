// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "gate/report/facts.hpp"

namespace modelgate {

/// Colours of the console; without color every call gives the text back.
struct Paint {
  bool color = false;

  std::string bold(std::string_view text) const { return wrap_in("1", text); }
  std::string dim(std::string_view text) const { return wrap_in("2", text); }
  std::string red(std::string_view text) const { return wrap_in("1;31", text); }
  std::string green(std::string_view text) const { return wrap_in("32", text); }
  std::string yellow(std::string_view text) const { return wrap_in("33", text); }

 private:
  std::string wrap_in(std::string_view code, std::string_view text) const;
};

/// The number columns of the console: candidate, production, difference, interval, limit; so wide that the numbers of
/// all sections stand under one another, and never so wide that a line outgrows the terminal: a row whose numbers are
/// too long for the columns names them below its label instead.
class NumberColumns {
 public:
  NumberColumns(const std::vector<Facts>& rows, std::size_t width);

  /// The heads of the columns behind this title.
  std::string head(std::string_view title, std::string_view interval_name) const;

  /// One line, or more where the label does not fit beside the numbers; none is wider than the terminal.
  std::string row(std::string_view label, const Facts& facts) const;

  /// The line "(1% of production)" for below a row, where the limit column has no room for it; else empty.
  std::string note(const Facts& facts) const;

 private:
  using Cells = std::array<std::string, 5>;
  using Widths = std::array<std::size_t, 5>;
  static Cells cells_of(const Facts& facts, bool with_note);
  static Widths grown(const Widths& widths, const Cells& cells);
  static std::size_t used_by(const Widths& widths);
  void fit(const std::vector<Facts>& rows);
  bool in_columns(const Cells& cells) const { return grown(widths_, cells) == widths_; }
  std::string named(const Cells& cells) const;
  std::string line(std::string_view label, const Cells& cells) const;

  std::size_t width_;
  std::size_t label_width_ = 0;
  bool notes_ = false;  ///< there is room for "(1% of production)" behind the limits
  bool long_heads_ = false;
  Widths widths_{};
};

}  // namespace modelgate
