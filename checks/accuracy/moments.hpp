// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "checks/check.hpp"

namespace modelgate {

/// Sums over rows that RMSE and R² are made of; y is centred on its mean over all rows.
struct ErrorSums {
  double rows = 0.0;
  double squared_error = 0.0;
  double label = 0.0;
  double squared_label = 0.0;
};

/// A regression metric as a function of the sums; nothing where undefined.
using ErrorMetric = std::optional<double> (*)(const ErrorSums&);

/// Judges a regression metric that is no mean of row losses by the paired Poisson bootstrap over rows.
std::vector<CheckResult> judge_error_metric(const PlannedCheck& planned, const Evidence& evidence, ErrorMetric metric,
                                            Direction direction);

}  // namespace modelgate
