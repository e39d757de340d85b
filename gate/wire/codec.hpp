// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace modelgate {

/// Writes numbers and strings one after another; both ends are one machine, so bytes are as in memory.
class Encoder {
 public:
  template <class T>
    requires(std::is_arithmetic_v<T> || std::is_enum_v<T>)
  Encoder& put(T value) {
    char raw[sizeof(T)];
    std::memcpy(raw, &value, sizeof(T));
    bytes_.append(raw, sizeof(T));
    return *this;
  }
  Encoder& put(std::string_view text) {
    put(static_cast<std::uint32_t>(text.size()));
    bytes_.append(text);
    return *this;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

/// Reads what Encoder wrote, from bytes that may be hostile: past the end it yields zeros and ok() turns false for
/// good.
class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : rest_(bytes) {}

  template <class T>
    requires(std::is_arithmetic_v<T>)
  T get() {
    T value{};
    if (!take(sizeof(T))) return value;
    std::memcpy(&value, rest_.data(), sizeof(T));  // NOLINT(bugprone-suspicious-stringview-data-usage): sized
    rest_.remove_prefix(sizeof(T));
    return value;
  }
  /// A byte that must be 0 or 1, so that every message has one spelling.
  bool get_flag() {
    const auto value = get<std::uint8_t>();
    ok_ = ok_ && value <= 1;
    return ok_ && value == 1;
  }
  std::string get_string() {
    const auto size = get<std::uint32_t>();
    if (!take(size)) return {};
    std::string text(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return text;
  }
  bool ok() const { return ok_; }
  /// Everything was there and nothing is left over.
  bool complete() const { return ok_ && rest_.empty(); }

 private:
  bool take(std::size_t size) {
    ok_ = ok_ && size <= rest_.size();
    return ok_;
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace modelgate
