// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gate/core/number_text.hpp"
#include "gate/report/html/charts.hpp"
#include "gate/report/html/frame.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

constexpr double width = 420.0;
constexpr double left = 14.0;
constexpr double right = 404.0;
constexpr double top = 34.0;
constexpr double thick = 11.0;  ///< of one bar
constexpr std::size_t most_groups = 30;
constexpr std::size_t label_columns = 56;

/// One line of text with its bars below.
struct BarRow {
  std::string label;
  Estimate candidate;
  Estimate production;
};

struct Bars {
  Picture picture;
  std::string axis;
  std::vector<BarRow> rows;
  bool has_production = true;
  std::optional<double> reference;  ///< an upright line, such as the share over all rows
};

/// The value of an estimate, nothing where there is none or none that can be drawn.
std::optional<double> value_of(const Estimate& estimate) {
  return estimate.value && drawable(*estimate.value) ? estimate.value : std::nullopt;
}

void draw_bar(Svg& svg, const Scale& scale, const Estimate& estimate, double y, Ink ink) {
  const std::optional<double> value = value_of(estimate);
  if (!value) return;
  const double from = std::min(scale(0.0), scale(*value));
  const double length = std::abs(scale(*value) - scale(0.0));
  if (ink == Ink::candidate) {
    svg.rect({from, y}, length, thick, ink, 0.85);
  } else {
    svg.frame({from, y + 0.75}, length, thick - 1.5, ink);
  }
  if (!estimate.interval || std::isnan(estimate.interval->low) || std::isnan(estimate.interval->high)) return;
  const double middle = y + thick / 2;
  const double low = scale(estimate.interval->low);
  const double high = scale(estimate.interval->high);
  svg.line({low, middle}, {high, middle}, Ink::text, 1.5);
  for (const double end : {low, high}) svg.line({end, middle - 3.5}, {end, middle + 3.5}, Ink::text, 1.5);
}

void draw_legend(Svg& svg, bool production) {
  svg.rect({left, 10}, 22, thick, Ink::candidate, 0.85);
  svg.text({left + 28, 20}, "candidate", {.size = 12});
  if (!production) return;
  svg.frame({left + 118, 10.75}, 22, thick - 1.5, Ink::production);
  svg.text({left + 146, 20}, "production", {.size = 12});
}

Interval domain_of(const Bars& bars) {
  Extent extent;
  extent.add(0.0);  // bars that do not begin at 0 lie
  extent.add(bars.reference);
  for (const BarRow& row : bars.rows)
    for (const Estimate* one : {&row.candidate, &row.production}) {
      extent.add(one->value);
      extent.add(one->interval);
    }
  const Interval range = extent.padded(0.0);
  return {range.low, range.high + 0.02 * (range.high - range.low)};
}

void draw_axis(Svg& svg, const Bars& bars, const Scale& scale, double bottom) {
  const Ticks ticks = nice_ticks(scale.domain(), 5);
  for (const double tick : ticks.values) {
    svg.line({scale(tick), top}, {scale(tick), bottom}, Ink::grid);
    svg.text({scale(tick), bottom + 16}, ticks.label(tick), {.ink = Ink::quiet, .size = 12, .anchor = Anchor::middle});
  }
  svg.text({(left + right) / 2, bottom + 36}, bars.axis, {.size = 12.5, .anchor = Anchor::middle});
  svg.line({scale(0.0), top}, {scale(0.0), bottom}, Ink::quiet);
}

Picture drawn(Bars bars) {
  const double step = 26 + thick * (bars.has_production ? 2 : 1) + 6;
  const double bottom = top + step * static_cast<double>(bars.rows.size()) + 4;
  bars.picture.width = width;
  bars.picture.height = bottom + 46;
  Svg svg(width, bars.picture.height, bars.picture.title, bars.picture.description);
  const Scale scale(domain_of(bars), left, right);
  draw_axis(svg, bars, scale, bottom);
  draw_legend(svg, bars.has_production);
  double y = top;
  for (const BarRow& row : bars.rows) {
    svg.text({left + 4, y + 18}, shorten(row.label, label_columns), {.size = 12.5});
    draw_bar(svg, scale, row.candidate, y + 24, Ink::candidate);
    draw_bar(svg, scale, row.production, y + 24 + thick + 1, Ink::production);
    if (bars.reference)  // beside the bar alone, so that it does not cross the words
      svg.line({scale(*bars.reference), y + 22}, {scale(*bars.reference), y + 26 + thick}, Ink::limit, 2);
    y += step;
  }
  bars.picture.svg = svg.take();
  return bars.picture;
}

std::string group_label(const GroupRate& group) {
  std::string label = fmt::format("{} · {} rows", clean_line(group.group, 200), count_text(group.n));
  if (!group.assessable) label += " · too few to judge";
  if (!group.declared) label += " · not declared";
  return label;
}

std::string group_numbers(const GroupRate& group) {
  std::string text = fmt::format(" {}:", clean_line(group.group, 80));
  const std::optional<double> candidate = value_of(group.candidate);
  text += candidate ? " candidate " + fixed_text(*candidate, 4) : " no value";
  if (const auto production = value_of(group.production)) text += ", production " + fixed_text(*production, 4);
  return text + ".";
}

}  // namespace

std::vector<Picture> group_pictures(const std::vector<GroupRate>& groups) {
  std::vector<std::string> rates;
  for (const GroupRate& group : groups)
    if (std::ranges::find(rates, group.rate) == rates.end()) rates.push_back(group.rate);
  std::vector<Picture> pictures;
  for (const std::string& rate : rates) {
    Bars bars{.picture = {.kind = "groups", .title = clean_line(rate, 80) + " by group", .description = {}, .svg = {}},
              .axis = clean_line(rate, 60),
              .rows = {},
              .has_production = false,
              .reference = {}};
    bars.picture.description = bars.picture.title + ".";
    for (const GroupRate& group : groups) {
      if (group.rate != rate || bars.rows.size() == most_groups) continue;
      bars.has_production |= value_of(group.production).has_value();
      bars.rows.push_back({group_label(group), group.candidate, group.production});
      if (bars.rows.size() <= 6) bars.picture.description += group_numbers(group);
    }
    if (std::ranges::any_of(bars.rows, [](const BarRow& row) { return value_of(row.candidate).has_value(); }))
      pictures.push_back(drawn(std::move(bars)));
  }
  return pictures;
}

std::optional<Picture> flips_picture(const Flips& flips) {
  if (flips.rows == 0 || flips.slices.empty()) return std::nullopt;
  const auto share = [](std::size_t count, std::size_t rows) {
    return static_cast<double>(count) / static_cast<double>(rows);
  };
  Bars bars{.picture = {.kind = "flips", .title = "From right to wrong, by slice", .description = {}, .svg = {}},
            .axis = "share of rows that went from right to wrong",
            .rows = {},
            .has_production = false,
            .reference = share(flips.right_to_wrong, flips.rows)};
  bars.picture.description = "Share of rows that production had right and the candidate has wrong.";
  const auto add = [&](const std::string& name, std::size_t count, std::size_t rows) {
    const std::string label = fmt::format("{} · {} of {} ({}%)", name, count_text(count), count_text(rows),
                                          fixed_text(100 * share(count, rows), 1));
    bars.picture.description += " " + label + ".";
    bars.rows.push_back({label, {share(count, rows), {}}, {}});
  };
  add("all rows", flips.right_to_wrong, flips.rows);
  for (const FlipSlice& slice : flips.slices)
    if (slice.rows > 0)
      add(clean_line(slice.column, 60) + "=" + clean_line(slice.value, 60), slice.right_to_wrong, slice.rows);
  return drawn(std::move(bars));
}

}  // namespace modelgate
