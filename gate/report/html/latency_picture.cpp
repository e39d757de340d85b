// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "gate/core/number_text.hpp"
#include "gate/report/html/charts.hpp"
#include "gate/report/html/curve_points.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

constexpr std::array marked{std::pair{0.5, "p50"}, std::pair{0.95, "p95"}, std::pair{0.99, "p99"}};
constexpr double wide_spread = 8.0;    // the largest time over the smallest: beyond it the axis is logarithmic
constexpr double farthest_limit = 20;  // times the largest time: a limit beyond it is told, not drawn

std::string told(std::string_view model, const std::vector<Point>& points) {
  if (points.empty()) return {};
  std::string text;
  for (const auto& [share, name] : marked)
    text += fmt::format("{} {} {} ms", text.empty() ? "" : ",", name, fixed_text(quantile_of(points, share), 3));
  return fmt::format(" The {}:{}.", model, text);
}

struct Lines {
  std::vector<Point> candidate;
  std::vector<Point> production;
};

FrameAxes axes_of(const Lines& lines, const std::vector<LatencyLimit>& limits) {
  Extent extent = extent_of(lines.candidate, lines.production);
  const double largest = extent.padded(0.0).high;
  for (const LatencyLimit& limit : limits)
    if (limit.ms <= farthest_limit * largest) extent.add(limit.ms);
  const Interval tight = extent.padded(0.0);
  FrameAxes axes{.x_title = "milliseconds", .y_title = "share of requests at or below"};
  axes.x_logarithmic = tight.low > 0 && tight.high > wide_spread * tight.low;
  if (axes.x_logarithmic) {
    axes.x_title = "milliseconds, logarithmic";
    axes.x = {tight.low / 1.1, tight.high * 1.1};
  } else {
    axes.x = extent.padded(0.06);
    axes.x.low = std::max(0.0, axes.x.low);
  }
  return axes;
}

/// Faint lines at the percentiles of which limits speak, named where the curves seldom are: on the right below, on the
/// left above.
void draw_guides(Svg& svg, const Frame& frame, const FrameAxes& axes) {
  for (const auto& [share, name] : marked) {
    svg.line({frame.x(axes.x.low), frame.y(share)}, {frame.x(axes.x.high), frame.y(share)}, Ink::quiet, 0.8, "1 4");
    const bool low = share < 0.9;
    const double aside = share > 0.98 ? -4.0 : 11.0;  // p99 above its line, the others below
    svg.text({low ? frame.x(axes.x.high) - 3 : frame.x(axes.x.low) + 4, frame.y(share) + aside}, name,
             {.ink = Ink::quiet, .size = 10.5, .anchor = low ? Anchor::end : Anchor::start});
  }
}

void draw_marks(Svg& svg, const Frame& frame, const FrameAxes& axes, const std::vector<Point>& points,
                bool is_candidate) {
  for (const auto& [share, name] : marked) {
    if (points.empty() || points.back().y < share) continue;
    const double at = quantile_of(points, share);
    if (at > axes.x.high) continue;
    const Point place{frame.x(at), frame.y(share)};
    is_candidate ? candidate_mark(svg, place, 3.2) : production_mark(svg, place, 3.2);
  }
}

void draw_limits(Svg& svg, const Frame& frame, const FrameAxes& axes, const std::vector<LatencyLimit>& limits) {
  double lift = 0;
  for (const LatencyLimit& limit : limits) {
    if (limit.ms < axes.x.low || limit.ms > axes.x.high) continue;
    const double x = frame.x(limit.ms);
    svg.line({x, frame.y(0.0)}, {x, frame.y(1.0)}, Ink::limit, 1.6, "5 3");
    const bool right = x > Frame::width / 2;
    svg.text({right ? x - 5 : x + 5, frame.y(0.0) - 8 - lift}, limit.text,
             {.ink = Ink::limit, .size = 11, .anchor = right ? Anchor::end : Anchor::start});
    lift += 15;  // names of limits close to each other stand one above the other
  }
}

std::string limits_told(const FrameAxes& axes, const std::vector<LatencyLimit>& limits) {
  std::string text;
  for (const LatencyLimit& limit : limits)
    text += fmt::format(" Limit: {}{}.", limit.text, limit.ms > axes.x.high ? ", far beyond the picture" : "");
  return text;
}

}  // namespace

std::optional<LatencyLimit> latency_limit(const CheckResult& result) {
  constexpr std::string_view family = "latency_";
  const PlannedCheck& planned = result.planned;
  const bool binds = planned.limit.word == LimitWord::max && !planned.limit.relative &&
                     planned.metric.starts_with(std::string(family) + "p");
  if (!binds) return std::nullopt;
  return LatencyLimit{
      1000.0 * planned.limit.value,
      fmt::format("{} ≤ {}", clean_line(planned.metric.substr(family.size()), 10), clean_line(planned.limit.text, 20))};
}

std::optional<Picture> latency_picture(const CurvePair& curves, const std::vector<LatencyLimit>& limits) {
  const Lines lines{points_of(curves.candidate), points_of(curves.production)};
  if (lines.candidate.empty() && lines.production.empty()) return std::nullopt;
  std::vector<LatencyLimit> known = limits;
  std::erase_if(known, [](const LatencyLimit& limit) { return !drawable(limit.ms) || limit.ms <= 0.0; });
  const FrameAxes axes = axes_of(lines, known);
  Picture picture{.kind = "latency", .title = "Distribution of request times", .description = {}, .svg = {}};
  picture.description =
      fmt::format("Share of requests at or below a time in milliseconds.{}{}{}", told("candidate", lines.candidate),
                  told("production model", lines.production), limits_told(axes, known));
  Svg svg(Frame::width, Frame::height, picture.title, picture.description);
  Frame frame(svg, axes);
  draw_guides(svg, frame, axes);
  draw_limits(svg, frame, axes, known);
  svg.polyline(within(frame, lines.production, axes.x), Ink::production, 2.2, production_dashes);
  svg.polyline(within(frame, lines.candidate, axes.x), Ink::candidate, 2.2);
  draw_marks(svg, frame, axes, lines.production, false);
  draw_marks(svg, frame, axes, lines.candidate, true);
  frame.legend(!lines.candidate.empty(), !lines.production.empty());
  picture.svg = svg.take();
  picture.width = Frame::width;
  picture.height = Frame::height;
  return picture;
}

}  // namespace modelgate
