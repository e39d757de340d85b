// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gate/core/interval.hpp"

namespace modelgate {

/// A finite number of a size that a picture can show; NaN, infinities and absurd sizes are none.
bool drawable(double value);

/// Grows a range by values; starts without any.
class Extent {
 public:
  void add(double value);
  void add(const std::optional<double>& value) {
    if (value) add(*value);
  }
  void add(const std::optional<Interval>& interval);
  bool empty() const { return !range_; }
  /// The range, widened by this share at both ends; a single value gets room around it; [0, 1] where empty.
  Interval padded(double share) const;

 private:
  std::optional<Interval> range_;
};

/// Places on an axis, with as many decimals as tell them apart.
struct Ticks {
  std::vector<double> values;
  int decimals = 0;
  bool trimmed = false;  ///< labels without zeros at their ends

  std::string label(double value) const;
};

/// About count round numbers (1, 2 or 5 times a power of ten apart) within the range.
Ticks nice_ticks(Interval range, int count);

/// Powers of ten within the range, with their doubles and fives where there is room; the range must be above 0.
Ticks log_ticks(Interval range);

/// Maps values to pixels; values outside are held at the ends.
class Scale {
 public:
  Scale(Interval domain, double from, double to) : domain_(domain), from_(from), to_(to) {}
  double operator()(double value) const;
  bool inside(double value) const { return value >= domain_.low && value <= domain_.high; }
  Interval domain() const { return domain_; }
  double from() const { return from_; }
  double to() const { return to_; }

 private:
  Interval domain_;
  double from_;
  double to_;
};

}  // namespace modelgate
