// SPDX-License-Identifier: Apache-2.0
#include "gate/sandbox/tail.hpp"

#include <array>
#include <cstdio>

#include "gate/core/utf8.hpp"

namespace modelgate {
namespace {

/// What misleads a reader, and what hides: zero widths, which emoji are joined by in texts of people's.
bool deceptive(char32_t code) { return utf8::is_misleading(code) || (code >= 0x200B && code <= 0x200D); }

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
    const bool malformed = utf8::is_malformed(text);
    const auto [code, bytes] = utf8::decode(text);
    const std::string_view character = text.substr(0, malformed ? 1 : bytes);
    const bool control = (code < 0x20 || code == 0x7F) && code != '\n' && code != '\t';
    if (malformed || control || deceptive(code)) {
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
