// SPDX-License-Identifier: Apache-2.0
#include "checks/pictures/place.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <variant>

#include "checks/pictures/curves.hpp"
#include "gate/stats/ordered_key.hpp"

namespace modelgate {

Masses::Masses(const Weighing& weighing) : weights_(weighing.weights) {
  if (weights_.empty()) return;
  const double largest = *std::ranges::max_element(weights_);
  if (largest > 0.0) scale_ = std::ldexp(1.0, 30 - std::ilogb(largest));
}

std::uint64_t Masses::of(std::size_t row) const {
  return weights_.empty() ? 1 : static_cast<std::uint64_t>(std::llround(weights_[row] * scale_));
}

std::vector<Level> score_levels(const PicturePlace& place, Role role) {
  const ScoreTable& table = place.table;
  const Predictions& model = table.model(role);
  if (model.kind == OutputKind::klass || table.rows.label_class.size() != table.rows.rows) return {};
  const Masses masses(place.weighing);
  return std::visit(
      [&](const auto& scores) -> std::vector<Level> {
        if (scores.size() != table.rows.rows) return {};
        using Key = decltype(stats::ordered_key(scores.front()));
        LevelTree<Key> tree(finest_level);
        tree.grow(place.size(), [&](std::size_t at) {
          const std::size_t row = place.row(at);
          return KeyedRow<Key>{stats::ordered_key(scores[row]), masses.of(row), table.rows.label_class[row] == 1};
        });
        return tree.levels();
      },
      model.scores);
}

std::optional<Curve> error_curve(const PicturePlace& place, Role role, double least) {
  const ScoreTable& table = place.table;
  if (table.rows.label_value.size() != table.rows.rows || !place.weighing.exposure.empty()) return std::nullopt;
  const Masses masses(place.weighing);
  return std::visit(
      [&](const auto& scores) -> std::optional<Curve> {
        if (scores.size() != table.rows.rows) return std::nullopt;
        const auto error_of = [&](std::size_t row) {
          return std::abs(static_cast<double>(scores[row]) - table.rows.label_value[row]);
        };
        for (std::size_t at = 0; at < place.size(); ++at)
          if (!std::isfinite(error_of(place.row(at)))) return std::nullopt;
        LevelTree<std::uint64_t> tree(finest_level / 2);  // one label alone: the whole way is 1, not 2
        tree.grow(place.size(), [&](std::size_t at) {
          const std::size_t row = place.row(at);
          return KeyedRow<std::uint64_t>{stats::ordered_key(error_of(row)), masses.of(row), true};
        });
        return ecdf_curve(tree.levels(), least);
      },
      table.model(role).scores);
}

}  // namespace modelgate
