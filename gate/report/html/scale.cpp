// SPDX-License-Identifier: Apache-2.0
#include "gate/report/html/scale.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "gate/core/number_text.hpp"

namespace modelgate {

bool drawable(double value) {
  constexpr double largest = 1e15;  // beyond it ticks lose their last digits
  return std::isfinite(value) && std::abs(value) < largest;
}

void Extent::add(double value) {
  if (!drawable(value)) return;
  if (!range_) range_ = Interval{value, value};
  range_->low = std::min(range_->low, value);
  range_->high = std::max(range_->high, value);
}

void Extent::add(const std::optional<Interval>& interval) {
  if (!interval) return;
  add(interval->low);
  add(interval->high);
}

Interval Extent::padded(double share) const {
  if (!range_) return {0.0, 1.0};
  const double width = range_->high - range_->low;
  const double size = std::max(std::abs(range_->low), std::abs(range_->high));
  constexpr double smallest = 1e-9;  // of the values' own size: less is rounding, no width
  const double room = width > smallest * size && width > 0 ? share * width : std::max(0.1 * size, 1e-6);
  return {range_->low - room, range_->high + room};
}

Ticks nice_ticks(Interval range, int count) {
  const double rough = (range.high - range.low) / std::max(1, count);
  if (!(rough > 0) || !drawable(range.low) || !drawable(range.high)) return {{range.low}, 2};
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  constexpr std::array steps{1.0, 2.0, 5.0, 10.0};
  const double step = power * *std::ranges::find_if(steps, [&](double s) { return s * power >= 0.999 * rough; });
  Ticks ticks;
  ticks.decimals = std::clamp(-static_cast<int>(std::floor(std::log10(step) + 1e-9)), 0, 12);
  constexpr double slack = 1e-9;  // a tick at the very end of the range must not be lost to rounding
  const auto first = std::ceil(range.low / step - slack);
  const auto last = std::floor(range.high / step + slack);
  for (int i = 0; i < 100 && first + i <= last; ++i) {
    const double steps_from_zero = first + i;
    ticks.values.push_back(steps_from_zero == 0 ? 0.0 : steps_from_zero * step);  // never -0
  }
  return ticks;
}

Ticks log_ticks(Interval range) {
  constexpr double most_doublings = 2.6;  // decades in which 1, 2 and 5 have room
  constexpr double slack = 1e-9;
  Ticks ticks{.values = {}, .decimals = 12, .trimmed = true};
  if (!(range.low > 0) || !drawable(range.high) || range.high < range.low) return ticks;
  const double decades = std::log10(range.high / range.low);
  const int step = std::max(1, static_cast<int>(std::ceil(decades / 6.0)));
  for (int power = static_cast<int>(std::floor(std::log10(range.low))); power <= std::log10(range.high) + slack;
       ++power)
    for (const double factor : {1.0, 2.0, 5.0}) {
      if (factor > 1.0 ? decades > most_doublings : power % step != 0) continue;
      const double tick = factor * std::pow(10.0, power);
      if (tick >= range.low * (1 - slack) && tick <= range.high * (1 + slack)) ticks.values.push_back(tick);
    }
  return ticks;
}

std::string Ticks::label(double value) const {
  std::string text = fixed_text(value, decimals);
  if (!trimmed || decimals == 0) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

double Scale::operator()(double value) const {
  const double width = domain_.high - domain_.low;
  const double share = width > 0 ? (std::clamp(value, domain_.low, domain_.high) - domain_.low) / width : 0.5;
  return from_ + share * (to_ - from_);
}

}  // namespace modelgate
