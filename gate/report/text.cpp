// SPDX-License-Identifier: Apache-2.0
#include "gate/report/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "gate/core/check_id.hpp"
#include "gate/core/utf8.hpp"

namespace modelgate {
namespace {

constexpr char32_t escape = 0x1B;

/// Characters no reader should get: what misleads, and ASCII's controls but tab and line feed.
bool forbidden(char32_t code) {
  if (code < 0x20) return code != '\t' && code != '\n';
  return code == 0x7F || utf8::is_misleading(code);
}

/// Bytes of the escape sequence that text begins with: CSI … final, OSC … BEL or ST, else ESC and one byte (ECMA-48).
std::size_t escape_length(std::string_view text) {
  if (text.size() < 2) return text.size();
  if (text[1] == '[') {
    std::size_t at = 2;
    while (at < text.size() && text[at] >= 0x20 && text[at] <= 0x3F) ++at;
    const bool final_byte = at < text.size() && text[at] >= 0x40 && text[at] <= 0x7E;
    return final_byte ? at + 1 : at;
  }
  if (text[1] == ']') {
    const std::size_t end = text.find_first_of("\a\x1B\n", 2);
    if (end == std::string_view::npos) return text.size();
    return text[end] == '\x1B' && end + 1 < text.size() && text[end + 1] == '\\' ? end + 2 : end + (text[end] == '\a');
  }
  return text[1] >= 0x20 && text[1] <= 0x7E ? 2 : 1;
}

/// How many bytes of text to keep so that the result with its note stays within cap and ends between characters.
std::size_t cut_before(std::string_view text, std::size_t limit) {
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0U) == 0x80U) --limit;
  return limit;
}

std::string capped(std::string text, std::size_t cap, bool more) {
  if (text.size() <= cap && !more) return text;
  constexpr std::string_view note = " … (cut)";
  const std::size_t room = cap > note.size() ? cap - note.size() : 0;
  if (text.size() > room) text.resize(cut_before(text, room));
  return cap > note.size() ? text.append(note) : text;
}

/// GitHub and GitLab look for mentions and issue numbers in the rendered text, where escapes and entities are gone.
constexpr std::string_view zero_width_space = "\u200B";

/// True where Markdown would read the character as markup: emphasis, code, a table cell, math, a link or image, the
/// start of a heading, list, quote or rule.
bool needs_backslash(std::string_view line, std::size_t i) {
  const char c = line[i];
  const char next = i + 1 < line.size() ? line[i + 1] : ' ';
  if (std::string_view{"\\`*|~$"}.contains(c)) return true;
  if (c == ']') return next == '(' || next == '[' || (next == ':' && line.front() == '[');
  if (c == '[' || c == '!') return next == '[';
  if (i == 0 && (c == '-' || c == '+')) return next == ' ' || next == c;
  if (i == 0) return std::string_view{"#>="}.contains(c);
  const bool ordinal = line.find_first_not_of("0123456789") == i;
  return ordinal && (c == '.' || c == ')') && next == ' ';
}

/// Letter or digit at this place; i may lie outside.
bool is_word(std::string_view line, std::size_t i) {
  return i < line.size() && std::isalnum(static_cast<unsigned char>(line[i])) != 0;
}

/// True where a platform would make what follows a mention or reference (@user, #12, GitLab's !12 $12 %12 &12 ~12),
/// also behind a word (org/name#12), or, by GitHub Flavored Markdown's autolinks, a word@address.tld.
bool refers(std::string_view line, std::size_t i) {
  if (!is_word(line, i + 1)) return false;
  const char c = line[i];
  if (c == '#') return true;
  if (!is_word(line, i - 1)) return std::string_view{"@!$%&~^"}.contains(c);
  const std::string_view rest = line.substr(i + 1);
  const std::string_view address = rest.substr(0, rest.find(' '));
  return c == '@' && address.contains('.') && std::isdigit(static_cast<unsigned char>(address.front())) == 0;
}

/// True in front of what GitHub Flavored Markdown's autolinks look for: the slashes of "http://", the point of "www.".
bool links_before(std::string_view line, std::size_t i) {
  const std::string_view rest = line.substr(i);
  return (rest.starts_with("//") && i > 0 && line[i - 1] == ':') ||
         (rest.starts_with('.') && line.substr(0, i).ends_with("www"));
}

/// Bytes of the longest beginning that fits into width columns; at least one character, so that callers come to an end.
std::size_t fitting_bytes(std::string_view text, std::size_t width) {
  std::size_t used = 0;
  std::size_t bytes = 0;
  while (bytes < text.size()) {
    const utf8::Character next = utf8::decode(text.substr(bytes));
    used += utf8::columns(next.code);
    if (used > width && bytes > 0) break;
    bytes += next.bytes;
  }
  return bytes;
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n'; }

}  // namespace

std::string clean_text(std::string_view text, std::size_t cap) {
  std::string out;
  out.reserve(std::min(text.size(), cap));
  while (!text.empty() && out.size() <= cap) {
    const auto [code, bytes] = utf8::decode(text);
    if (code == escape) {
      text.remove_prefix(escape_length(text));
      continue;
    }
    if (code == '\r') {
      if (text.size() < 2 || text[1] != '\n') out.push_back('\n');
    } else if (!forbidden(code)) {
      utf8::append(out, code);
    }
    text.remove_prefix(bytes);
  }
  return capped(std::move(out), cap, !text.empty());
}

std::string clean_line(std::string_view text, std::size_t cap) {
  std::string line;
  for (const char c : clean_text(text)) {
    if (!is_space(c)) {
      line.push_back(c);
    } else if (!line.empty() && line.back() != ' ') {
      line.push_back(' ');
    }
  }
  if (!line.empty() && line.back() == ' ') line.pop_back();
  return capped(std::move(line), cap, false);
}

// GitHub trims a line, of Unicode's white space, too, before it looks for "::" and finds "##[" anywhere in it; Azure
// finds "##vso[" anywhere (actions/runner ActionCommand.cs, azure-pipelines-agent Command.cs); TeamCity's "##teamcity["
// is of the same kind. Whatever is not ASCII counts as white space here: a space too many harms no reader.
std::string defuse_commands(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool line_start = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    out.push_back(text[i]);
    const bool pair = i + 1 < text.size() && text[i] == text[i + 1];
    if ((line_start && text[i] == ':' && pair) || (text[i] == '#' && pair)) out.push_back(' ');
    if (text[i] == '\n') {
      line_start = true;
    } else if (static_cast<unsigned char>(text[i]) < 0x80 && !std::isspace(static_cast<unsigned char>(text[i]))) {
      line_start = false;
    }
  }
  return out;
}

std::string log_safe(std::string_view text) { return defuse_commands(clean_text(text)); }

std::string markdown_line(std::string_view text, std::size_t cap) {
  std::string out;
  const std::string line = clean_line(text, cap);
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (links_before(line, i)) out += zero_width_space;
    if (c == '<') {
      out += "&lt;";
    } else if (c == '&') {
      out += "&amp;";
    } else {
      if (needs_backslash(line, i) || (c == '_' && !(is_word(line, i - 1) && is_word(line, i + 1)))) out += '\\';
      out += c;
    }
    if (refers(line, i)) out += zero_width_space;
  }
  return out;
}

std::string markdown_code(std::string_view text, std::size_t cap) {
  std::string out = "`";
  for (const char c : clean_line(text, cap)) {
    if (c == '|') out += '\\';  // a table splits its cells before it sees code spans
    out += c == '`' ? '\'' : c;
  }
  return out.size() == 1 ? std::string{} : out + "`";
}

std::uint64_t stable_hash(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return hash;
}

std::string junit_name(std::string_view text) {
  constexpr std::size_t longest = 400;
  const std::string name = id_text(text);
  if (name.empty()) return "unnamed";
  return name.size() <= longest ? name : name.substr(0, longest) + fmt::format("_{:04x}", stable_hash(text) & 0xFFFFU);
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const auto [code, bytes] = utf8::decode(text);
    width += utf8::columns(code);
    text.remove_prefix(bytes);
  }
  return width;
}

std::string pad_right(std::string_view text, std::size_t width) {
  const std::size_t have = display_width(text);
  return std::string(text) + std::string(have < width ? width - have : 0, ' ');
}

std::string pad_left(std::string_view text, std::size_t width) {
  const std::size_t have = display_width(text);
  return std::string(have < width ? width - have : 0, ' ') + std::string(text);
}

std::string shorten(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  std::string out;
  if (width > 1) out = text.substr(0, fitting_bytes(text, width - 1));
  return out + "…";
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  std::string line;
  while (!text.empty()) {
    std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (!line.empty() && display_width(line) + 1 + display_width(word) > width)
      lines.push_back(std::exchange(line, {}));
    while (display_width(word) > width) {
      const std::string_view piece = word.substr(0, fitting_bytes(word, width));
      lines.emplace_back(piece);
      word.remove_prefix(piece.size());
    }
    if (!word.empty()) line.append(line.empty() ? "" : " ").append(word);
  }
  if (!line.empty()) lines.push_back(line);
  return lines;
}

}  // namespace modelgate
