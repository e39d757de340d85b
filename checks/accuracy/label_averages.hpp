// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "checks/check.hpp"

namespace modelgate {

/// Averages over the labels of a multilabel task.
enum class LabelAverage { f1_micro, f1_macro, precision_macro, recall_macro };

/// Fewest rows behind each label's denominator for the linearised t of an average.
inline constexpr std::size_t min_rows_of_label = 20;

/// Judges an average over labels by the linearised t; the unit is the row, whose labels hang together.
std::vector<CheckResult> judge_label_average(const PlannedCheck& planned, const Evidence& evidence,
                                             LabelAverage average);

}  // namespace modelgate
