// SPDX-License-Identifier: Apache-2.0
#include "gate/config/yaml_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace modelgate {
namespace {

constexpr auto reserved =
    std::to_array<std::string_view>({"true", "false", "yes", "no", "on", "off", "y", "n", "null"});

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_bare_char(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '/' || c == '-'; }

/// Words that YAML 1.1 or 1.2 reads as something else than text, and what begins like a number, stay out.
bool can_stand_bare(std::string_view text) {
  if (text.empty() || !std::ranges::all_of(text, is_bare_char)) return false;
  if (!is_letter(text[0]) && !text.starts_with("./") && !text.starts_with("../") && !text.starts_with('/'))
    return false;
  std::string folded(text);
  std::ranges::transform(folded, folded.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return std::ranges::find(reserved, folded) == reserved.end();
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

}  // namespace

std::string yaml_scalar(std::string_view text) {
  if (can_stand_bare(text)) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (is_control(c))
      quoted += fmt::format("\\x{:02X}", static_cast<unsigned char>(c));
    else
      quoted += c;
  }
  return quoted + '"';
}

std::string yaml_list(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + yaml_scalar(text);
  return "[" + list + "]";
}

std::string yaml_comment(std::string_view text) {
  std::string line(text);
  std::ranges::replace_if(line, is_control, '?');
  return line;
}

}  // namespace modelgate
