// SPDX-License-Identifier: Apache-2.0
#include "checks/losses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "checks/unit_sums.hpp"

namespace modelgate {
namespace {

std::unexpected<Error> outside_unit(Role role, std::size_t row) {
  return model_error(
      Reason::wrong_shape,
      fmt::format("The {} model's score in row {} lies outside [0, 1], so it is no probability: set output.kind "
                  "to logit or score.",
                  to_string(role), row + 1));
}

/// −log of the probability given to the row's class, in the manner of scikit-learn: 1 − p and the clipping at the
/// scores' own precision.
template <class Score>
double log_loss(Score chance) {
  constexpr Score eps = std::numeric_limits<Score>::epsilon();
  return -std::log(static_cast<double>(std::clamp(chance, eps, Score{1} - eps)));
}

template <class Score>
Result<std::vector<double>> binary_losses(const ScoreTable& table, std::span<const Score> scores, Role role,
                                          Loss loss) {
  std::vector<double> losses(table.rows.rows);
  for (std::size_t row = 0; row < losses.size(); ++row) {
    const Score score = scores[row];
    if (!(score >= Score{0} && score <= Score{1})) return outside_unit(role, row);
    const bool positive = table.rows.label_class[row] == 1;
    if (loss == Loss::log_loss) {
      losses[row] = log_loss(positive ? score : Score{1} - score);
    } else {
      const double gap = static_cast<double>(score) - (positive ? 1.0 : 0.0);
      losses[row] = gap * gap;
    }
  }
  return losses;
}

template <class Score>
Result<std::vector<double>> multiclass_losses(const ScoreTable& table, std::span<const Score> scores, Role role) {
  const std::size_t width = table.model(role).width;
  std::vector<double> losses(table.rows.rows);
  for (std::size_t row = 0; row < losses.size(); ++row) {
    const auto label = static_cast<std::size_t>(table.rows.label_class[row]);
    if (label >= width)
      return model_error(Reason::wrong_shape,
                         fmt::format("The {} model gives {} scores a row, too few for the label of row {}.",
                                     to_string(role), width, row + 1));
    const Score score = scores[row * width + label];
    if (!(score >= Score{0} && score <= Score{1})) return outside_unit(role, row);
    losses[row] = log_loss(score);
  }
  return losses;
}

template <class Score>
Result<std::vector<double>> absolute_errors(const ScoreTable& table, std::span<const Score> scores) {
  std::vector<double> losses(table.rows.rows);
  for (std::size_t row = 0; row < losses.size(); ++row)
    losses[row] = std::abs(static_cast<double>(scores[row]) - table.rows.label_value[row]);
  return losses;
}

}  // namespace

Result<std::vector<double>> row_losses(const ScoreTable& table, Role role, Loss loss) {
  const Predictions& model = table.model(role);
  return std::visit(
      [&](const auto& stored) -> Result<std::vector<double>> {
        const std::span scores{stored};
        const bool regression = loss == Loss::absolute_error;
        const std::size_t labels = regression ? table.rows.label_value.size() : table.rows.label_class.size();
        if (model.kind == OutputKind::klass || scores.size() != table.rows.rows * model.width || model.width == 0)
          return model_error(Reason::wrong_shape,
                             fmt::format("The {} model gives no score for every row.", to_string(role)));
        if (labels != table.rows.rows)
          return data_error("The golden rows carry no labels of the kind this metric needs.");
        if (regression) return absolute_errors(table, scores);
        return table.task == Task::binary ? binary_losses(table, scores, role, loss)
                                          : multiclass_losses(table, scores, role);
      },
      model.scores);
}

std::vector<GroupLosses> group_losses(const std::vector<double>* candidate, const std::vector<double>* production,
                                      const Grouping& grouping) {
  struct Sums {
    stats::MeanAccumulator candidate, production, difference;
  };
  std::vector<Sums> sums(grouping.size());
  const std::size_t rows = candidate != nullptr ? candidate->size() : (production != nullptr ? production->size() : 0);
  for (std::size_t row = 0; row < rows; ++row) {
    Sums& sum = sums[grouping.code(row)];
    if (candidate != nullptr) sum.candidate.add((*candidate)[row]);
    if (production != nullptr) sum.production.add((*production)[row]);
    if (candidate != nullptr && production != nullptr) sum.difference.add((*candidate)[row] - (*production)[row]);
  }
  std::vector<GroupLosses> groups;
  groups.reserve(sums.size());
  for (const Sums& sum : sums)
    groups.push_back({sum.candidate.estimate(), sum.production.estimate(), sum.difference.estimate()});
  return groups;
}

// θ = Σt/Σd, t = w·x and d = w, or t = x and d = exposure, has the influence (t − θ·d)/Σd (Deville 1999).
std::vector<GroupLosses> weighed_losses(const std::vector<double>* candidate, const std::vector<double>* production,
                                        const Grouping& grouping, const Weighing& weighing, const GroupUnits& units) {
  struct Sums {
    std::array<stats::CompensatedSum, 2> total;
    stats::CompensatedSum base;
    GroupValues mean;
  };
  const std::array columns{candidate, production};
  const std::size_t rows = candidate != nullptr ? candidate->size() : (production != nullptr ? production->size() : 0);
  const bool exposed = !weighing.exposure.empty();
  const auto base_of = [&](std::size_t row) { return exposed ? weighing.exposure[row] : weighing.weight(row); };
  const auto total_of = [&](std::size_t side, std::size_t row) {
    return (*columns[side])[row] * (exposed ? 1.0 : weighing.weight(row));
  };
  std::vector<Sums> sums(grouping.size());
  for (std::size_t row = 0; row < rows; ++row) {
    if (grouping.code(row) >= sums.size()) continue;
    Sums& sum = sums[grouping.code(row)];
    sum.base.add(base_of(row));
    for (std::size_t side = 0; side < columns.size(); ++side)
      if (columns[side] != nullptr) sum.total[side].add(total_of(side, row));
  }
  for (Sums& sum : sums) {
    if (!(sum.base.value() > 0.0)) continue;
    if (candidate != nullptr) sum.mean.candidate = sum.total[0].value() / sum.base.value();
    if (production != nullptr) sum.mean.production = sum.total[1].value() / sum.base.value();
  }
  UnitSums by_unit(units, grouping.size());
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t group = grouping.code(row);
    if (group >= sums.size()) continue;
    const Sums& sum = sums[group];
    const std::array means{sum.mean.candidate, sum.mean.production};
    std::array<double, 2> influence{};
    for (std::size_t side = 0; side < columns.size(); ++side)
      if (means[side]) influence[side] = (total_of(side, row) - *means[side] * base_of(row)) / sum.base.value();
    by_unit.add(row, group, influence, base_of(row), weighing.copies_of(row));
  }
  const std::vector<stats::InfluenceSums> influences = std::move(by_unit).take();
  std::vector<GroupLosses> groups;
  for (std::size_t group = 0; group < sums.size(); ++group)
    groups.push_back(influences[group].estimate(sums[group].mean.candidate, sums[group].mean.production));
  return groups;
}

}  // namespace modelgate
