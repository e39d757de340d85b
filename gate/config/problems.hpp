// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace modelgate {

/// Where a word stands: a line and column (bytes) of a file, both from 1, or an argument of the command line.
/// Line 0 without an argument means the file as a whole.
struct Place {
  int line = 0;
  int column = 0;
  int argument = -1;  ///< index into the arguments that Problems knows
  int file = 0;       ///< index into its files: 0 the gate file, 1 what it extends

  bool from_command_line() const { return argument >= 0; }
};

/// Collects everything wrong with a gate file, so that one run shows all of it.
class Problems {
 public:
  /// file: the name to print; text: its bytes, for the source lines shown; both are copied.
  Problems(std::string file, std::string_view text);

  /// Registers a further file, in the order of Place::file.
  void add_file(std::string file, std::string_view text);

  /// The name of the file a place lies in, as the messages print it.
  const std::string& file_of(const Place& place) const { return files_[static_cast<std::size_t>(place.file)].name; }

  /// "line 5", or "policy.yaml:5" for a place in another file than the gate file.
  std::string line_of(const Place& place) const;

  /// Registers an argument of the command line as a place; text is what is printed ("--set runtime.threads=x").
  Place add_argument(std::string text);

  /// what: one clause without a full stop; hint: what to do, or "". The same clause at the same place counts once.
  void add(const Place& place, std::string what, std::string hint = {});

  /// The same with a second place below it, and the clause that stands there.
  void add(const Place& place, std::string what, std::string hint, const Place& other, std::string why);

  bool empty() const { return problems_.empty(); }
  std::size_t size() const { return problems_.size(); }

  /// Each problem as "file:line: error: what", the source line with its number, a caret, and the hint; by file and
  /// line, at most 20, then how many more there are.
  std::string text() const;

 private:
  struct File {
    std::string name;
    std::vector<std::string> lines;
  };
  struct Problem {
    Place place;
    std::string what;
    std::string hint;
    Place other;
    std::string why;  ///< said of other; empty: there is none
  };

  std::string name_of(const Place& place) const;
  std::string rendered(const Problem& problem) const;
  std::string source_excerpt(const Place& place) const;

  std::vector<File> files_;
  std::vector<std::string> arguments_;
  std::vector<Problem> problems_;
  std::set<std::tuple<int, int, int, int, std::string>> known_;
};

}  // namespace modelgate
