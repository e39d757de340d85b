// SPDX-License-Identifier: Apache-2.0
#include "gate/report/html/forest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "gate/report/html/frame.hpp"
#include "gate/report/html/svg.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

constexpr double axis_height = 46.0;

/// Where things stand in a row; all in pixels, rows counted from their top.
struct Layout {
  double width;
  double row;
  double band;  ///< of a row, around its interval: shading and upright lines do not cross the words
  double plot_left;
  double plot_right;
  double label_y;
  std::size_t label_columns;  ///< characters of a label that fit
  double mark_y;
  double numbers_x;
  double numbers_y;
  Anchor numbers_anchor;
  int ticks;
};

constexpr Layout wide{.width = 1000,
                      .row = 28,
                      .band = 28,
                      .plot_left = 350,
                      .plot_right = 770,
                      .label_y = 18,
                      .label_columns = 42,
                      .mark_y = 14,
                      .numbers_x = 988,
                      .numbers_y = 18,
                      .numbers_anchor = Anchor::end,
                      .ticks = 6};
constexpr Layout thin{.width = 340,
                      .row = 66,
                      .band = 24,
                      .plot_left = 14,
                      .plot_right = 326,
                      .label_y = 18,
                      .label_columns = 36,
                      .mark_y = 36,
                      .numbers_x = 14,
                      .numbers_y = 62,
                      .numbers_anchor = Anchor::start,
                      .ticks = 4};

constexpr Layout alone(double width, int ticks) {
  return {.width = width,
          .row = 36,
          .band = 36,
          .plot_left = 14,
          .plot_right = width - 14,
          .label_y = 0,
          .label_columns = 0,
          .mark_y = 18,
          .numbers_x = 0,
          .numbers_y = 0,
          .numbers_anchor = Anchor::start,
          .ticks = ticks};
}

Layout layout_of(const Forest& forest, bool narrow) {
  if (forest.alone) return narrow ? alone(340, 4) : alone(720, 8);
  return narrow ? thin : wide;
}

Ink ink_of(Standing standing) {
  switch (standing) {
    case Standing::passed: return Ink::passed;
    case Standing::warning: return Ink::warning;
    case Standing::waived:
    case Standing::left_out: return Ink::waived;
    case Standing::blocking: return Ink::blocking;
  }
  return Ink::blocking;
}

/// Each standing has a shape of its own: circle, diamond, triangle, square.
void draw_mark(Svg& svg, Point at, Standing standing) {
  const Ink ink = ink_of(standing);
  const auto shape = [&](std::vector<Point> corners, bool hollow) {
    for (Point& corner : corners) corner = {at.x + corner.x, at.y + corner.y};
    svg.polygon(corners, ink, hollow);
  };
  switch (standing) {
    case Standing::passed: svg.circle(at, 5, ink); break;
    case Standing::warning: shape({{0, -6}, {6, 0}, {0, 6}, {-6, 0}}, true); break;
    case Standing::waived:
    case Standing::left_out: shape({{0, -6}, {6, 5}, {-6, 5}}, true); break;
    case Standing::blocking: shape({{-5, -5}, {5, -5}, {5, 5}, {-5, 5}}, false); break;
  }
}

void draw_arrow(Svg& svg, Point tip, double towards, Ink ink) {
  svg.polygon({tip, {tip.x - 8 * towards, tip.y - 4}, {tip.x - 8 * towards, tip.y + 4}}, ink);
}

/// An end stroke, or an arrow on the side of the axis beyond which the end lies.
void draw_end(Svg& svg, const Scale& scale, double end, double y, Ink ink) {
  const double x = scale(end);
  if (scale.inside(end)) {
    svg.line({x, y - 4}, {x, y + 4}, ink, 2);
  } else {
    draw_arrow(svg, {x, y}, end < scale.domain().low ? -1 : 1, ink);
  }
}

void draw_interval(Svg& svg, const Scale& scale, const Interval& interval, double y, Ink ink) {
  svg.line({scale(interval.low), y}, {scale(interval.high), y}, ink, 2.5);
  draw_end(svg, scale, interval.low, y, ink);
  draw_end(svg, scale, interval.high, y, ink);
}

/// What stands behind an interval: the side that is not allowed, the grid, no difference.
void draw_band(Svg& svg, const Layout& layout, const Scale& scale, const Forest& forest, const ForestRow& row,
               double middle) {
  const double top = middle - layout.band / 2;
  if (row.limit) {
    const double at = scale(*row.limit);
    const double left = row.harm_is_low ? scale.from() : at;
    const double right = row.harm_is_low ? at : scale.to();
    if (right > left) svg.rect({left, top}, right - left, layout.band, Ink::harm);
  }
  for (const double tick : nice_ticks(scale.domain(), layout.ticks).values)
    svg.line({scale(tick), top}, {scale(tick), top + layout.band}, Ink::grid);
  if (forest.zero && scale.inside(0.0)) svg.line({scale(0.0), top}, {scale(0.0), top + layout.band}, Ink::quiet, 1.5);
}

void draw_row(Svg& svg, const Layout& layout, const Scale& scale, const ForestRow& row, double top) {
  const Ink ink = ink_of(row.standing);
  const double y = top + layout.mark_y;
  if (layout.label_columns > 0) {
    draw_mark(svg, {18, top + layout.label_y - 4}, row.standing);
    svg.text({32, top + layout.label_y}, shorten(row.label, layout.label_columns),
             {.size = 12.5, .bold = row.standing == Standing::blocking});
    svg.text({layout.numbers_x, top + layout.numbers_y}, row.numbers,
             {.ink = Ink::quiet, .size = 12, .anchor = layout.numbers_anchor});
  }
  if (row.limit && scale.inside(*row.limit))
    svg.line({scale(*row.limit), y - 11}, {scale(*row.limit), y + 11}, Ink::limit, 2, "4 2");
  if (row.production && scale.inside(*row.production)) production_mark(svg, {scale(*row.production), y}, 5);
  if (row.interval) draw_interval(svg, scale, *row.interval, y, ink);
  if (scale.inside(row.value)) draw_mark(svg, {scale(row.value), y}, row.standing);
}

void draw_axis(Svg& svg, const Layout& layout, const Scale& scale, const Forest& forest, double bottom) {
  const Ticks ticks = nice_ticks(scale.domain(), layout.ticks);
  for (const double tick : ticks.values) {
    svg.line({scale(tick), bottom}, {scale(tick), bottom + 4}, Ink::quiet);
    svg.text({scale(tick), bottom + 17}, ticks.label(tick),
             {.ink = Ink::quiet, .size = 11.5, .anchor = Anchor::middle});
  }
  svg.line({scale.from(), bottom}, {scale.to(), bottom}, Ink::quiet);
  svg.text({(scale.from() + scale.to()) / 2, bottom + 36}, forest.axis,
           {.ink = Ink::quiet, .size = 12, .anchor = Anchor::middle});
}

/// One mark of the legend with its word.
struct LegendEntry {
  std::string_view word;
  std::function<void(Svg&, Point)> draw;
};

/// The marks that occur.
std::vector<LegendEntry> legend_of(const Forest& forest) {
  std::vector<LegendEntry> entries;
  for (const Standing standing : standings)
    if (std::ranges::any_of(forest.rows, [&](const ForestRow& row) { return row.standing == standing; }))
      entries.push_back({standing_word(standing), [=](Svg& svg, Point at) { draw_mark(svg, at, standing); }});
  if (std::ranges::any_of(forest.rows, [](const ForestRow& row) { return row.production.has_value(); }))
    entries.push_back({"production", [](Svg& svg, Point at) { production_mark(svg, at, 5); }});
  entries.push_back(
      {"limit", [](Svg& svg, Point at) { svg.line({at.x, at.y - 8}, {at.x, at.y + 8}, Ink::limit, 2, "4 2"); }});
  if (forest.zero)
    entries.push_back(
        {"no difference", [](Svg& svg, Point at) { svg.line({at.x, at.y - 8}, {at.x, at.y + 8}, Ink::quiet, 1.5); }});
  return entries;
}

/// Calls with every entry's place, in lines that end before the picture does; says the height of all lines.
double place_legend(const Forest& forest, double width, const std::function<void(const LegendEntry&, Point)>& place) {
  Point at{14, 14};
  for (const LegendEntry& entry : legend_of(forest)) {
    const double room = 34 + 6.6 * static_cast<double>(entry.word.size());
    if (at.x > 14 && at.x + room > width) at = {14, at.y + 20};
    place(entry, at);
    at.x += room;
  }
  return at.y + 16;
}

double legend_height(const Forest& forest, double width) {
  return place_legend(forest, width, [](const LegendEntry&, Point) {});
}

void draw_legend(Svg& svg, const Forest& forest, double width) {
  place_legend(forest, width, [&](const LegendEntry& entry, Point at) {
    entry.draw(svg, {at.x + 4, at.y});
    svg.text({at.x + 16, at.y + 4}, entry.word, {.ink = Ink::quiet, .size = 11.5});
  });
}

/// For those who cannot see it: what blocks, then how many rows there are. The table on the page has every number.
std::string description_of(const Forest& forest) {
  std::string text =
      fmt::format("{} {}, axis: {}.", forest.rows.size(), forest.rows.size() == 1 ? "row" : "rows", forest.axis);
  std::size_t told = 0;
  constexpr std::size_t most = 5;
  for (const ForestRow& row : forest.rows)
    if (told < most && (row.standing == Standing::blocking || forest.rows.size() == 1)) {
      text += fmt::format(" {} {}: {}.", clean_line(row.label, 200), standing_word(row.standing), row.numbers);
      ++told;
    }
  return text;
}

}  // namespace

ForestPicture forest_picture(const Forest& forest, bool narrow) {
  const Layout layout = layout_of(forest, narrow);
  const double head = legend_height(forest, layout.width);
  const double bottom = head + layout.row * static_cast<double>(forest.rows.size());
  ForestPicture picture{
      .svg = {}, .description = description_of(forest), .width = layout.width, .height = bottom + axis_height};
  Svg svg(picture.width, picture.height, forest.title, picture.description);
  const Scale scale(forest.domain, layout.plot_left, layout.plot_right);
  for (std::size_t i = 0; i < forest.rows.size(); ++i) {
    const double middle = head + layout.row * static_cast<double>(i) + layout.mark_y;
    draw_band(svg, layout, scale, forest, forest.rows[i], middle);
  }
  draw_legend(svg, forest, layout.width);
  double top = head;
  for (const ForestRow& row : forest.rows) {
    draw_row(svg, layout, scale, row, top);
    top += layout.row;
  }
  draw_axis(svg, layout, scale, forest, bottom);
  picture.svg = svg.take();
  return picture;
}

}  // namespace modelgate
