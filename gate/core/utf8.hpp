// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace modelgate::utf8 {

inline constexpr char32_t replacement = 0xFFFD;

/// One decoded character; a malformed sequence gives U+FFFD and the length of its maximal bad prefix (Unicode 3.9,
/// table 3-8).
struct Character {
  char32_t code = replacement;
  std::size_t bytes = 1;
};

/// Decodes the first character of a text that is not empty.
Character decode(std::string_view text);

/// Whether a text that is not empty begins with no character (RFC 3629: overlong forms and surrogates are none).
bool is_malformed(std::string_view text);

void append(std::string& out, char32_t code);

/// Characters beyond ASCII that no reader should get: C1 controls, the byte order mark, non-characters that XML 1.0
/// forbids, line separators (some log readers break lines there), and the bidirectional marks and overrides with which
/// a text could rewrite the line it stands in.
bool is_misleading(char32_t code);

/// Columns in a terminal: 0 for combining marks and joiners, 2 for East Asian wide characters and emoji, else 1.
std::size_t columns(char32_t code);

}  // namespace modelgate::utf8
