// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "checks/check.hpp"
#include "gate/stats/ranked.hpp"

namespace modelgate {

/// A metric of binary scores that depends on their order alone.
using RankedMetric = stats::Linearised (*)(const stats::RankedRows& rows, double parameter);

/// How such a metric is judged.
struct RankedJudging {
  RankedMetric value = nullptr;
  bool logit = false;               ///< the interval of one model on the logit scale
  double low = 0.0;                 ///< smallest value there is
  bool share_of_negatives = false;  ///< the parameter is a share of the negatives
  bool share_of_rows = false;       ///< the parameter is a share of the rows
};

/// Judges a metric of binary scores in every scope by its linearised variance; 20 rows of each label at least.
std::vector<CheckResult> judge_ranked(const PlannedCheck& planned, const Evidence& evidence,
                                      const RankedJudging& judging);

}  // namespace modelgate
