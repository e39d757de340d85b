// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "checks/accuracy/accuracy_checks.hpp"
#include "checks/bias/bias_checks.hpp"
#include "checks/check.hpp"
#include "checks/latency/latency_checks.hpp"
#include "checks/outputs/output_checks.hpp"
#include "checks/resources/resource_checks.hpp"

namespace modelgate {

// NOLINTNEXTLINE(readability-function-size): the list of all checks stands in one place
std::span<const RegisteredCheck> registry() {
  static const std::array checks{
      accuracy_check(),
      balanced_accuracy_check(),
      precision_check(),
      recall_check(),
      specificity_check(),
      f1_check(),
      precision_macro_check(),
      recall_macro_check(),
      f1_macro_check(),
      precision_weighted_check(),
      recall_weighted_check(),
      f1_weighted_check(),
      matthews_corrcoef_check(),
      cohen_kappa_check(),
      top_k_accuracy_check(),
      negative_flips_check(),
      expected_cost_check(),
      subset_accuracy_check(),
      hamming_loss_check(),
      f1_micro_check(),
      roc_auc_macro_check(),
      roc_auc_check(),
      gini_check(),
      average_precision_check(),
      ks_check(),
      recall_at_fpr_check(),
      precision_at_rate_check(),
      log_loss_check(),
      brier_score_check(),
      calibration_intercept_check(),
      calibration_slope_check(),
      roc_auc_ovr_macro_check(),
      mae_check(),
      rmse_check(),
      r2_check(),
      mse_check(),
      mape_check(),
      wape_check(),
      mase_check(),
      pinball_check(),
      mean_bias_check(),
      ndcg_check(),
      ndcg_exp_check(),
      map_check(),
      mrr_check(),
      recall_of_ranks_check(),

      demographic_parity_difference_check(),
      demographic_parity_ratio_check(),
      equal_opportunity_difference_check(),
      equalized_odds_difference_check(),
      equal_opportunity_ratio_check(),
      equalized_odds_ratio_check(),
      false_positive_rate_difference_check(),
      accuracy_difference_check(),
      predictive_parity_difference_check(),
      selection_rate_check(),
      tpr_check(),
      fpr_check(),
      tnr_check(),
      fnr_check(),
      group_accuracy_check(),
      ppv_check(),
      group_brier_score_check(),
      group_mae_check(),
      group_mean_bias_check(),

      latency_check(),
      latency_p50_check(),
      latency_p90_check(),
      latency_p95_check(),
      latency_p99_check(),
      latency_p999_check(),

      throughput_check(),
      cold_start_check(),
      first_request_check(),
      load_time_check(),
      peak_memory_check(),
      model_size_check(),

      max_abs_difference_check(),
      mean_abs_difference_check(),
      mismatched_rows_check(),
      decision_flips_check(),

      repeated_rows_check(),
  };
  return checks;
}

const RegisteredCheck* find_check(Family family, std::string_view metric) {
  const std::span<const RegisteredCheck> all = registry();
  const bool has_parameter = metric.find('@') != std::string_view::npos;
  metric = metric.substr(0, metric.find('@'));  // ndcg@10 is a row named ndcg
  const auto is_named = [&](const RegisteredCheck& check) {
    return check.spec.family == family && check.spec.metric == metric;
  };
  // recall of classes and recall@10 of ranked lists are rows of one name
  auto hit = std::ranges::find_if(all, [&](const RegisteredCheck& check) {
    return is_named(check) && (check.spec.parameter != MetricParameter::none) == has_parameter;
  });
  if (hit == all.end()) hit = std::ranges::find_if(all, is_named);
  return hit == all.end() ? nullptr : &*hit;
}

}  // namespace modelgate
