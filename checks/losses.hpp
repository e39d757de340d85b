// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "checks/groups.hpp"
#include "checks/weighing.hpp"
#include "gate/core/error.hpp"
#include "gate/core/score_table.hpp"
#include "gate/stats/linearised.hpp"

namespace modelgate {

/// Losses of one row whose mean is a metric.
enum class Loss { log_loss, brier_score, absolute_error };

/// The loss of every row under one usable model. log_loss clips to [eps, 1 − eps] of the scores' precision, as
/// scikit-learn does; model error where probabilities are asked for and a score lies outside [0, 1], or the output has
/// no scores.
Result<std::vector<double>> row_losses(const ScoreTable& table, Role role, Loss loss);

/// Mean losses of one group; a side is absent where its model is not usable.
using GroupLosses = stats::PairedEstimate;

/// Sums the losses of every group in one pass; a null column is a model that is not usable.
std::vector<GroupLosses> group_losses(const std::vector<double>* candidate, const std::vector<double>* production,
                                      const Grouping& grouping);

/// The same with weights, frequencies, clusters or exposures: Σw·x/Σw, or Σx/Σexposure, with influences summed by unit.
std::vector<GroupLosses> weighed_losses(const std::vector<double>* candidate, const std::vector<double>* production,
                                        const Grouping& grouping, const Weighing& weighing, const GroupUnits& units);

}  // namespace modelgate
