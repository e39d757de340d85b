// SPDX-License-Identifier: Apache-2.0
#include "gate/config/clean_text.hpp"

#include "gate/core/utf8.hpp"

namespace modelgate {
namespace {

bool is_clean(char32_t code) {
  if (code < 0x80) return (code >= 0x20 && code < 0x7f) || code == '\t' || code == '\n' || code == '\r';
  return code >= 0xa0 && code != 0xfeff && code != 0xfffe && code != 0xffff;
}

}  // namespace

std::optional<std::size_t> first_bad_text(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = text.substr(at);
    const auto [code, bytes] = utf8::decode(rest);
    if (utf8::is_malformed(rest) || !is_clean(code)) return at;
    at += bytes;
  }
  return std::nullopt;
}

}  // namespace modelgate
