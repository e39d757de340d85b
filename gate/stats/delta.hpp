// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "gate/stats/mean_t.hpp"

namespace modelgate::stats {

/// Joint cells of a binary task: counts[label][candidate decision][production decision], each 0 or 1.
using JointCells = std::array<std::array<std::array<std::uint64_t, 2>, 2>, 2>;

enum class CellMetric { precision, f1, balanced_accuracy };

/// candidate − factor · production by linearisation (delta method) over the joint cells, as a mean estimate for
/// mean_interval and mean_p_at_*; factor 0 judges the candidate alone. nullopt where either metric used is undefined or
/// there are fewer than 50 rows of label 1, below which the bootstrap is asked for.
std::optional<MeanEstimate> linearised_cells(const JointCells& cells, CellMetric metric, double factor = 1.0);

}  // namespace modelgate::stats
