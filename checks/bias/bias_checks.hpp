// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "checks/bias/group_table.hpp"
#include "checks/check.hpp"

namespace modelgate {

// One function a metric: its row of the registry, with its explanation beside its definition.
RegisteredCheck demographic_parity_difference_check();
RegisteredCheck demographic_parity_ratio_check();
RegisteredCheck equal_opportunity_difference_check();
RegisteredCheck equalized_odds_difference_check();
RegisteredCheck equal_opportunity_ratio_check();
RegisteredCheck equalized_odds_ratio_check();
RegisteredCheck false_positive_rate_difference_check();
RegisteredCheck accuracy_difference_check();
RegisteredCheck predictive_parity_difference_check();
RegisteredCheck selection_rate_check();
RegisteredCheck tpr_check();
RegisteredCheck fpr_check();
RegisteredCheck tnr_check();
RegisteredCheck fnr_check();
RegisteredCheck group_accuracy_check();
RegisteredCheck ppv_check();
RegisteredCheck group_brier_score_check();
RegisteredCheck group_mae_check();
RegisteredCheck group_mean_bias_check();

}  // namespace modelgate
