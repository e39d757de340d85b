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
RegisteredCheck roc_auc_check();
RegisteredCheck log_loss_check();
RegisteredCheck brier_score_check();
RegisteredCheck mae_check();
RegisteredCheck rmse_check();
RegisteredCheck r2_check();

/// A spec of the accuracy family: limit words by direction, slices allowed; the rest is the caller's.
CheckSpec accuracy_spec(std::string_view metric, std::uint8_t tasks, Direction direction, std::string_view summary,
                        std::string_view explain);

/// The spec of a metric whose frame honours weights and clusters.
CheckSpec weighable(CheckSpec spec);

/// The same for a loss of any size: unit plain, no upper end.
CheckSpec loss_spec(std::string_view metric, std::uint8_t tasks, std::string_view summary, std::string_view explain);

}  // namespace modelgate
