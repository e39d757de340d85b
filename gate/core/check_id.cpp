// SPDX-License-Identifier: Apache-2.0
#include "gate/core/check_id.hpp"

#include <algorithm>
#include <cstdint>

namespace modelgate {
namespace {

bool is_kept(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view{" ._-=+()@"}.find(c) != std::string_view::npos;
}

std::string hash_digits(std::string_view run) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : run) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  const std::uint64_t folded = (hash ^ (hash >> 16) ^ (hash >> 32) ^ (hash >> 48)) & 0xffffU;
  std::string digits;
  for (int shift = 12; shift >= 0; shift -= 4) digits += "0123456789abcdef"[(folded >> shift) & 0xfU];
  return digits;
}

/// Spaces at the ends and runs of spaces do not survive an XML attribute.
bool readers_fold_spaces(std::string_view text) {
  return text.starts_with(' ') || text.ends_with(' ') || text.find("  ") != std::string_view::npos;
}

std::string folded(std::string_view text) {
  std::string one_space;
  for (const char c : text) {
    if (c != ' ' || (!one_space.empty() && one_space.back() != ' ')) one_space += c;
  }
  if (one_space.ends_with(' ')) one_space.pop_back();
  return one_space;
}

}  // namespace

std::string id_text(std::string_view text) {
  std::string safe;
  if (readers_fold_spaces(text)) return id_text(folded(text)) + "_" + hash_digits(text);
  while (!text.empty()) {
    const auto kept_end = std::ranges::find_if_not(text, is_kept);
    safe.append(text.begin(), kept_end);
    text.remove_prefix(static_cast<std::size_t>(kept_end - text.begin()));
    const auto run_end = std::ranges::find_if(text, is_kept);
    if (run_end != text.begin()) safe += "_" + hash_digits({text.begin(), run_end});
    text.remove_prefix(static_cast<std::size_t>(run_end - text.begin()));
  }
  return safe;
}

bool is_id_text(std::string_view text) { return std::ranges::all_of(text, is_kept) && !readers_fold_spaces(text); }

}  // namespace modelgate
