// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "gate/core/check_result.hpp"

namespace modelgate {

/// What a metric is drawn as.
enum class Drawing { none, roc, precision_recall, reliability, confusion, error_ecdf, latency_ecdf };

/// By family, task and what the metric needs of the outputs; none for bias, ranking and averages over labels.
Drawing drawing_of(const PlannedCheck& planned, Task task);

/// Indices of the results that deserve a picture, the worst first: blocking, warning, waived, then passes over all
/// rows. Of equals those over all rows come before slices, else as they stand.
std::vector<std::size_t> worth_drawing(std::span<const CheckResult> results);

/// What is drawn, of which class and which rows: results that ask alike share a picture.
std::string question_of(const CheckResult& result, Drawing drawing);

}  // namespace modelgate
