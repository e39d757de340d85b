// SPDX-License-Identifier: Apache-2.0
#include "gate/core/number_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace modelgate {
namespace {

/// Decimals that show about four digits of a number of this size.
int plain_decimals(double value) {
  const double size = std::abs(value);
  if (size >= 1000) return 0;
  if (size >= 100) return 1;
  if (size >= 10) return 2;
  if (size >= 1) return 3;
  constexpr double tiny = 1e-4;  // four decimals would show next to nothing
  constexpr int most = 12;       // below that a number is as good as zero
  return size > 0 && size < tiny ? std::min(3 - static_cast<int>(std::floor(std::log10(size))), most) : 4;
}

/// Bytes in the largest unit of which there is one: "812 B", "18.31 KiB", "118.4 MiB".
std::string size_text(double bytes) {
  constexpr std::array units{"KiB", "MiB", "GiB"};
  constexpr double step = 1024.0;
  if (!(std::abs(bytes) >= step)) return fixed_text(bytes, 0) + " B";
  double value = bytes / step;
  std::size_t unit = 0;
  for (; std::abs(value) >= step && unit + 1 < units.size(); ++unit) value /= step;
  return fixed_text(value, plain_decimals(value)) + " " + units[unit];
}

std::string scaled_text(double value, double scale, const char* unit) {
  return fixed_text(value * scale, plain_decimals(value * scale)) + " " + unit;
}

}  // namespace

std::string fixed_text(double value, int decimals) {
  if (!std::isfinite(value)) return "undefined";
  std::array<char, 400> buffer{};  // the largest double has 309 digits before its point
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed, decimals);
  std::string text(buffer.data(), end.ptr);
  if (text.find_first_not_of("-0.") == std::string::npos && text.front() == '-') text.erase(0, 1);  // no "-0.0000"
  return text;
}

std::string value_text(double value, Unit unit) {
  switch (unit) {
    case Unit::rate: return fixed_text(value, 4);
    case Unit::ratio: return fixed_text(value, 3);
    case Unit::seconds: return scaled_text(value, 1e3, "ms");
    case Unit::bytes: return size_text(value);
    case Unit::per_second: return count_text(static_cast<std::size_t>(std::max(0.0, std::round(value)))) + "/s";
    case Unit::plain: return fixed_text(value, plain_decimals(value));
  }
  return {};
}

std::string difference_text(double value, Unit unit) {
  const std::string sign = value > 0 && std::isfinite(value) ? "+" : "";
  return unit == Unit::per_second ? sign + fixed_text(value, 0) + "/s" : sign + value_text(value, unit);
}

std::string count_text(std::size_t count) {
  std::string text = std::to_string(count);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, 1, ',');
  return text;
}

}  // namespace modelgate
