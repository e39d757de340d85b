// SPDX-License-Identifier: Apache-2.0
#include "gate/after/interval_line.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

namespace modelgate {
namespace {

/// From the numbers' range to the columns of the line.
class Scale {
 public:
  Scale(const std::vector<double>& numbers, std::size_t width) : width_(width) {
    const auto [low, high] = std::ranges::minmax(numbers);
    low_ = low;
    span_ = high - low;
  }
  std::size_t column(double number) const {
    const double last = static_cast<double>(width_ - 1);
    if (!(span_ > 0.0) || !std::isfinite(span_)) return width_ / 2;
    return static_cast<std::size_t>(std::lround(std::clamp((number - low_) / span_, 0.0, 1.0) * last));
  }

 private:
  std::size_t width_;
  double low_ = 0.0;
  double span_ = 0.0;
};

/// Beyond an end without bound the line goes on, so that the arrow stands apart from every number.
std::vector<double> with_room_for_arrows(std::vector<double> numbers, bool open_low, bool open_high) {
  std::erase_if(numbers, [](double number) { return !std::isfinite(number); });
  const auto [low, high] = std::ranges::minmax(numbers);
  const double room = high > low ? (high - low) / 4.0 : 1.0;
  if (open_low) numbers.push_back(low - room);
  if (open_high) numbers.push_back(high + room);
  return numbers;
}

}  // namespace

std::string interval_line(const Interval& interval, std::optional<double> value, double limit, std::size_t width) {
  if (!std::isfinite(limit) || std::isnan(interval.low) || std::isnan(interval.high) || width < 5) return {};
  const bool has_value = value && std::isfinite(*value);
  const bool open_low = std::isinf(interval.low);
  const bool open_high = std::isinf(interval.high);
  const std::vector<double> numbers{interval.low, interval.high, limit, has_value ? *value : limit};
  const Scale scale(with_room_for_arrows(numbers, open_low, open_high), width);
  const std::size_t low = open_low ? 0 : scale.column(interval.low);
  const std::size_t high = open_high ? width - 1 : scale.column(interval.high);
  std::vector<std::string_view> cells(width, " ");
  for (std::size_t i = low; i <= high; ++i) cells[i] = "─";
  cells[low] = open_low ? "◄" : "├";
  cells[high] = open_high ? "►" : "┤";
  if (has_value) cells[scale.column(*value)] = "●";
  cells[scale.column(limit)] = "|";
  while (!cells.empty() && cells.back() == " ") cells.pop_back();
  std::string line;
  for (const std::string_view cell : cells) line += cell;
  return line;
}

}  // namespace modelgate
