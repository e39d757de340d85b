// SPDX-License-Identifier: Apache-2.0
#include "gate/config/utf8.hpp"

#include <cstdint>

namespace modelgate {
namespace {

bool is_clean_ascii(unsigned char c) { return (c >= 0x20 && c < 0x7f) || c == '\t' || c == '\n' || c == '\r'; }

struct Lead {
  std::size_t length;
  std::uint32_t bits;
  std::uint32_t smallest;
};

Lead lead_of(unsigned char c) {
  if ((c & 0xe0U) == 0xc0U) return {2, c & 0x1fU, 0x80};
  if ((c & 0xf0U) == 0xe0U) return {3, c & 0x0fU, 0x800};
  if ((c & 0xf8U) == 0xf0U) return {4, c & 0x07U, 0x10000};
  return {0, 0, 0};
}

/// Bytes of the multi-byte character at the start of the text; 0 if it is none.
std::size_t character_length(std::string_view text) {
  const Lead lead = lead_of(static_cast<unsigned char>(text.front()));
  if (lead.length == 0 || lead.length > text.size()) return 0;
  std::uint32_t code = lead.bits;
  for (std::size_t i = 1; i < lead.length; ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if ((c & 0xc0U) != 0x80U) return 0;
    code = (code << 6U) | (c & 0x3fU);
  }
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  const bool control = code < 0xa0 || code == 0xfeff || code == 0xfffe || code == 0xffff;
  return code < lead.smallest || code > 0x10ffff || surrogate || control ? 0 : lead.length;
}

}  // namespace

std::optional<std::size_t> first_bad_text(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      if (!is_clean_ascii(static_cast<unsigned char>(text[at]))) return at;
      ++at;
      continue;
    }
    const std::size_t length = character_length(text.substr(at));
    if (length == 0) return at;
    at += length;
  }
  return std::nullopt;
}

}  // namespace modelgate
