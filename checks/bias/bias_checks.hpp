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
RegisteredCheck selection_rate_check();
RegisteredCheck tpr_check();
RegisteredCheck fpr_check();
RegisteredCheck tnr_check();
RegisteredCheck fnr_check();

}  // namespace modelgate
