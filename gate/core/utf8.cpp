// SPDX-License-Identifier: Apache-2.0
#include "gate/core/utf8.hpp"

#include <algorithm>
#include <array>

namespace modelgate::utf8 {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

constexpr bool within(Range range, char32_t code) { return code >= range.first && code <= range.last; }

constexpr std::array narrowless{Range{0x0300, 0x036F}, Range{0x0483, 0x0489}, Range{0x0591, 0x05BD},
                                Range{0x064B, 0x065F}, Range{0x1AB0, 0x1AFF}, Range{0x1DC0, 0x1DFF},
                                Range{0x200B, 0x200F}, Range{0x20D0, 0x20FF}, Range{0xFE00, 0xFE0F},
                                Range{0xFE20, 0xFE2F}, Range{0xFEFF, 0xFEFF}, Range{0xE0100, 0xE01EF}};

constexpr std::array wide{Range{0x1100, 0x115F},   Range{0x231A, 0x231B},   Range{0x2705, 0x2705},
                          Range{0x274C, 0x274C},   Range{0x2E80, 0x303E},   Range{0x3041, 0x33FF},
                          Range{0x3400, 0x4DBF},   Range{0x4E00, 0x9FFF},   Range{0xA000, 0xA4CF},
                          Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},   Range{0xFE30, 0xFE6F},
                          Range{0xFF00, 0xFF60},   Range{0xFFE0, 0xFFE6},   Range{0x1F300, 0x1F64F},
                          Range{0x1F680, 0x1F6FF}, Range{0x1F900, 0x1F9FF}, Range{0x20000, 0x3FFFD}};

struct Lead {
  std::size_t length;  ///< 0: no lead byte
  Range second;        ///< allowed second byte: excludes overlong forms, surrogates and codes above U+10FFFF
};

Lead lead_of(unsigned char byte) {
  if (byte < 0x80) return {1, {}};
  if (byte >= 0xC2 && byte <= 0xDF) return {2, {0x80, 0xBF}};
  if (byte == 0xE0) return {3, {0xA0, 0xBF}};
  if (byte == 0xED) return {3, {0x80, 0x9F}};
  if (byte >= 0xE1 && byte <= 0xEF) return {3, {0x80, 0xBF}};
  if (byte == 0xF0) return {4, {0x90, 0xBF}};
  if (byte >= 0xF1 && byte <= 0xF3) return {4, {0x80, 0xBF}};
  if (byte == 0xF4) return {4, {0x80, 0x8F}};
  return {0, {}};
}

}  // namespace

Character decode(std::string_view text) {
  const auto byte_at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto [length, second] = lead_of(byte_at(0));
  if (length == 0) return {};
  if (length == 1) return {byte_at(0), 1};
  char32_t code = byte_at(0) & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const Range allowed = i == 1 ? second : Range{0x80, 0xBF};
    if (i >= text.size() || !within(allowed, byte_at(i))) return {replacement, i};
    code = (code << 6U) | (byte_at(i) & 0x3FU);
  }
  return {code, length};
}

bool is_malformed(std::string_view text) {
  return decode(text).code == replacement && !text.starts_with("\xEF\xBF\xBD");  // U+FFFD itself is a character
}

void append(std::string& out, char32_t code) {
  const auto put = [&](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0U | (code >> 6U));
    put(0x80U | (code & 0x3FU));
  } else if (code < 0x10000) {
    put(0xE0U | (code >> 12U));
    put(0x80U | ((code >> 6U) & 0x3FU));
    put(0x80U | (code & 0x3FU));
  } else {
    put(0xF0U | (code >> 18U));
    put(0x80U | ((code >> 12U) & 0x3FU));
    put(0x80U | ((code >> 6U) & 0x3FU));
    put(0x80U | (code & 0x3FU));
  }
}

bool is_misleading(char32_t code) {
  if (code >= 0x80 && code <= 0x9F) return true;
  if (code == 0xFEFF || code == 0xFFFE || code == 0xFFFF) return true;
  if (code == 0x061C || code == 0x200E || code == 0x200F) return true;
  return (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

std::size_t columns(char32_t code) {
  const auto holds = [code](Range range) { return within(range, code); };
  if (std::ranges::any_of(narrowless, holds)) return 0;
  return std::ranges::any_of(wide, holds) ? 2 : 1;
}

}  // namespace modelgate::utf8
