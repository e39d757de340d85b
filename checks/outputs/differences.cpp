// SPDX-License-Identifier: Apache-2.0
#include "checks/outputs/differences.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>
#include <variant>

#include "checks/cells.hpp"

namespace modelgate {
namespace {

std::string_view kind_name(OutputKind kind) {
  switch (kind) {
    case OutputKind::probability:
    case OutputKind::logit: return "probabilities";
    case OutputKind::klass: return "classes";
    case OutputKind::value: return "values";
    case OutputKind::score: return "scores";
  }
  return "outputs";
}

std::size_t numbers_of(const Predictions& model) {
  if (model.kind == OutputKind::klass) return model.classes.size();
  return std::visit([](const auto& scores) { return scores.size(); }, model.scores);
}

std::unexpected<Error> not_comparable(std::string message) {
  return model_error(Reason::wrong_shape, std::move(message));
}

/// What keeps the outputs from standing beside each other.
Result<void> comparable(const ScoreTable& table) {
  const Predictions& candidate = table.model(Role::candidate);
  const Predictions& production = table.model(Role::production);
  if (candidate.kind != production.kind)
    return not_comparable(fmt::format("The candidate puts out {} and production {}, which cannot be compared.",
                                      kind_name(candidate.kind), kind_name(production.kind)));
  if (candidate.width != production.width)
    return not_comparable(
        fmt::format("The candidate puts out {} numbers a row and production {}.", candidate.width, production.width));
  for (const Role role : both_roles) {
    const Predictions& model = table.model(role);
    if (model.width == 0 || numbers_of(model) != table.rows.rows * model.width)
      return not_comparable(fmt::format("The {} model's predictions do not cover the rows.", to_string(role)));
  }
  return {};
}

/// 0 where both are the same; else how far they lie apart, and infinite where only one is a number.
double apart(double one, double other, const SameWithin& same) {
  if (one == other || (std::isnan(one) && std::isnan(other))) return 0.0;
  const double difference = std::abs(one - other);
  if (same.allows(difference, std::max(std::abs(one), std::abs(other)))) return 0.0;
  return std::isnan(difference) ? std::numeric_limits<double>::infinity() : difference;
}

template <class Distance>
RowDifferences by_row(std::size_t rows, std::size_t width, Distance distance) {
  RowDifferences apart{std::vector<double>(rows), std::vector<double>(rows)};
  for (std::size_t row = 0; row < rows; ++row) {
    double sum = 0.0;
    for (std::size_t at = row * width; at < (row + 1) * width; ++at) {
      const double difference = distance(at);
      apart.largest[row] = std::max(apart.largest[row], difference);
      sum += difference;
    }
    apart.mean[row] = sum / static_cast<double>(width);
  }
  return apart;
}

/// Whether each label of each row is set.
std::vector<std::uint8_t> bits_of(const Predictions& model) {
  std::vector<std::uint8_t> bits(numbers_of(model));
  if (model.kind == OutputKind::klass) {
    std::ranges::transform(model.classes, bits.begin(), [](std::int32_t bit) { return bit == 1 ? 1 : 0; });
    return bits;
  }
  std::visit(
      [&](const auto& scores) {
        const auto own = static_cast<typename std::decay_t<decltype(scores)>::value_type>(model.positive_threshold);
        std::ranges::transform(scores, bits.begin(), [own](auto score) { return score >= own ? 1 : 0; });
      },
      model.scores);
  return bits;
}

Result<std::vector<std::uint8_t>> rows_labelled_differently(const ScoreTable& table) {
  const std::size_t width = table.model(Role::candidate).width;
  for (const Role role : both_roles) {
    const Predictions& model = table.model(role);
    if (model.width != width || width == 0 || numbers_of(model) != table.rows.rows * width)
      return not_comparable("The models do not put out the same number of labels for every row.");
  }
  const std::vector<std::uint8_t> candidate = bits_of(table.model(Role::candidate));
  const std::vector<std::uint8_t> production = bits_of(table.model(Role::production));
  std::vector<std::uint8_t> differs(table.rows.rows);
  for (std::size_t row = 0; row < differs.size(); ++row) {
    const auto begin = static_cast<std::ptrdiff_t>(row * width);
    const auto end = begin + static_cast<std::ptrdiff_t>(width);
    differs[row] = std::equal(candidate.begin() + begin, candidate.begin() + end, production.begin() + begin) ? 0 : 1;
  }
  return differs;
}

}  // namespace

Result<RowDifferences> row_differences(const ScoreTable& table, const SameWithin& same) {
  if (const Result<void> ok = comparable(table); !ok) return std::unexpected(ok.error());
  const Predictions& candidate = table.model(Role::candidate);
  const Predictions& production = table.model(Role::production);
  if (candidate.kind == OutputKind::klass)
    return by_row(table.rows.rows, candidate.width,
                  [&](std::size_t at) { return candidate.classes[at] == production.classes[at] ? 0.0 : 1.0; });
  return std::visit(
      [&](const auto& ours, const auto& theirs) {
        return by_row(table.rows.rows, candidate.width, [&](std::size_t at) {
          return apart(static_cast<double>(ours[at]), static_cast<double>(theirs[at]), same);
        });
      },
      candidate.scores, production.scores);
}

Result<std::vector<std::uint8_t>> rows_decided_differently(const ScoreTable& table) {
  if (table.task == Task::multilabel) return rows_labelled_differently(table);
  constexpr std::size_t any_class = std::numeric_limits<std::int32_t>::max();
  const auto candidate = row_decisions(table, Role::candidate, any_class);
  if (!candidate) return std::unexpected(candidate.error());
  const auto production = row_decisions(table, Role::production, any_class);
  if (!production) return std::unexpected(production.error());
  std::vector<std::uint8_t> differs(table.rows.rows);
  std::ranges::transform(*candidate, *production, differs.begin(),
                         [](std::uint32_t one, std::uint32_t other) { return one == other ? 0 : 1; });
  return differs;
}

}  // namespace modelgate
