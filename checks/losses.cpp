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

namespace {

/// Both models' losses as terms of a ratio: t = w·x over d = w, or t = x over d = exposure.
struct WeighedRows {
  std::array<const std::vector<double>*, 2> columns;
  const Weighing& weighing;

  bool exposed() const { return !weighing.exposure.empty(); }
  std::size_t rows() const {
    const std::vector<double>* any = columns[0] != nullptr ? columns[0] : columns[1];
    return any != nullptr ? any->size() : 0;
  }
  double base(std::size_t row) const { return exposed() ? weighing.exposure[row] : weighing.weight(row); }
  double total(std::size_t side, std::size_t row) const {
    return (*columns[side])[row] * (exposed() ? 1.0 : weighing.weight(row));
  }
};

/// Means and Σd of one group; a side without a model stays absent.
struct GroupMean {
  std::array<std::optional<double>, 2> mean;
  double base = 0.0;
};

std::vector<GroupMean> group_means(const WeighedRows& rows, const Grouping& grouping) {
  std::vector<std::array<stats::CompensatedSum, 3>> sums(grouping.size());  // both totals, then the base
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    if (grouping.code(row) >= sums.size()) continue;
    auto& sum = sums[grouping.code(row)];
    sum[2].add(rows.base(row));
    for (std::size_t side = 0; side < 2; ++side)
      if (rows.columns[side] != nullptr) sum[side].add(rows.total(side, row));
  }
  std::vector<GroupMean> means(sums.size());
  for (std::size_t group = 0; group < sums.size(); ++group) {
    means[group].base = sums[group][2].value();
    if (!(means[group].base > 0.0)) continue;
    for (std::size_t side = 0; side < 2; ++side)
      if (rows.columns[side] != nullptr) means[group].mean[side] = sums[group][side].value() / means[group].base;
  }
  return means;
}

}  // namespace

// θ = Σt/Σd has the influence (t − θ·d)/Σd (Deville 1999).
std::vector<GroupLosses> weighed_losses(const std::vector<double>* candidate, const std::vector<double>* production,
                                        const Grouping& grouping, const Weighing& weighing, const GroupUnits& units) {
  const WeighedRows rows{{candidate, production}, weighing};
  const std::vector<GroupMean> means = group_means(rows, grouping);
  UnitSums by_unit(units, grouping.size());
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const std::size_t group = grouping.code(row);
    if (group >= means.size()) continue;
    const GroupMean& here = means[group];
    std::array<double, 2> influence{};
    for (std::size_t side = 0; side < 2; ++side)
      if (const auto& mean = here.mean[side]; mean)
        influence[side] = (rows.total(side, row) - *mean * rows.base(row)) / here.base;
    by_unit.add(row, group, influence, rows.base(row), weighing.copies_of(row));
  }
  const std::vector<stats::InfluenceSums> influences = std::move(by_unit).take();
  std::vector<GroupLosses> groups;
  groups.reserve(means.size());
  for (std::size_t group = 0; group < means.size(); ++group)
    groups.push_back(influences[group].estimate(means[group].mean[0], means[group].mean[1]));
  return groups;
}

}  // namespace modelgate
