// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "gate/stats/auc.hpp"
#include "gate/stats/order.hpp"

namespace modelgate::stats {

/// DeLong row by row, so that several labels' AUC of the same rows can be averaged.
struct CentredPlacements {
  std::vector<std::optional<AucEstimate>> groups;  ///< nullopt with fewer than 2 positives or negatives
  /// By row: (placement − AUC)/sqrt(m(m − 1)), m rows of its label in its group, so that the squares of a group sum to
  /// DeLong's variance and products of two labels or models to their covariance; 0 where the group has no AUC.
  std::vector<double> rows;
};

/// Placements of every row within its group in one walk, O(n); labels are 0/1, one a row of the order.
CentredPlacements centred_placements(const ScoreOrder& order, std::span<const std::uint8_t> labels,
                                     const Partition& partition = {});

}  // namespace modelgate::stats
