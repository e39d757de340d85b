// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/placements.hpp"

#include <array>
#include <cmath>
#include <cstddef>

namespace modelgate::stats {

namespace {

using Counts = std::vector<std::array<std::uint64_t, 2>>;  // rows by group and label

std::size_t group_of(const Partition& partition, std::size_t row) {
  return partition.codes.empty() ? 0 : partition.codes[row];
}

// Twice the number of rows of the other label in the same group with a lower score, ties counting half.
std::vector<std::uint64_t> twice_below(const ScoreOrder& order, std::span<const std::uint8_t> labels,
                                       const Partition& partition, Counts& counts) {
  std::vector<std::uint64_t> twice(labels.size(), 0);
  const auto others = [&](std::uint32_t row) {
    const std::size_t group = group_of(partition, row);
    return group < counts.size() ? counts[group][1U - labels[row]] : 0;
  };
  for (std::size_t first = 0, last = 0; first < order.rows.size(); first = last) {
    while (last < order.rows.size() && order.ranks[last] == order.ranks[first]) ++last;
    const std::span<const std::uint32_t> tied(order.rows.data() + first, last - first);
    for (const std::uint32_t row : tied) twice[row] = others(row);
    for (const std::uint32_t row : tied)
      if (const std::size_t group = group_of(partition, row); group < counts.size()) ++counts[group][labels[row]];
    for (const std::uint32_t row : tied) twice[row] += others(row);
  }
  return twice;
}

}  // namespace

// V10 of a positive = share of negatives below, V01 of a negative = share of positives above (DeLong et al. 1988,
// Biometrics 44:837); AUC = mean of V10.
CentredPlacements centred_placements(const ScoreOrder& order, std::span<const std::uint8_t> labels,
                                     const Partition& partition) {
  CentredPlacements result{std::vector<std::optional<AucEstimate>>(partition.groups),
                           std::vector<double>(labels.size(), 0.0)};
  if (order.rows.size() != labels.size()) return result;
  Counts counts(partition.groups);
  const std::vector<std::uint64_t> twice = twice_below(order, labels, partition, counts);
  std::vector<std::uint64_t> sums(partition.groups, 0);
  for (std::size_t row = 0; row < labels.size(); ++row)
    if (const std::size_t group = group_of(partition, row); group < sums.size() && labels[row] == 1)
      sums[group] += twice[row];
  for (std::size_t group = 0; group < sums.size(); ++group) {
    const auto [negatives, positives] = counts[group];
    if (negatives < 2 || positives < 2) continue;
    const double pairs = 2.0 * static_cast<double>(negatives) * static_cast<double>(positives);
    result.groups[group] = AucEstimate{.auc = static_cast<double>(sums[group]) / pairs,
                                       .variance = 0.0,
                                       .positives = positives,
                                       .negatives = negatives};
  }
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const std::size_t group = group_of(partition, row);
    std::optional<AucEstimate>* const known = group < sums.size() ? &result.groups[group] : nullptr;
    if (known == nullptr || !known->has_value()) continue;
    AucEstimate& auc = known->value();
    const bool positive = labels[row] == 1;
    const double share = static_cast<double>(twice[row]) / 2.0 / static_cast<double>(counts[group][positive ? 0 : 1]);
    const auto own = static_cast<double>(counts[group][positive ? 1 : 0]);
    result.rows[row] = ((positive ? share : 1.0 - share) - auc.auc) / std::sqrt(own * (own - 1.0));
    auc.variance += result.rows[row] * result.rows[row];
  }
  return result;
}

}  // namespace modelgate::stats
