// SPDX-License-Identifier: Apache-2.0
#include "gate/after/age.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdint>

#include "gate/core/date.hpp"

namespace modelgate {
namespace {

struct AgeUnit {
  std::string_view suffix;
  std::string_view word;
  std::int64_t seconds;
};

constexpr std::array units{AgeUnit{"d", "day", 86'400}, AgeUnit{"h", "hour", 3'600}, AgeUnit{"min", "minute", 60},
                           AgeUnit{"s", "second", 1}};
constexpr std::int64_t longest = 36'500;  // of any unit; a hundred years of days

/// Two digits below limit at this place, else -1.
int two_digits(std::string_view text, std::size_t at, int limit) {
  int number = -1;
  const std::string_view digits = text.substr(at, 2);
  const bool both = digits.find_first_not_of("0123456789") == std::string_view::npos;
  if (both) std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number < limit ? number : -1;
}

}  // namespace

std::optional<std::chrono::seconds> age_from(std::string_view text) {
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view suffix(read.ptr, static_cast<std::size_t>(text.data() + text.size() - read.ptr));
  if (read.ec != std::errc{} || number <= 0 || number > longest) return std::nullopt;
  for (const AgeUnit& unit : units)
    if (unit.suffix == suffix) return std::chrono::seconds(number * unit.seconds);
  return std::nullopt;
}

std::optional<Instant> instant_from(std::string_view text) {
  if (text.size() != 20 || text[10] != 'T' || text[13] != ':' || text[16] != ':' || text[19] != 'Z')
    return std::nullopt;
  const auto day = date_from(text.substr(0, 10));
  const int hour = two_digits(text, 11, 24);
  const int minute = two_digits(text, 14, 60);
  const int second = two_digits(text, 17, 61);
  if (!day || hour < 0 || minute < 0 || second < 0) return std::nullopt;
  return *day + std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
}

std::string age_text(std::chrono::seconds age) {
  for (const AgeUnit& unit : units) {
    const std::int64_t count = age.count() / unit.seconds;
    if (count >= 1) return fmt::format("{} {}{}", count, unit.word, count == 1 ? "" : "s");
  }
  return "0 seconds";
}

}  // namespace modelgate
