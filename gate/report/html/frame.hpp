// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "gate/report/html/scale.hpp"
#include "gate/report/html/svg.hpp"

namespace modelgate {

/// The two axes of a curve: what they are called and how far they reach.
struct FrameAxes {
  std::string_view x_title;
  std::string_view y_title;
  Interval x{0.0, 1.0};
  Interval y{0.0, 1.0};
  bool x_logarithmic = false;  ///< x must be above 0
};

/// An empty diagram of fixed size: grid, ticks, axis titles and the legend of the two models.
class Frame {
 public:
  static constexpr double width = 380.0;
  static constexpr double height = 330.0;

  Frame(Svg& svg, const FrameAxes& axes);

  double x(double value) const { return x_(along(value)); }
  double y(double value) const { return y_(value); }
  /// The models that the diagram shows, above it.
  void legend(bool candidate, bool production);

 private:
  void grid(const FrameAxes& axes);
  /// Where a value stands on the axis: its logarithm on a logarithmic one.
  double along(double value) const;

  Svg& svg_;
  bool logarithmic_;
  Scale x_;
  Scale y_;
};

/// Candidate: filled circle; production: hollow square. The same in every picture.
void candidate_mark(Svg& svg, Point at, double radius = 4.0);
void production_mark(Svg& svg, Point at, double radius = 4.0);

/// How production's lines are dashed.
inline constexpr std::string_view production_dashes = "6 4";

}  // namespace modelgate
