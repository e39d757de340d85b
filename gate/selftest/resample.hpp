// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "gate/core/score_table.hpp"

namespace modelgate {

/// The candidate of a resample: each drawn row takes its outputs from `later` with this chance, else from `sooner`.
struct DrawnCandidate {
  const Predictions& sooner;
  const Predictions& later;
  double chance_of_later = 0.0;
};

/// A fresh sample from a population, which is the table itself: as many units drawn with replacement as it has (rows,
/// or clusters, or queries), each drawn unit a new one. Production is the table's, rows have no ids. The candidate is
/// as large as the table. The same for one seed.
ScoreTable resample(const ScoreTable& population, const DrawnCandidate& candidate, std::uint64_t seed);

}  // namespace modelgate
