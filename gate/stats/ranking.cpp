// SPDX-License-Identifier: Apache-2.0
#include "gate/stats/ranking.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

namespace modelgate::stats {

namespace {

std::size_t cut(std::size_t ranks) { return ranks == 0 ? std::numeric_limits<std::size_t>::max() : ranks; }

double discount(std::size_t rank) { return 1.0 / std::log2(static_cast<double>(rank) + 1.0); }

// How many rows of the group lie within the first ranks.
std::size_t within(const TieGroup& group, std::size_t ranks) {
  return group.first >= ranks ? 0 : std::min(group.size, ranks - group.first);
}

}  // namespace

RankedQuery rank_query(std::span<const double> gains, std::span<const double> scores) {
  std::vector<std::pair<double, double>> rows;  // score, gain: sums do not depend on how the rows came
  rows.reserve(gains.size());
  for (std::size_t row = 0; row < gains.size(); ++row) rows.emplace_back(scores[row], gains[row]);
  std::ranges::sort(rows, std::greater{});
  RankedQuery query;
  query.gains.assign(gains.begin(), gains.end());
  std::ranges::sort(query.gains, std::greater{});
  for (std::size_t at = 0; at < rows.size(); ++at) {
    if (at == 0 || rows[at].first != rows[at - 1].first) query.groups.push_back({.first = at});
    TieGroup& group = query.groups.back();
    ++group.size;
    group.gain += rows[at].second;
    if (!(rows[at].second > 0.0)) continue;
    ++group.relevant;
    ++query.relevant;
  }
  return query;
}

double ndcg(const RankedQuery& query, std::size_t ranks) {
  ranks = cut(ranks);
  double gained = 0.0;
  for (const TieGroup& group : query.groups) {
    double discounts = 0.0;
    for (std::size_t i = 1; i <= within(group, ranks); ++i) discounts += discount(group.first + i);
    gained += group.gain / static_cast<double>(group.size) * discounts;
  }
  double ideal = 0.0;
  for (std::size_t rank = 1; rank <= std::min(query.gains.size(), ranks); ++rank)
    ideal += query.gains[rank - 1] * discount(rank);
  return gained / ideal;
}

// With r of g tied rows relevant and h relevant rows above, a rank i of the group is relevant with chance r/g, and then
// 1 + (i − 1)(r − 1)/(g − 1) of the group's relevant rows stand at or above it (hypergeometric mean).
double mean_average_precision(const RankedQuery& query, std::size_t ranks) {
  ranks = cut(ranks);
  double sum = 0.0;
  double above = 0.0;
  for (const TieGroup& group : query.groups) {
    const auto size = static_cast<double>(group.size);
    const auto relevant = static_cast<double>(group.relevant);
    const double each = group.size > 1 ? (relevant - 1.0) / (size - 1.0) : 0.0;
    const std::size_t seen = group.relevant == 0 ? 0 : within(group, ranks);
    for (std::size_t i = 1; i <= seen; ++i)
      sum += relevant / size * (above + 1.0 + static_cast<double>(i - 1) * each) / static_cast<double>(group.first + i);
    above += relevant;
  }
  return sum / static_cast<double>(std::min(query.relevant, ranks));
}

// Within the first group that holds a relevant row, rank i is the first relevant one with the chance that i − 1 draws
// without replacement missed and this one hits.
double reciprocal_rank(const RankedQuery& query, std::size_t ranks) {
  ranks = cut(ranks);
  const auto group = std::ranges::find_if(query.groups, [](const TieGroup& one) { return one.relevant > 0; });
  if (group == query.groups.end()) return 0.0;
  double missed = 1.0;
  double sum = 0.0;
  for (std::size_t i = 1; i <= within(*group, ranks) && missed > 0.0; ++i) {
    const double hit = std::min(1.0, static_cast<double>(group->relevant) / static_cast<double>(group->size - i + 1));
    sum += missed * hit / static_cast<double>(group->first + i);
    missed *= 1.0 - hit;
  }
  return sum;
}

double recall_of_ranks(const RankedQuery& query, std::size_t ranks) {
  ranks = cut(ranks);
  double found = 0.0;
  for (const TieGroup& group : query.groups)
    found += static_cast<double>(group.relevant) * static_cast<double>(within(group, ranks)) /
             static_cast<double>(group.size);
  return found / static_cast<double>(query.relevant);
}

}  // namespace modelgate::stats
