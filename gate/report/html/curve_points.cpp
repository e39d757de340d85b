// SPDX-License-Identifier: Apache-2.0
#include "gate/report/html/curve_points.hpp"

#include <algorithm>

namespace modelgate {

std::vector<Point> points_of(const std::optional<Curve>& curve) {
  std::vector<Point> points;
  if (!curve) return points;
  points.reserve(std::min(curve->x.size(), curve->y.size()));
  for (std::size_t i = 0; i < std::min(curve->x.size(), curve->y.size()); ++i)
    if (drawable(curve->x[i]) && drawable(curve->y[i])) points.push_back({curve->x[i], curve->y[i]});
  return points;
}

double height_at(const std::vector<Point>& points, double x) {
  const auto after = std::ranges::find_if(points, [&](const Point& point) { return point.x >= x; });
  if (after == points.begin()) return points.front().y;
  if (after == points.end()) return points.back().y;
  const Point& before = *(after - 1);
  const double width = after->x - before.x;
  return width > 0 ? before.y + (after->y - before.y) * (x - before.x) / width : after->y;
}

double quantile_of(const std::vector<Point>& points, double share) {
  const auto found = std::ranges::find_if(points, [&](const Point& point) { return point.y >= share; });
  return found == points.end() ? points.back().x : found->x;
}

std::vector<Point> within(const Frame& frame, const std::vector<Point>& points, const Interval& x) {
  std::vector<Point> drawn;
  drawn.reserve(points.size());
  for (const Point& point : points) {
    if (point.x > x.high) {
      drawn.push_back({frame.x(x.high), frame.y(height_at(points, x.high))});
      break;
    }
    drawn.push_back({frame.x(point.x), frame.y(point.y)});
  }
  return drawn;
}

Extent extent_of(const std::vector<Point>& candidate, const std::vector<Point>& production) {
  constexpr double told_share = 0.995;
  Extent extent;
  for (const auto* points : {&candidate, &production})
    if (!points->empty()) {
      extent.add(points->front().x);
      extent.add(quantile_of(*points, told_share));
    }
  return extent;
}

}  // namespace modelgate
