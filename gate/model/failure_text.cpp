// SPDX-License-Identifier: Apache-2.0
#include "gate/model/failure_text.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "gate/sandbox/tail.hpp"

namespace modelgate {
namespace {

constexpr std::size_t most_cause_bytes = 600;
constexpr std::size_t most_text_bytes = 1500;
constexpr std::size_t most_text_lines = 20;

std::vector<std::string_view> filled_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    if (line.find_first_not_of(" \t\r") != std::string_view::npos) lines.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// "RuntimeError: …", "torch.jit.Error: …", "std::bad_alloc".
bool starts_with_exception(std::string_view line) {
  if (line.starts_with("std::bad_alloc")) return true;
  const auto in_name = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  };
  const auto end = static_cast<std::size_t>(std::ranges::find_if_not(line, in_name) - line.begin());
  const std::string_view name = line.substr(0, end);
  const bool exception = name.ends_with("Error") || name.ends_with("Exception");
  return exception && line.substr(end).starts_with(':');
}

/// "    ~~~~~ <--- HERE" tells nothing by itself.
bool is_mark(std::string_view line) {
  return line.ends_with("<--- HERE") || line.find_first_not_of(" \t\r~^.") == std::string_view::npos;
}

bool has_any(std::string_view text, std::span<const std::string_view> signs) {
  return std::ranges::any_of(signs, [&](std::string_view sign) { return text.find(sign) != std::string_view::npos; });
}

}  // namespace

std::string cause_first(std::string_view untrusted) {
  const std::vector<std::string_view> lines = filled_lines(untrusted);
  std::string whole = printable_tail(untrusted, most_text_bytes, most_text_lines);
  if (lines.size() < 2) return whole;
  auto cause = std::find_if(lines.rbegin(), lines.rend(), starts_with_exception);
  if (cause == lines.rend()) {
    // Under a mark stands nothing, above it source code: then the first line says what is wrong.
    cause = is_mark(lines.back()) ? std::prev(lines.rend()) : lines.rbegin();
  }
  return printable_tail(cause->substr(0, most_cause_bytes), 2 * most_cause_bytes, 1) + "\n\n" + whole;
}

bool tells_of_memory(std::string_view untrusted) {
  constexpr std::array<std::string_view, 6> signs{"bad_alloc",     "allocate memory",   "Error code 12",
                                                  "out of memory", "not enough memory", "MemoryError"};
  return has_any(untrusted, signs);
}

bool tells_of_denial(std::string_view untrusted) {
  constexpr std::array<std::string_view, 2> signs{"Operation not permitted", "Permission denied"};
  return has_any(untrusted, signs);
}

std::string loader_complaint(std::string_view untrusted) {
  // Untranslated for want of a locale; the worker says the first of itself.
  for (const std::string_view sign : {"error while loading shared libraries: ", "symbol lookup error: "}) {
    const std::size_t found = untrusted.find(sign);
    if (found == std::string_view::npos) continue;
    const std::string_view line = untrusted.substr(found + sign.size());
    return printable_tail(line.substr(0, line.find('\n')), most_cause_bytes, 1);
  }
  return {};
}

}  // namespace modelgate
