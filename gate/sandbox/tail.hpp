// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace modelgate {

/// Keeps the last 64 KiB of a stream and counts the rest.
class OutputTail {
 public:
  static constexpr std::size_t capacity = std::size_t{64} * 1024;

  void append(std::string_view bytes);
  /// Bytes kept, oldest first.
  std::string text() const;
  /// All bytes ever appended.
  std::uint64_t total() const { return total_; }

 private:
  std::string ring_;  // up to twice the capacity, trimmed at times
  std::uint64_t total_ = 0;
};

/// Untrusted text made fit for a message: valid printable UTF-8 only, control characters as \xNN, workflow commands
/// ("::", "##vso[", "##[") broken up, the last max_lines lines and max_bytes bytes, prefixed "… " when cut.
std::string printable_tail(std::string_view untrusted, std::size_t max_bytes = 2000, std::size_t max_lines = 20);

}  // namespace modelgate
