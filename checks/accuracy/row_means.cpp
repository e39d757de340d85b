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

void count_speaking(SpeakingRows& rows, double candidate, std::optional<double> production, std::size_t copies) {
  if (candidate != 0.0) rows.imperfect += copies;
  if (!production || candidate == *production) return;
  rows.differing += copies;
  (candidate > *production ? rows.worse : rows.better) += copies;
}

}  // namespace

std::vector<stats::PairedEstimate> mean_numbers(EvidenceCache& cache, const std::optional<Scope>& scope,
                                                const RowNumbers& numbers) {
  const Weighing& weighing = cache.weighing();
  const Means means = means_of(*cache.grouping(scope), weighing, numbers);
  std::vector<GroupValues> values;
  for (const auto& group : means) values.push_back({group[0].value(), group[1].value()});
  return linearise_rows(cache, scope, values, [&](std::size_t row, std::size_t group) {
    std::array<double, 2> influence{};
    for (const Role role : both_roles) {
      const std::size_t at = index_of(role);
      const std::optional<double>& mean = role == Role::candidate ? values[group].candidate : values[group].production;
      if (mean) influence[at] = weighing.weight(row) * (numbers[at][row] - *mean) / means[group][at].weight.value();
    }
    return influence;
  });
}

std::vector<GroupMeans> mean_losses(EvidenceCache& cache, const std::optional<Scope>& scope, const RowNumbers& losses) {
  const std::vector<stats::PairedEstimate> estimates = mean_numbers(cache, scope, losses);
  std::vector<GroupMeans> groups;
  for (const stats::PairedEstimate& estimate : estimates) groups.push_back({estimate, {}});
  const Grouping& grouping = *cache.grouping(scope);
  const auto& [candidate, production] = losses;
  for (std::size_t row = 0; row < candidate.size(); ++row)
    count_speaking(groups[grouping.code(row)].rows, candidate[row],
                   production.empty() ? std::nullopt : std::optional(production[row]),
                   static_cast<std::size_t>(cache.weighing().copies_of(row)));
  return groups;
}

}  // namespace modelgate
