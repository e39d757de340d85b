// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "gate/stats/auc.hpp"

namespace modelgate::stats {

/// What rows count for in an AUC, and the units they are judged in.
struct AucWeights {
  std::span<const double> weights;        ///< by row, >= 0; empty: 1
  std::span<const double> copies;         ///< rows that a row stands for (frequencies); empty: 1
  std::span<const std::uint32_t> slots;   ///< by row: number of its (group, unit) pair; empty: each row is its own unit
  std::span<const std::uint32_t> groups;  ///< by slot: its group
};

/// Paired DeLong with weights and clusters for every group in one pass over each model's order: structural components
/// weighted, summed by unit (Obuchowski 1997, Biometrics 53:567). positives and negatives count units that have such
/// rows; a group with fewer than 2 of either is nullopt. Without clusters and weights: DeLong's variance.
std::vector<std::optional<PairedAuc>> weighted_paired_delong(const ScoreOrder& candidate, const ScoreOrder& production,
                                                             std::span<const std::uint8_t> labels,
                                                             const Partition& partition, const AucWeights& weights);

}  // namespace modelgate::stats
