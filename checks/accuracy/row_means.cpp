// SPDX-License-Identifier: Apache-2.0
#include "checks/accuracy/row_means.hpp"

#include <cmath>

#include "checks/influence.hpp"

namespace modelgate {
namespace {

struct WeightedMean {
  stats::CompensatedSum sum;
  stats::CompensatedSum weight;

  std::optional<double> value() const {
    if (!(weight.value() > 0.0)) return std::nullopt;
    return sum.value() / weight.value();
  }
};

using Means = std::vector<std::array<WeightedMean, 2>>;

Means means_of(const Grouping& grouping, const Weighing& weighing, const RowNumbers& numbers) {
  Means means(grouping.size());
  for (const Role role : both_roles) {
    const std::vector<double>& column = numbers[index_of(role)];
    for (std::size_t row = 0; row < column.size(); ++row) {
      WeightedMean& mean = means[grouping.code(row)][index_of(role)];
      mean.sum.add(weighing.weight(row) * column[row]);
      mean.weight.add(weighing.weight(row));
    }
  }
  return means;
}

/// Adds what each row says of the difference and of the candidate alone.
void count_speaking(std::vector<GroupMeans>& groups, const Grouping& grouping, const Weighing& weighing,
                    const RowNumbers& numbers, Direction direction, double ideal) {
  const auto& [candidate, production] = numbers;
  for (std::size_t row = 0; row < candidate.size(); ++row) {
    SpeakingRows& rows = groups[grouping.code(row)].rows;
    const auto copies = static_cast<std::size_t>(weighing.copies_of(row));
    if (candidate[row] != ideal) rows.imperfect += copies;
    if (production.empty() || candidate[row] == production[row]) continue;
    rows.differing += copies;
    const bool fell = candidate[row] < production[row];
    (fell == (direction == Direction::higher_is_better) ? rows.worse : rows.better) += copies;
  }
}

}  // namespace

std::vector<GroupMeans> mean_numbers(EvidenceCache& cache, const std::optional<Scope>& scope, const RowNumbers& numbers,
                                     Direction direction, double ideal) {
  const Weighing& weighing = cache.weighing();
  const Means means = means_of(*cache.grouping(scope), weighing, numbers);
  std::vector<GroupValues> values;
  for (const auto& group : means) values.push_back({group[0].value(), group[1].value()});
  const auto influence = [&](std::size_t row, std::size_t group) {
    std::array<double, 2> moved{};
    for (const Role role : both_roles) {
      const std::size_t at = index_of(role);
      const std::optional<double>& mean = role == Role::candidate ? values[group].candidate : values[group].production;
      if (mean) moved[at] = weighing.weight(row) * (numbers[at][row] - *mean) / means[group][at].weight.value();
    }
    return moved;
  };
  std::vector<GroupMeans> groups;
  for (const stats::PairedEstimate& estimate : linearise_rows(cache, scope, values, influence))
    groups.push_back({estimate, {}});
  count_speaking(groups, *cache.grouping(scope), weighing, numbers, direction, ideal);
  return groups;
}

void judge_mean_numbers(ScopeCase& scope, const GroupMeans& means, Direction direction, double ideal, double most) {
  judge_bounded(scope,
                {.estimate = means.estimate, .rows = means.rows, .direction = direction, .ideal = ideal, .most = most});
}

}  // namespace modelgate
