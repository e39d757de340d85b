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

/// The (weighted, clustered) means of row numbers by group of the scope, whose grouping must be valid. A row speaks
/// where the two models' numbers differ, and is imperfect where the candidate's is not the ideal.
std::vector<GroupMeans> mean_numbers(EvidenceCache& cache, const std::optional<Scope>& scope, const RowNumbers& numbers,
                                     Direction direction, double ideal);

/// One of these means judged.
void judge_mean_numbers(ScopeCase& scope, const GroupMeans& means, Direction direction, double ideal, double most);

}  // namespace modelgate
