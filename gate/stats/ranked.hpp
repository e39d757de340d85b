// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "gate/stats/influence.hpp"
#include "gate/stats/order.hpp"

namespace modelgate::stats {

/// Rows of a binary task in the order of one model's scores; labels 0/1 and counts by row number.
struct RankedRows {
  const ScoreOrder& order;
  std::span<const std::uint8_t> labels;
  const RowCounts& counts;
};

// Each is O(n) over the sorted rows. Rows of equal score pass every threshold together; the value is undefined without
// rows of both labels.

/// Average precision, Σ (R_k − R_{k−1})·P_k over the distinct scores (scikit-learn's average_precision_score). Both
/// shifts take away what each positive row adds to the precision at its own threshold.
Linearised linearised_average_precision(const RankedRows& rows);

/// ROC AUC, ties counting half; its linearised variance is DeLong's but for the factor of the degrees of freedom.
Linearised linearised_auc(const RankedRows& rows);

/// The largest distance between the two classes' shares above a threshold, max |TPR − FPR|. The low shift leads to the
/// distance at thresholds that were chosen without the rows they are judged on (ten folds, dealt out row by row;
/// rows of one unit lie in one fold).
Linearised linearised_ks(const RankedRows& rows);

/// The largest recall of a threshold whose false positive rate is at most `fpr` (0 < fpr < 1).
Linearised linearised_recall_at_fpr(const RankedRows& rows, double fpr);

/// The share of positives among the `rate` (0 < rate < 1) of the weight with the highest scores; rows tied at the
/// border count by the share of them that still fits.
Linearised linearised_precision_at_rate(const RankedRows& rows, double rate);

}  // namespace modelgate::stats
