// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "checks/check.hpp"

namespace modelgate {

// One function a metric: its row of the registry, with its explanation beside its definition.
RegisteredCheck accuracy_check();
RegisteredCheck precision_check();
RegisteredCheck recall_check();
RegisteredCheck specificity_check();
RegisteredCheck f1_check();
RegisteredCheck balanced_accuracy_check();
RegisteredCheck f1_macro_check();
RegisteredCheck precision_macro_check();
RegisteredCheck recall_macro_check();
RegisteredCheck precision_weighted_check();
RegisteredCheck recall_weighted_check();
RegisteredCheck f1_weighted_check();
RegisteredCheck matthews_corrcoef_check();
RegisteredCheck cohen_kappa_check();
RegisteredCheck top_k_accuracy_check();
RegisteredCheck negative_flips_check();
RegisteredCheck expected_cost_check();
RegisteredCheck subset_accuracy_check();
RegisteredCheck hamming_loss_check();
RegisteredCheck f1_micro_check();
RegisteredCheck roc_auc_macro_check();
RegisteredCheck roc_auc_check();
RegisteredCheck log_loss_check();
RegisteredCheck brier_score_check();
RegisteredCheck gini_check();
RegisteredCheck average_precision_check();
RegisteredCheck ks_check();
RegisteredCheck recall_at_fpr_check();
RegisteredCheck precision_at_rate_check();
RegisteredCheck calibration_intercept_check();
RegisteredCheck calibration_slope_check();
RegisteredCheck roc_auc_ovr_macro_check();
RegisteredCheck mae_check();
RegisteredCheck rmse_check();
RegisteredCheck r2_check();
RegisteredCheck mse_check();
RegisteredCheck mape_check();
RegisteredCheck wape_check();
RegisteredCheck mase_check();
RegisteredCheck pinball_check();
RegisteredCheck mean_bias_check();
RegisteredCheck ndcg_check();
RegisteredCheck ndcg_exp_check();
RegisteredCheck map_check();
RegisteredCheck mrr_check();
RegisteredCheck recall_of_ranks_check();

/// A spec of the accuracy family: limit words by direction, slices allowed; the rest is the caller's.
CheckSpec accuracy_spec(std::string_view metric, std::uint8_t tasks, Direction direction, std::string_view summary,
                        std::string_view explain);

/// The spec of a metric whose frame honours weights and clusters.
CheckSpec weighable(CheckSpec spec);

/// The same for a loss of any size: unit plain, no upper end.
CheckSpec loss_spec(std::string_view metric, std::uint8_t tasks, std::string_view summary, std::string_view explain);

}  // namespace modelgate
