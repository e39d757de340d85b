// SPDX-License-Identifier: Apache-2.0
#include "gate/report/html/frame.hpp"

#include <algorithm>
#include <cmath>

namespace modelgate {
namespace {

constexpr double left = 58.0;
constexpr double right = 366.0;
constexpr double top = 34.0;
constexpr double bottom = 274.0;

}  // namespace

Frame::Frame(Svg& svg, const FrameAxes& axes)
    : svg_(svg),
      logarithmic_(axes.x_logarithmic),
      x_({along(axes.x.low), along(axes.x.high)}, left, right),
      y_(axes.y, bottom, top) {
  grid(axes);
}

double Frame::along(double value) const {
  constexpr double smallest = 1e-12;
  return logarithmic_ ? std::log10(std::max(value, smallest)) : value;
}

void Frame::grid(const FrameAxes& axes) {
  const Ticks across = axes.x_logarithmic ? log_ticks(axes.x) : nice_ticks(axes.x, 5);
  for (const double tick : across.values) {
    svg_.line({x(tick), top}, {x(tick), bottom}, Ink::grid);
    svg_.text({x(tick), bottom + 18}, across.label(tick), {.ink = Ink::quiet, .size = 12, .anchor = Anchor::middle});
  }
  const Ticks up = nice_ticks(axes.y, 5);
  for (const double tick : up.values) {
    svg_.line({left, y(tick)}, {right, y(tick)}, Ink::grid);
    svg_.text({left - 8, y(tick) + 4}, up.label(tick), {.ink = Ink::quiet, .size = 12, .anchor = Anchor::end});
  }
  svg_.line({left, bottom}, {right, bottom}, Ink::quiet);
  svg_.line({left, top}, {left, bottom}, Ink::quiet);
  svg_.text({(left + right) / 2, bottom + 42}, axes.x_title, {.size = 12.5, .anchor = Anchor::middle});
  svg_.upwards({16, (top + bottom) / 2}, axes.y_title, {.size = 12.5});
}

void Frame::legend(bool candidate, bool production) {
  double at = left;
  if (candidate) {
    svg_.line({at, 16}, {at + 26, 16}, Ink::candidate, 2.5);
    candidate_mark(svg_, {at + 13, 16});
    svg_.text({at + 32, 20}, "candidate", {.size = 12});
    at += 118;
  }
  if (production) {
    svg_.line({at, 16}, {at + 26, 16}, Ink::production, 2.5, production_dashes);
    production_mark(svg_, {at + 13, 16});
    svg_.text({at + 32, 20}, "production", {.size = 12});
  }
}

void candidate_mark(Svg& svg, Point at, double radius) { svg.circle(at, radius, Ink::candidate); }

void production_mark(Svg& svg, Point at, double radius) {
  svg.polygon({{at.x - radius, at.y - radius},
               {at.x + radius, at.y - radius},
               {at.x + radius, at.y + radius},
               {at.x - radius, at.y + radius}},
              Ink::production, true);
}

}  // namespace modelgate
