// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "checks/accuracy/bounded.hpp"
#include "checks/cache.hpp"
#include "gate/stats/linearised.hpp"

namespace modelgate {

/// A number of every row under each model, by Role; empty for a model that is not usable.
using RowNumbers = std::array<std::vector<double>, 2>;

/// What the means of row numbers say in one group.
struct GroupMeans {
  stats::PairedEstimate estimate;
  SpeakingRows rows;
};

/// The (weighted, clustered) means of losses in [0, …] by group of the scope, whose grouping must be valid. A row
/// speaks where the two losses differ, and is imperfect where the candidate's is above 0.
std::vector<GroupMeans> mean_losses(EvidenceCache& cache, const std::optional<Scope>& scope, const RowNumbers& losses);

/// The means of numbers 0 or 1, a share of rows, in the same manner; higher is better.
std::vector<stats::PairedEstimate> mean_numbers(EvidenceCache& cache, const std::optional<Scope>& scope,
                                                const RowNumbers& numbers);

}  // namespace modelgate
