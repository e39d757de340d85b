// SPDX-License-Identifier: Apache-2.0
#include "gate/sandbox/tail.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace modelgate {
namespace {

/// Length of the valid UTF-8 sequence at the start of text (overlong forms, surrogates and > U+10FFFF are not valid),
/// or 0.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  const std::size_t length = lead < 0x80                   ? 1
                             : lead >= 0xC2 && lead < 0xE0 ? 2
                             : lead >= 0xE0 && lead < 0xF0 ? 3
                             : lead >= 0xF0 && lead < 0xF5 ? 4
                                                           : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  if ((lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xED && byte(1) >= 0xA0) || (lead == 0xF0 && byte(1) < 0x90) ||
      (lead == 0xF4 && byte(1) >= 0x90)) {
    return 0;
  }
  return length;
}

/// Characters that reorder or hide text on a terminal or page: C1 controls, bidirectional marks, U+FFFE/U+FFFF, zero
/// widths.
bool deceptive(std::string_view c) {
  if (c.size() == 2) return c[0] == '\xC2' && static_cast<unsigned char>(c[1]) < 0xA0;
  if (c.size() != 3) return false;
  const auto code = ((c[0] & 0x0F) << 12) | ((c[1] & 0x3F) << 6) | (c[2] & 0x3F);
  return (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF || code >= 0xFFFE;
}

void append_hex(std::string& out, std::string_view bytes) {
  for (const char c : bytes) {
    std::array<char, 5> hex{};
    std::snprintf(hex.data(), hex.size(), "\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    out += hex.data();
  }
}

std::string escape(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const std::string_view character = text.substr(0, std::max<std::size_t>(length, 1));
    const auto code = static_cast<unsigned char>(character[0]);
    const bool control = length == 1 && (code < 0x20 || code == 0x7F) && code != '\n' && code != '\t';
    if (length == 0 || control || deceptive(character)) {
      append_hex(out, character);
    } else {
      const bool command = (character == ":" && out.ends_with(':')) || (character == "#" && out.ends_with('#')) ||
                           (character == "[" && out.ends_with('#'));
      if (command) out += ' ';
      out += character;
    }
    text.remove_prefix(character.size());
  }
  return out;
}

}  // namespace

void OutputTail::append(std::string_view bytes) {
  total_ += bytes.size();
  if (bytes.size() >= capacity) {
    ring_.assign(bytes.substr(bytes.size() - capacity));
    return;
  }
  ring_ += bytes;
  if (ring_.size() > 2 * capacity) ring_.erase(0, ring_.size() - capacity);
}

std::string OutputTail::text() const { return ring_.size() > capacity ? ring_.substr(ring_.size() - capacity) : ring_; }

std::string printable_tail(std::string_view untrusted, std::size_t max_bytes, std::size_t max_lines) {
  const std::size_t raw = untrusted.size();
  if (raw > 2 * max_bytes) untrusted.remove_prefix(raw - 2 * max_bytes);  // escaping never shortens
  std::string text = escape(untrusted);
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  std::size_t start = text.size() > max_bytes ? text.size() - max_bytes : 0;
  while (start < text.size() && (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80) ++start;
  std::size_t lines = 0;
  for (std::size_t i = text.size(); i > start; --i) {
    if (text[i - 1] == '\n' && ++lines == max_lines) start = i;
  }
  const bool cut = start > 0 || raw > 2 * max_bytes;
  return (cut ? "… " : "") + text.substr(start);
}

}  // namespace modelgate
