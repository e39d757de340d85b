// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gate/report/html/markup.hpp"

namespace modelgate {

/// What a mark stands for; decides its colour in light and in dark, never its meaning alone.
enum class Ink {
  paper,  ///< the picture's own background
  text,
  quiet,  ///< axis titles, notes
  grid,
  candidate,
  production,
  limit,
  harm,  ///< the side of the limit that is not allowed
  passed,
  warning,
  waived,
  blocking,
  shade  ///< a cell's fill; its opacity says how much
};

struct Point {
  double x = 0.0;
  double y = 0.0;
};

enum class Anchor { start, middle, end };

struct TextStyle {
  Ink ink = Ink::text;
  double size = 12.0;
  Anchor anchor = Anchor::start;
  bool bold = false;
};

/// A picture file with its name and description for screen readers. Colours stand as attributes for a light page and
/// once more in a style sheet for a dark one: where a policy forbids the latter, the picture stays a readable light
/// card.
class Svg {
 public:
  Svg(double width, double height, std::string_view title, std::string_view description);

  void line(Point from, Point to, Ink ink, double width = 1.0, std::string_view dashes = "");
  void polyline(const std::vector<Point>& points, Ink ink, double width, std::string_view dashes = "");
  void rect(Point at, double width, double height, Ink ink, double opacity = 1.0);
  /// A hollow rectangle.
  void frame(Point at, double width, double height, Ink ink, double stroke = 1.5);
  void circle(Point centre, double radius, Ink ink);
  /// Corners of a closed shape; hollow: filled with the paper.
  void polygon(const std::vector<Point>& points, Ink ink, bool hollow = false);
  void text(Point at, std::string_view text, TextStyle style = {});
  /// Text that runs upwards around its middle.
  void upwards(Point at, std::string_view text, TextStyle style = {});

  double width() const { return width_; }
  double height() const { return height_; }
  /// The whole file; call it once, at the end.
  std::string take();

 private:
  Markup markup_;
  double width_;
  double height_;
};

}  // namespace modelgate
