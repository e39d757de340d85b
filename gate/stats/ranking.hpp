// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace modelgate::stats {

/// Rows of one query with equal scores; their order among themselves is unknown, so every measure is its mean over all
/// orders.
struct TieGroup {
  std::size_t first = 0;     ///< rows of the query that score higher
  std::size_t size = 0;      ///< rows
  std::size_t relevant = 0;  ///< rows of relevance > 0
  double gain = 0.0;         ///< sum of their gains
};

/// One query's rows, best score first.
struct RankedQuery {
  std::vector<TieGroup> groups;
  std::vector<double> gains;  ///< of all rows, largest first: the ideal order
  std::size_t relevant = 0;
};

/// Ranks the rows of one query; gains and scores by row, gains >= 0 and finite (a relevance of 0 has gain 0), scores
/// finite.
RankedQuery rank_query(std::span<const double> gains, std::span<const double> scores);

// ranks: only the first so many count; 0: all. Each needs a relevant row and lies in [0, 1].

/// Normalised discounted cumulative gain, discount 1/log2(rank + 1) (Järvelin & Kekäläinen 2002; ties after McSherry &
/// Najork 2008, as scikit-learn's ndcg_score).
double ndcg(const RankedQuery& query, std::size_t ranks);
/// Average precision of one list: mean of the precision at the ranks of the relevant rows; with ranks divided by
/// min(relevant, ranks), so that the best list has 1.
double mean_average_precision(const RankedQuery& query, std::size_t ranks);
/// 1 / rank of the first relevant row, 0 where it lies beyond ranks.
double reciprocal_rank(const RankedQuery& query, std::size_t ranks);
/// The share of the relevant rows among the first ranks.
double recall_of_ranks(const RankedQuery& query, std::size_t ranks);

}  // namespace modelgate::stats
