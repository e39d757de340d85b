// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/auc.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "gate/stats/auc_moments.hpp"

namespace modelgate::stats {

namespace {

// Partitions are judged this many at a time: a row's groups and placements in all of them lie side by side, so that a
// walk in order of score, which jumps through the rows, fetches each row once.
constexpr std::size_t lanes = 4;
using Codes = std::array<std::uint16_t, lanes>;
using Placements = std::array<std::uint32_t, lanes>;
constexpr std::size_t fetch_ahead = 24;

// The rows of up to four partitions. The group after a partition's last takes the rows left out.
class Lanes {
 public:
  Lanes(std::span<const std::uint8_t> labels, std::span<const Partition> partitions)
      : labels_(labels), codes_(labels.size(), Codes{}) {
    for (std::size_t lane = 0; lane < partitions.size(); ++lane) {
      const Partition& partition = partitions[lane];
      starts_[lane + 1] = starts_[lane] + partition.groups + 1;
      const std::size_t most = partition.groups;
      for (std::size_t row = 0; row < partition.codes.size(); ++row)
        codes_[row][lane] = static_cast<std::uint16_t>(std::min<std::size_t>(partition.codes[row], most));
    }
    for (std::size_t lane = partitions.size(); lane < lanes; ++lane) starts_[lane + 1] = starts_[lane] + 1;
  }

  std::size_t rows() const { return codes_.size(); }
  std::size_t groups() const { return starts_[lanes]; }
  unsigned label(std::uint32_t row) const { return labels_[row] != 0 ? 1U : 0U; }
  /// Where the lane's groups begin among the groups of all lanes.
  std::size_t start(std::size_t lane) const { return starts_[lane]; }
  std::size_t group(std::uint32_t row, std::size_t lane) const { return starts_[lane] + codes_[row][lane]; }
  void fetch(std::uint32_t row) const {
    __builtin_prefetch(&codes_[row]);
    __builtin_prefetch(&labels_[row]);
  }

 private:
  std::span<const std::uint8_t> labels_;
  std::vector<Codes> codes_;
  std::array<std::size_t, lanes + 1> starts_{};
};

// Rows seen so far of each label in each group.
class Seen {
 public:
  explicit Seen(const Lanes& rows) : rows_(rows), counts_(rows.groups()) {}

  void count(std::uint32_t row) {
    const unsigned label = rows_.label(row);
    for (std::size_t lane = 0; lane < lanes; ++lane) ++counts_[rows_.group(row, lane)][label];
  }
  void add_others(std::uint32_t row, Placements& sum) const {
    const unsigned other = 1U - rows_.label(row);
    for (std::size_t lane = 0; lane < lanes; ++lane) sum[lane] += counts_[rows_.group(row, lane)][other];
  }

 private:
  const Lanes& rows_;
  std::vector<std::array<std::uint32_t, 2>> counts_;
};

// Gives twice the placement of each row: rows of the other class and the same group with a lower score count 2, tied
// ones 1. Before the run of ties `below` rows were lower, after it before + tied are: before + after is twice the
// placement.
template <class Fetch, class Take>
void walk(const ScoreOrder& order, const Lanes& rows, const Fetch& fetch, const Take& take) {
  const std::size_t n = order.rows.size();
  Seen seen(rows);
  std::vector<Placements> run;
  for (std::size_t first = 0; first < n;) {
    std::size_t last = first + 1;
    while (last < n && order.ranks[last] == order.ranks[first]) ++last;
    const std::span<const std::uint32_t> tied(order.rows.data() + first, last - first);
    run.assign(tied.size(), Placements{});
    for (std::size_t i = first; i < last && i + fetch_ahead < n; ++i) fetch(order.rows[i + fetch_ahead]);
    for (std::size_t i = 0; i < tied.size(); ++i) seen.add_others(tied[i], run[i]);
    for (const std::uint32_t row : tied) seen.count(row);
    for (std::size_t i = 0; i < tied.size(); ++i) {
      seen.add_others(tied[i], run[i]);
      take(tied[i], run[i]);
    }
    first = last;
  }
}

// Moments of every group of every lane.
std::vector<GroupMoments> gather(const ScoreOrder& first, const ScoreOrder& second, const Lanes& rows) {
  std::vector<Placements> a(&first == &second ? 0 : rows.rows());
  if (!a.empty()) {
    walk(
        first, rows, [&](std::uint32_t row) { rows.fetch(row), __builtin_prefetch(&a[row], 1); },
        [&](std::uint32_t row, const Placements& twice) { a[row] = twice; });
  }
  std::vector<GroupMoments> moments(rows.groups());
  const auto fetch = [&](std::uint32_t row) {
    rows.fetch(row);
    if (!a.empty()) __builtin_prefetch(&a[row]);
  };
  walk(second, rows, fetch, [&](std::uint32_t row, const Placements& twice) {
    const Placements& other = a.empty() ? twice : a[row];
    const unsigned label = rows.label(row);
    for (std::size_t lane = 0; lane < lanes; ++lane)
      add_row(moments[rows.group(row, lane)].of[label], other[lane], twice[lane]);
  });
  return moments;
}

template <class Estimate>
using Estimates = std::vector<std::optional<Estimate>>;

template <class Estimate, class Finish>
std::vector<Estimates<Estimate>> judge(const ScoreOrder& first, const ScoreOrder& second,
                                       std::span<const std::uint8_t> labels, std::span<const Partition> partitions,
                                       const Finish& finish) {
  std::vector<Estimates<Estimate>> results;
  for (const Partition& partition : partitions) results.emplace_back(partition.groups);
  for (std::size_t begin = 0; begin < partitions.size(); begin += lanes) {
    const auto some = partitions.subspan(begin, std::min(lanes, partitions.size() - begin));
    const auto all_fit = [&](const ScoreOrder& order) {
      return std::ranges::all_of(some, [&](const Partition& partition) { return fits(order, labels, partition); });
    };
    if (!all_fit(first) || !all_fit(second)) continue;
    const Lanes rows(labels, some);
    const std::vector<GroupMoments> moments = gather(first, second, rows);
    for (std::size_t lane = 0; lane < some.size(); ++lane) {
      for (std::size_t g = 0; g < some[lane].groups; ++g) {
        const GroupMoments& group = moments[rows.start(lane) + g];
        if (group.of[0].n >= 2 && group.of[1].n >= 2) results[begin + lane][g] = finish(group);
      }
    }
  }
  return results;
}

}  // namespace

bool fits(const ScoreOrder& order, std::span<const std::uint8_t> labels, const Partition& partition) {
  const bool codes_fit = partition.codes.empty() ? partition.groups == 1 : partition.codes.size() == labels.size();
  return order.rows.size() == labels.size() && order.ranks.size() == labels.size() && codes_fit;
}

std::vector<std::optional<AucEstimate>> delong(const ScoreOrder& order, std::span<const std::uint8_t> labels,
                                               const Partition& partition) {
  const auto alone = [](const GroupMoments& g) { return estimate_of(g, false); };
  return std::move(judge<AucEstimate>(order, order, labels, {&partition, 1}, alone).front());
}

std::vector<std::optional<PairedAuc>> paired_delong(const ScoreOrder& candidate, const ScoreOrder& production,
                                                    std::span<const std::uint8_t> labels, const Partition& partition) {
  return std::move(paired_delong_of(candidate, production, labels, {&partition, 1}).front());
}

std::vector<std::vector<std::optional<PairedAuc>>> paired_delong_of(const ScoreOrder& candidate,
                                                                    const ScoreOrder& production,
                                                                    std::span<const std::uint8_t> labels,
                                                                    std::span<const Partition> partitions) {
  return judge<PairedAuc>(candidate, production, labels, partitions, pair_of);
}

}  // namespace modelgate::stats
