// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gate/core/policy.hpp"
#include "gate/report/html/forest.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

/// A margin axis reaches this far; what lies beyond ends in an arrow, so that one row does not flatten all others.
constexpr double margins_shown = 4.0;

/// What an axis counts: its name, and by how much a stored number is multiplied.
struct AxisUnit {
  std::string name;
  double factor = 1.0;
};

AxisUnit axis_unit(const CheckResult& result) {
  if (is_timing_ratio(result)) return {"%", 100.0};
  switch (unit_of(result)) {
    case Unit::seconds: return {"ms", 1e3};
    case Unit::bytes: return {"MiB", 1.0 / (1 << 20)};
    case Unit::per_second: return {"per second", 1.0};
    case Unit::rate:
    case Unit::plain:
    case Unit::ratio: return {"", 1.0};
  }
  return {};
}

bool lower_is_harm(const CheckResult& result) {
  const LimitWord word = result.planned.limit.word;
  if (!is_relative(word)) return word == LimitWord::min;
  return result.planned.spec == nullptr || result.planned.spec->direction == Direction::higher_is_better;
}

/// The allowed difference without its sign; nothing where it is not known.
std::optional<double> margin_of(const CheckResult& result) {
  const Limit& limit = result.planned.limit;
  if (limit.relative && is_timing_ratio(result)) return std::abs(limit.value);
  if (result.margin) return std::abs(*result.margin);
  return limit.relative ? std::nullopt : std::optional(std::abs(limit.value));
}

std::string numbers_of(const CheckResult& result) {
  const Facts facts = facts_of(result);
  const std::string& value = facts.difference.empty() ? facts.candidate : facts.difference;
  return facts.interval.empty() ? value : value + " " + facts.interval;
}

std::optional<Interval> scaled(const std::optional<Interval>& interval, double factor) {
  if (!interval || std::isnan(interval->low) || std::isnan(interval->high)) return std::nullopt;
  const Interval product{factor * interval->low, factor * interval->high};
  return factor < 0 ? Interval{product.high, product.low} : product;
}

/// The row in its metric's own unit.
std::optional<ForestRow> own_row(const CheckResult& result) {
  const bool relative = is_relative(result.planned.limit.word);
  const Estimate& shown = relative ? result.difference : result.candidate;
  const double factor = axis_unit(result).factor;
  if (!shown.value || !drawable(*shown.value * factor)) return std::nullopt;
  ForestRow row{.result = &result, .label = title_of(result), .numbers = numbers_of(result)};
  row.standing = standing_of(result);
  row.value = factor * *shown.value;
  row.interval = scaled(shown.interval, factor);
  row.harm_is_low = lower_is_harm(result);
  if (const auto limit = limit_position(result); limit && drawable(factor * *limit)) row.limit = factor * *limit;
  if (!relative && result.production.value && drawable(factor * *result.production.value))
    row.production = factor * *result.production.value;
  return row;
}

/// The row in units of its margin, turned so that right is better; nothing where there is no margin to count in.
std::optional<ForestRow> margin_row(const CheckResult& result) {
  const std::optional<double> margin = margin_of(result);
  if (!is_relative(result.planned.limit.word) || !margin || !(*margin > 0) || !result.difference.value)
    return std::nullopt;
  const double factor = (lower_is_harm(result) ? 1.0 : -1.0) / *margin;
  if (!drawable(factor * *result.difference.value)) return std::nullopt;
  ForestRow row{.result = &result, .label = title_of(result), .numbers = numbers_of(result)};
  row.standing = standing_of(result);
  row.value = factor * *result.difference.value;
  row.interval = scaled(result.difference.interval, factor);
  row.limit = result.planned.limit.word == LimitWord::max_regression ? -1.0 : 1.0;
  return row;
}

Interval domain_of(const Forest& forest) {
  Extent extent;
  if (forest.zero) extent.add(0.0);
  for (const ForestRow& row : forest.rows) {
    extent.add(row.value);
    extent.add(row.interval);
    extent.add(row.limit);
    extent.add(row.production);
  }
  return extent.padded(0.06);
}

/// Values that share an axis: times, sizes, and all else by metric, so that narrow intervals stay visible.
Forest value_forest(const CheckResult& result) {
  const AxisUnit unit = axis_unit(result);
  const std::string metric = clean_line(result.planned.metric, 60);
  const auto named = [&](std::string title, std::string axis) {
    return Forest{.title = std::move(title), .axis = std::move(axis), .note = {}, .domain = {}, .rows = {}};
  };
  if (is_relative(result.planned.limit.word)) {
    Forest forest = named(fmt::format("{} compared with production", metric),
                          unit.name.empty() ? "difference" : fmt::format("difference in {}", unit.name));
    forest.zero = true;
    return forest;
  }
  switch (unit_of(result)) {
    case Unit::seconds: return named("Times against their limits", "milliseconds");
    case Unit::bytes: return named("Memory against its limits", "MiB");
    case Unit::per_second: return named("Throughput against its limits", "per second");
    case Unit::rate:
    case Unit::ratio:
    case Unit::plain: break;
  }
  return named(fmt::format("{} against its limits", metric), metric);
}

constexpr std::string_view margin_note =
    "Every difference is candidate minus production, divided by the margin that its check allows and turned so that "
    "right is better: 0 is no difference, -1 uses up an allowed regression. An arrow points to what lies beyond the "
    "axis.";
constexpr std::string_view value_note =
    "The candidate's interval against the limit; the shaded side is not allowed. The hollow square is production.";

void add(std::vector<Forest>& forests, const Forest& like, ForestRow row) {
  auto same = std::ranges::find(forests, like.title, &Forest::title);
  if (same == forests.end()) same = forests.insert(forests.end(), like);
  same->rows.push_back(std::move(row));
}

/// Pieces of at most forest_rows rows on the same axis.
void split(const Forest& forest, std::vector<Forest>& pieces) {
  const std::size_t count = (forest.rows.size() + forest_rows - 1) / forest_rows;
  for (std::size_t piece = 0; piece < count; ++piece) {
    const auto begin = forest.rows.begin() + static_cast<std::ptrdiff_t>(piece * forest_rows);
    const auto end = piece + 1 == count ? forest.rows.end() : begin + static_cast<std::ptrdiff_t>(forest_rows);
    pieces.push_back(forest);
    pieces.back().rows.assign(begin, end);
    if (count > 1) pieces.back().title += fmt::format(", {} of {}", piece + 1, count);
  }
}

}  // namespace

std::optional<Forest> forest_of(const CheckResult& result) {
  std::optional<ForestRow> row = own_row(result);
  if (!row) return std::nullopt;
  Forest forest = value_forest(result);
  forest.title = row->label;
  forest.alone = true;
  forest.rows.push_back(std::move(*row));
  forest.domain = domain_of(forest);
  return forest;
}

std::vector<Forest> forests_of(const Verdict& verdict) {
  Forest margins{.title = "Compared with production",
                 .axis = "difference in units of the allowed margin (right is better)",
                 .note = std::string(margin_note),
                 .zero = true,
                 .domain = {},
                 .rows = {}};
  std::vector<Forest> forests{margins};
  for (const Standing standing : standings)
    for (const CheckResult* result : with_standing(verdict, standing)) {
      if (auto row = margin_row(*result)) {
        forests.front().rows.push_back(std::move(*row));
      } else if (auto own = own_row(*result)) {
        add(forests, value_forest(*result), std::move(*own));
      }
    }
  std::vector<Forest> pieces;
  for (Forest& forest : forests) {
    if (forest.note.empty()) forest.note = std::string(value_note);
    forest.domain = domain_of(forest);
    if (forest.title == margins.title)
      forest.domain = {std::max(forest.domain.low, -margins_shown), std::min(forest.domain.high, margins_shown)};
    split(forest, pieces);
  }
  return pieces;
}

std::string_view standing_word(Standing standing) {
  switch (standing) {
    case Standing::passed: return "passes";
    case Standing::warning: return "warns";
    case Standing::waived: return "waived";
    case Standing::left_out: return "left out";
    case Standing::blocking: return "blocks";
  }
  return "blocks";
}

}  // namespace modelgate
