// SPDX-License-Identifier: Apache-2.0
#include "gate/config/quantity.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace modelgate {
namespace {

using UnitValue = std::pair<std::string_view, double>;
constexpr std::array<UnitValue, 6> time_units{
    {{"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1.0}, {"min", 60.0}, {"h", 3600.0}}};
constexpr std::array<UnitValue, 9> size_units{{{"B", 1.0},
                                               {"kB", 1e3},
                                               {"MB", 1e6},
                                               {"GB", 1e9},
                                               {"TB", 1e12},
                                               {"KiB", 1024.0},
                                               {"MiB", 1048576.0},
                                               {"GiB", 1073741824.0},
                                               {"TiB", 1099511627776.0}}};

template <std::size_t N>
std::optional<double> value_of(const std::array<UnitValue, N>& units, std::string_view unit) {
  for (const auto& [name, value] : units) {
    if (name == unit) return value;
  }
  return std::nullopt;
}

std::optional<double> times(std::string_view text, std::optional<double> (*worth)(std::string_view)) {
  const auto quantity = parse_quantity(text);
  if (!quantity || quantity->value < 0.0) return std::nullopt;
  const auto unit = worth(quantity->unit);
  if (!unit) return std::nullopt;
  const double value = quantity->value * *unit;
  return std::isfinite(value) ? std::optional{value} : std::nullopt;
}

}  // namespace

std::optional<Quantity> parse_quantity(std::string_view text) {
  double value = 0.0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, std::chars_format::general);
  if (error != std::errc{} || !std::isfinite(value)) return std::nullopt;
  std::string_view unit{stop, static_cast<std::size_t>(end - stop)};
  if (unit.size() > 1 && unit.front() == ' ') unit.remove_prefix(1);
  if (unit.find_first_of(" 0123456789.") != std::string_view::npos) return std::nullopt;
  return Quantity{value, std::string{unit}};
}

std::optional<double> parse_number(std::string_view text) {
  const auto quantity = parse_quantity(text);
  return quantity && quantity->unit.empty() ? std::optional{quantity->value} : std::nullopt;
}

std::optional<std::int64_t> parse_whole(std::string_view text) {
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc{} && stop == end ? std::optional{value} : std::nullopt;
}

std::optional<double> seconds_in(std::string_view unit) { return value_of(time_units, unit); }
std::optional<double> bytes_in(std::string_view unit) { return value_of(size_units, unit); }
std::optional<double> parse_duration(std::string_view text) { return times(text, seconds_in); }
std::optional<double> parse_size(std::string_view text) { return times(text, bytes_in); }

std::optional<double> parse_rate(std::string_view text) {
  const auto quantity = parse_quantity(text);
  return quantity && quantity->unit == "/s" && quantity->value >= 0.0 ? std::optional{quantity->value} : std::nullopt;
}

}  // namespace modelgate
