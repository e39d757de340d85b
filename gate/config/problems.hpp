// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace modelgate {

/// Where a word stands: a line and column (bytes) of the gate file, both from 1, or an argument of the command line.
/// Line 0 without an argument means the file as a whole.
struct Place {
  int line = 0;
  int column = 0;
  int argument = -1;  ///< index into the arguments that Problems knows

  bool from_command_line() const { return argument >= 0; }
};

/// Collects everything wrong with a gate file, so that one run shows all of it.
class Problems {
 public:
  /// file: the name to print; text: its bytes, for the source lines shown; both are copied.
  Problems(std::string file, std::string_view text);

  /// Registers an argument of the command line as a place; text is what is printed ("--set runtime.threads=x").
  Place add_argument(std::string text);

  /// what: one clause without a full stop; hint: what to do, or "". The same clause at the same place counts once.
  void add(const Place& place, std::string what, std::string hint = {});

  bool empty() const { return problems_.empty(); }
  std::size_t size() const { return problems_.size(); }

  /// Each problem as "file:line: error: what", the source line with its number, a caret, and the hint; by line, at most
  /// 20, then how many more there are.
  std::string text() const;

 private:
  struct Problem {
    Place place;
    std::string what;
    std::string hint;
  };

  std::string rendered(const Problem& problem) const;
  std::string source_excerpt(const Place& place) const;

  std::string file_;
  std::vector<std::string> lines_;
  std::vector<std::string> arguments_;
  std::vector<Problem> problems_;
  std::set<std::tuple<int, int, int, std::string>> known_;
};

}  // namespace modelgate
