// SPDX-License-Identifier: Apache-2.0
#include "gate/selftest/resample.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>
#include <variant>
#include <vector>

#include "gate/stats/random.hpp"

namespace modelgate {
namespace {

/// Rows drawn, and which draw brought each.
struct Draw {
  std::vector<std::size_t> rows;
  std::vector<std::uint32_t> number;
};

std::size_t below(std::size_t count, stats::KeyedStream& stream) {
  return std::min(count - 1, static_cast<std::size_t>(stream.next() * static_cast<double>(count)));
}

Draw draw_rows(std::size_t rows, stats::KeyedStream& stream) {
  Draw draw;
  draw.rows.reserve(rows);
  draw.number.reserve(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    draw.rows.push_back(below(rows, stream));
    draw.number.push_back(static_cast<std::uint32_t>(i));
  }
  return draw;
}

Draw draw_units(const UnitColumn& units, stats::KeyedStream& stream) {
  std::vector<std::vector<std::size_t>> rows_of(units.size());
  for (std::size_t row = 0; row < units.codes.size(); ++row) rows_of[units.codes[row]].push_back(row);
  Draw draw;
  draw.rows.reserve(units.codes.size());
  draw.number.reserve(units.codes.size());
  for (std::size_t i = 0; i < units.size(); ++i) {
    for (const std::size_t row : rows_of[below(units.size(), stream)]) {
      draw.rows.push_back(row);
      draw.number.push_back(static_cast<std::uint32_t>(i));
    }
  }
  return draw;
}

template <class T>
std::vector<T> taken(const std::vector<T>& from, const std::vector<std::size_t>& rows, std::size_t width = 1) {
  std::vector<T> to;
  if (from.empty()) return to;
  to.reserve(rows.size() * width);
  for (const std::size_t row : rows) {
    const auto first = from.begin() + static_cast<std::ptrdiff_t>(row * width);
    to.insert(to.end(), first, first + static_cast<std::ptrdiff_t>(width));
  }
  return to;
}

/// A unit drawn twice is two units.
UnitColumn renumbered(const UnitColumn& units, const Draw& draw) {
  UnitColumn fresh;
  fresh.name = units.name;
  if (units.empty()) return fresh;
  fresh.codes.reserve(draw.rows.size());
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> codes;
  for (std::size_t i = 0; i < draw.rows.size(); ++i) {
    const auto next = static_cast<std::uint32_t>(fresh.keys.size());
    const auto [at, added] = codes.try_emplace({draw.number[i], units.codes[draw.rows[i]]}, next);
    if (added) fresh.keys.push_back(stats::mix64(next));
    fresh.codes.push_back(at->second);
  }
  return fresh;
}

/// A value that no drawn row has is not known to the sample.
CategoryColumn redrawn(const CategoryColumn& column, const std::vector<std::size_t>& rows) {
  constexpr std::uint16_t unseen = std::numeric_limits<std::uint16_t>::max();
  CategoryColumn fresh;
  fresh.name = column.name;
  std::vector<std::uint16_t> codes(column.values.size(), unseen);
  for (const std::size_t row : rows) codes[column.codes[row]] = 0;
  for (std::size_t value = 0; value < codes.size(); ++value) {
    if (codes[value] == unseen) continue;
    codes[value] = static_cast<std::uint16_t>(fresh.values.size());
    fresh.values.push_back(column.values[value]);
  }
  fresh.codes.reserve(rows.size());
  for (const std::size_t row : rows) fresh.codes.push_back(codes[column.codes[row]]);
  return fresh;
}

RowColumns drawn_columns(const RowColumns& from, const Draw& draw) {
  RowColumns to;
  to.rows = draw.rows.size();
  to.label_class = taken(from.label_class, draw.rows);
  to.label_value = taken(from.label_value, draw.rows);
  if (from.rows > 0) to.label_bits = taken(from.label_bits, draw.rows, from.label_bits.size() / from.rows);
  to.class_names = from.class_names;
  to.weight = taken(from.weight, draw.rows);
  to.cluster = renumbered(from.cluster, draw);
  to.query = renumbered(from.query, draw);
  to.categories.reserve(from.categories.size());
  for (const CategoryColumn& column : from.categories) to.categories.push_back(redrawn(column, draw.rows));
  return to;
}

/// Copies a row of one column out of one of two.
template <class T>
void choose(std::vector<T>& to, const std::vector<T>& sooner, const std::vector<T>& later, const Draw& draw,
            const std::vector<bool>& is_later, std::size_t rows) {
  if (rows == 0 || sooner.empty()) return;
  const std::size_t width = sooner.size() / rows;
  to.clear();
  to.reserve(draw.rows.size() * width);
  for (std::size_t i = 0; i < draw.rows.size(); ++i) {
    const std::vector<T>& from = is_later[i] ? later : sooner;
    const auto first = from.begin() + static_cast<std::ptrdiff_t>(draw.rows[i] * width);
    to.insert(to.end(), first, first + static_cast<std::ptrdiff_t>(width));
  }
}

/// What of a model is no column.
Predictions header_of(const Predictions& from) {
  Predictions to;
  to.kind = from.kind;
  to.width = from.width;
  to.positive_threshold = from.positive_threshold;
  to.error = from.error;
  to.present = from.present;
  return to;
}

Predictions chosen(const DrawnCandidate& of, const Draw& draw, const std::vector<bool>& is_later, std::size_t rows) {
  Predictions to = header_of(of.sooner);
  choose(to.classes, of.sooner.classes, of.later.classes, draw, is_later, rows);
  std::visit(
      [&](const auto& sooner) {
        using Numbers = std::remove_cvref_t<decltype(sooner)>;
        Numbers scores;
        choose(scores, sooner, std::get<Numbers>(of.later.scores), draw, is_later, rows);
        to.scores = std::move(scores);
      },
      of.sooner.scores);
  return to;
}

}  // namespace

ScoreTable resample(const ScoreTable& population, const DrawnCandidate& candidate, std::uint64_t seed) {
  const RowColumns& rows = population.rows;
  ScoreTable sample;
  sample.task = population.task;
  if (rows.rows == 0) return sample;
  stats::KeyedStream stream(seed, 0, 0);
  const UnitColumn& units = rows.cluster.empty() ? rows.query : rows.cluster;
  const Draw draw = units.empty() ? draw_rows(rows.rows, stream) : draw_units(units, stream);
  std::vector<bool> is_later(draw.rows.size());
  for (std::size_t i = 0; i < is_later.size(); ++i) is_later[i] = stream.next() < candidate.chance_of_later;
  sample.rows = drawn_columns(rows, draw);
  sample.models[index_of(Role::candidate)] = chosen(candidate, draw, is_later, rows.rows);
  const Predictions& production = population.model(Role::production);
  sample.models[index_of(Role::production)] = chosen({production, production, 0.0}, draw, is_later, rows.rows);
  return sample;
}

}  // namespace modelgate
