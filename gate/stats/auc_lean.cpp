// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "gate/stats/auc_moments.hpp"

namespace modelgate::stats {

namespace {

constexpr std::size_t fetch_ahead = 24;

// Gives twice the placement of each row that has a group, and the group: rows of the other class and the same group
// with a lower score count 2, tied ones 1.
template <class Fetch, class Take>
void walk(const ScoreOrder& order, std::span<const std::uint8_t> labels, const Partition& partition, const Fetch& fetch,
          const Take& take) {
  const std::size_t n = order.rows.size();
  std::vector<std::array<std::uint32_t, 2>> seen(partition.groups);
  std::vector<std::uint32_t> below;
  const auto group_of = [&](std::uint32_t row) -> std::size_t {
    return partition.codes.empty() ? 0 : partition.codes[row];
  };
  for (std::size_t first = 0; first < n;) {
    std::size_t last = first + 1;
    while (last < n && order.ranks[last] == order.ranks[first]) ++last;
    const std::span<const std::uint32_t> tied(order.rows.data() + first, last - first);
    for (std::size_t i = first; i < last && i + fetch_ahead < n; ++i) {
      const std::uint32_t later = order.rows[i + fetch_ahead];
      __builtin_prefetch(&labels[later]);
      if (!partition.codes.empty()) __builtin_prefetch(&partition.codes[later]);
      fetch(later);
    }
    below.clear();
    for (const std::uint32_t row : tied) {
      const std::size_t group = group_of(row);
      below.push_back(group < seen.size() ? seen[group][labels[row] != 0 ? 0 : 1] : 0);
    }
    for (const std::uint32_t row : tied)
      if (const std::size_t group = group_of(row); group < seen.size()) ++seen[group][labels[row] != 0 ? 1 : 0];
    for (std::size_t i = 0; i < tied.size(); ++i) {
      const std::size_t group = group_of(tied[i]);
      if (group < seen.size()) take(tied[i], group, below[i] + seen[group][labels[tied[i]] != 0 ? 0 : 1]);
    }
    first = last;
  }
}

}  // namespace

std::vector<std::uint32_t> twice_placements(const ScoreOrder& order, std::span<const std::uint8_t> labels,
                                            const Partition& partition) {
  if (!fits(order, labels, partition)) return {};
  std::vector<std::uint32_t> placements(labels.size(), 0);
  walk(
      order, labels, partition, [&](std::uint32_t row) { __builtin_prefetch(&placements[row], 1); },
      [&](std::uint32_t row, std::size_t, std::uint32_t twice) { placements[row] = twice; });
  return placements;
}

std::vector<std::optional<PairedAuc>> paired_delong(std::span<const std::uint32_t> candidate,
                                                    const ScoreOrder& production, std::span<const std::uint8_t> labels,
                                                    const Partition& partition) {
  std::vector<std::optional<PairedAuc>> pairs(partition.groups);
  if (!fits(production, labels, partition) || candidate.size() != labels.size()) return pairs;
  std::vector<GroupMoments> moments(partition.groups);
  walk(
      production, labels, partition, [&](std::uint32_t row) { __builtin_prefetch(&candidate[row]); },
      [&](std::uint32_t row, std::size_t group, std::uint32_t twice) {
        add_row(moments[group].of[labels[row] != 0 ? 1 : 0], candidate[row], twice);
      });
  for (std::size_t group = 0; group < pairs.size(); ++group)
    if (moments[group].of[0].n >= 2 && moments[group].of[1].n >= 2) pairs[group] = pair_of(moments[group]);
  return pairs;
}

}  // namespace modelgate::stats
