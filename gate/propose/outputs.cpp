// SPDX-License-Identifier: Apache-2.0
#include "gate/propose/outputs.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace modelgate::propose {
namespace {

constexpr double sum_tolerance = 0.01;

double score_of(std::span<const double> numbers, std::size_t width, std::size_t row) {
  return numbers[row * width + (width == 2 ? 1 : 0)];
}

std::size_t largest(std::span<const double> row) {
  return static_cast<std::size_t>(std::ranges::max_element(row) - row.begin());
}

/// Mean scores of labels 0 and 1 apart, in standard deviations of all scores; 0 where one is absent.
double separation(std::span<const double> numbers, std::size_t width, const std::vector<std::int32_t>& labels) {
  std::array<double, 2> sum{};
  std::array<double, 2> count{};
  double squares = 0.0;
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const double score = score_of(numbers, width, row);
    const auto label = static_cast<std::size_t>(labels[row] != 0);
    sum[label] += score;
    count[label] += 1.0;
    squares += score * score;
  }
  if (count[0] == 0.0 || count[1] == 0.0) return 0.0;
  const double rows = count[0] + count[1];
  const double mean = (sum[0] + sum[1]) / rows;
  const double spread = std::sqrt(std::max(0.0, squares / rows - mean * mean));
  return spread > 0.0 ? (sum[1] / count[1] - sum[0] / count[0]) / spread : 0.0;
}

/// hits[label × width + column]: rows of the label in which the column is largest.
std::vector<std::size_t> hits_of(std::span<const double> numbers, std::size_t width, const RowColumns& rows) {
  std::vector<std::size_t> hits(rows.class_names.size() * width);
  for (std::size_t row = 0; row < rows.label_class.size(); ++row)
    ++hits[static_cast<std::size_t>(rows.label_class[row]) * width + largest(numbers.subspan(row * width, width))];
  return hits;
}

/// 1 - the Brier score of the probabilities, or of their complements where those are nearer; logits become
/// probabilities. How well a model is calibrated tells its own columns from others that are merely good.
double nearness(std::span<const double> numbers, std::size_t width, const std::vector<std::int32_t>& labels) {
  const auto [low, high] = std::ranges::minmax(numbers);
  const bool logits = low < 0.0 || high > 1.0;
  double plain = 0.0;
  double complement = 0.0;
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const double score = score_of(numbers, width, row);
    const double p = logits ? 1.0 / (1.0 + std::exp(-score)) : score;
    const double label = labels[row] != 0 ? 1.0 : 0.0;
    plain += (p - label) * (p - label);
    complement += (1.0 - p - label) * (1.0 - p - label);
  }
  return 1.0 - std::min(plain, complement) / static_cast<double>(std::max<std::size_t>(1, labels.size()));
}

double mean_square(std::span<const double> x, const std::vector<double>& y) {
  double sum = 0.0;
  for (std::size_t i = 0; i < y.size(); ++i) sum += (x[i] - y[i]) * (x[i] - y[i]);
  return sum / static_cast<double>(std::max<std::size_t>(1, y.size()));
}

}  // namespace

OutputFacts facts_of(std::span<const double> numbers, std::size_t width) {
  OutputFacts facts{width, 0.0, 0.0, !numbers.empty(), width > 1 && !numbers.empty()};
  if (numbers.empty()) return facts;
  const auto [low, high] = std::ranges::minmax(numbers);
  facts.low = low;
  facts.high = high;
  facts.whole = std::ranges::all_of(numbers, [](double number) { return number == std::floor(number); });
  for (std::size_t start = 0; start + width <= numbers.size(); start += width) {
    double sum = 0.0;
    for (const double number : numbers.subspan(start, width)) sum += number;
    facts.sums_to_one = facts.sums_to_one && std::abs(sum - 1.0) <= sum_tolerance;
  }
  return facts;
}

OutputFacts facts_of(const std::vector<const ColumnProfile*>& columns) {
  OutputFacts facts{columns.size(), 0.0, 0.0, true, columns.size() > 1};
  if (columns.empty()) return facts;
  facts.low = columns.front()->low;
  facts.high = columns.front()->high;
  for (const ColumnProfile* column : columns) {
    facts.low = std::min(facts.low, column->low);
    facts.high = std::max(facts.high, column->high);
    facts.whole = facts.whole && (column->whole_numbers || column->kind == ColumnKind::boolean);
    if (column->kind == ColumnKind::boolean) facts.high = std::max(facts.high, 1.0);
  }
  facts.sums_to_one = facts.width > 1 && facts.low >= 0.0 && facts.high <= 1.0;
  return facts;
}

OutputKind kind_of(const OutputFacts& facts, Task task) {
  if (task == Task::regression) return OutputKind::value;
  if (task == Task::ranking) return OutputKind::score;
  const bool unit = facts.low >= 0.0 && facts.high <= 1.0;
  if (task == Task::multiclass) {
    if (facts.width == 1) return OutputKind::klass;
    return unit && facts.sums_to_one ? OutputKind::probability : OutputKind::logit;
  }
  if (!unit) return OutputKind::logit;
  const bool decided = facts.whole && facts.low < facts.high;
  return decided && (task == Task::multilabel || facts.width == 1) ? OutputKind::klass : OutputKind::probability;
}

double agreement(std::span<const double> numbers, std::size_t width, const RowColumns& rows, Task task) {
  if (numbers.size() != rows.rows * width || numbers.empty()) return 0.0;
  if (task == Task::binary) return nearness(numbers, width, rows.label_class);
  if (task == Task::regression && width == 1) return -mean_square(numbers, rows.label_value);
  if (task != Task::multiclass || width < 2) return 0.0;
  const std::vector<std::size_t> hits = hits_of(numbers, width, rows);
  std::size_t best = 0;
  for (std::size_t label = 0; label < rows.class_names.size(); ++label)
    best += *std::max_element(hits.begin() + static_cast<std::ptrdiff_t>(label * width),
                              hits.begin() + static_cast<std::ptrdiff_t>((label + 1) * width));
  return static_cast<double>(best) / static_cast<double>(rows.rows);
}

int orientation(std::span<const double> numbers, std::size_t width, const std::vector<std::int32_t>& labels) {
  constexpr double clear = 0.2;
  if (numbers.size() != labels.size() * width) return 0;
  const double apart = separation(numbers, width, labels);
  if (std::abs(apart) < clear) return 0;
  return apart > 0.0 ? 1 : -1;
}

std::optional<std::vector<std::string>> order_classes(std::span<const double> numbers, std::size_t width,
                                                      const RowColumns& rows) {
  if (width != rows.class_names.size() || numbers.size() != rows.label_class.size() * width) return std::nullopt;
  const std::vector<std::size_t> hits = hits_of(numbers, width, rows);
  std::vector<std::string> ordered(width);
  for (std::size_t label = 0; label < width; ++label) {
    const auto begin = hits.begin() + static_cast<std::ptrdiff_t>(label * width);
    const auto best = std::max_element(begin, begin + static_cast<std::ptrdiff_t>(width));
    std::string& place = ordered[static_cast<std::size_t>(best - begin)];
    if (*best == 0 || !place.empty()) return std::nullopt;
    place = rows.class_names[label];
  }
  return ordered;
}

}  // namespace modelgate::propose
