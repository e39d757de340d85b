// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace modelgate {

/// A finite decimal number, whole text, by from_chars: no inf, nan, hex or separators.
std::optional<double> parse_number(std::string_view text);

/// A whole number, whole text.
std::optional<std::int64_t> parse_whole(std::string_view text);

/// A number and the unit written behind it ("5pp" → 5, "pp"; "0.05" → 0.05, "").
struct Quantity {
  double value = 0.0;
  std::string unit;
};
std::optional<Quantity> parse_quantity(std::string_view text);

/// Seconds in one of a unit of time (ns us ms s min h), or nothing.
std::optional<double> seconds_in(std::string_view unit);

/// Bytes in one of a unit of size (B kB MB GB TB KiB MiB GiB TiB), or nothing.
std::optional<double> bytes_in(std::string_view unit);

/// "10min" → 600; nothing without a unit or if negative.
std::optional<double> parse_duration(std::string_view text);

/// "8GiB" → bytes; nothing without a unit or if negative.
std::optional<double> parse_size(std::string_view text);

/// "100/s" → 100; nothing without the unit or if negative.
std::optional<double> parse_rate(std::string_view text);

}  // namespace modelgate
