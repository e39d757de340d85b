// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "checks/accuracy/accuracy_checks.hpp"
#include "checks/accuracy/auc.hpp"
#include "checks/accuracy/calibration.hpp"
#include "checks/accuracy/means.hpp"
#include "checks/accuracy/multiclass_scores.hpp"
#include "checks/explain.hpp"
#include "checks/judge.hpp"

namespace modelgate {
namespace {

constexpr Explanation auc_explanation{
    .what_it_checks =
        "The area under the ROC curve (scikit-learn's `roc_auc_score`): how often a positive row scores above a "
        "negative one, ties counting half.",
    .why_it_blocks = "The ranking behind every threshold got worse, even where the shipped threshold hides it.",
    .statistic_and_source =
        "Paired DeLong against production (DeLong et al. 1988, by midranks after Sun & Xu 2014); against a limit "
        "DeLong on the "
        "logit scale. Without variance (a perfect ranking, or two alike): the bound of a rate on as many independent "
        "pairs as the "
        "rarer label has rows.",
    .parameters_and_defaults = shared_text::slice_parameters,
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when =
        "Fewer than 20 positive or 20 negative rows: not assessable, because the interval would be too narrow.",
    .example = "checks:\n  accuracy:\n    - {metric: roc_auc, min: 0.85, max_regression: 0.01}",
};

constexpr std::string_view mean_source =
    "The linearised t of the mean (HC1, units − 1 degrees of freedom): against production on the difference of both "
    "models' "
    "losses row by row, percent margins on candidate − (1 + r)·production.";
constexpr std::string_view loss_parameters =
    "`max`: the most the candidate may have. `max_regression`: the most it may exceed production (`0.02`, or `5%` of "
    "production). "
    "`min_improvement`: the least it must fall. `slices`, `min_rows` (20), `confidence` (95%, one-sided), "
    "`hard_margin` (3 × the "
    "margin, for `guard`).";
constexpr std::string_view mean_cannot =
    "Fewer than 20 rows, or losses that differ by the same amount in every row (zero variance): not assessable.";

constexpr Explanation log_loss_explanation{
    .what_it_checks =
        "The mean negative log of the probability given to the true class (scikit-learn's `log_loss`, clipped at "
        "the precision of the scores).",
    .why_it_blocks = "Probabilities that are confidently wrong mislead whoever computes expected costs with them.",
    .statistic_and_source = mean_source,
    .parameters_and_defaults = loss_parameters,
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when = mean_cannot,
    .example = "checks:\n  accuracy:\n    - {metric: log_loss, max_regression: 5%}",
};

constexpr Explanation brier_explanation{
    .what_it_checks =
        "The mean squared distance of the probability from the label (scikit-learn's `brier_score_loss`); for several "
        "classes the sum over all of them, which lies in [0, 2]. Beside a binary result stands the expected "
        "calibration "
        "error over 15 equal-width bins, with its value under perfect calibration.",
    .why_it_blocks = "It rises when probabilities drift from what happens: calibration and sharpness in one number.",
    .statistic_and_source =
        "The linearised t of the mean (HC1, units - 1 degrees of freedom): against production on the difference of "
        "both "
        "models' losses row by row, percent margins on candidate - (1 + r) production. The expected calibration error "
        "(Guo et al. 2017) of a small set is above 0 for a perfect model, so it is shown beside what 200 redraws of "
        "the "
        "labels from the scores give (Broecker & Smith 2007), and never judged.",
    .parameters_and_defaults = loss_parameters,
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when = mean_cannot,
    .example = "checks:\n  accuracy:\n    - {metric: brier_score, max_regression: 0.005}",
};

}  // namespace

RegisteredCheck roc_auc_check() {
  static const std::string text = weighable_markdown(auc_explanation);
  CheckSpec spec = weighable(
      accuracy_spec("roc_auc", flags(Task::binary), Direction::higher_is_better, "Area under the ROC curve.", text));
  spec.needs_scores = true;
  return {spec, judge_auc, &spread_of_auc};
}

RegisteredCheck log_loss_check() {
  static const std::string text = weighable_markdown(log_loss_explanation);
  CheckSpec spec = weighable(loss_spec("log_loss", flags(Task::binary, Task::multiclass),
                                       "Mean negative log of the probability of the true class.", text));
  spec.needs_scores = spec.needs_probability = true;
  return {spec,
          [](const PlannedCheck& planned, const Evidence& evidence) {
            return judge_mean_loss(planned, evidence, Loss::log_loss);
          },
          nullptr};
}

RegisteredCheck brier_score_check() {
  static const std::string text = weighable_markdown(brier_explanation);
  CheckSpec spec = weighable(loss_spec("brier_score", flags(Task::binary, Task::multiclass),
                                       "Mean squared distance of the probability from the label.", text));
  spec.highest = 2.0;
  spec.needs_scores = spec.needs_probability = true;
  return {spec,
          [](const PlannedCheck& planned, const Evidence& evidence) {
            if (evidence.table != nullptr && evidence.table->task == Task::multiclass)
              return judge_multiclass_brier(planned, evidence);
            std::vector<CheckResult> results = judge_mean_loss(planned, evidence, Loss::brier_score);
            report_calibration_error(results, planned, evidence);
            return results;
          },
          nullptr};
}

}  // namespace modelgate
