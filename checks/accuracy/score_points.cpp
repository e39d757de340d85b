// SPDX-License-Identifier: Apache-2.0
#include "checks/accuracy/accuracy_checks.hpp"
#include "checks/accuracy/ranked_scores.hpp"
#include "checks/explain.hpp"

namespace modelgate {
namespace {

constexpr std::string_view few_labels =
    "Fewer than 20 positive or 20 negative rows: not assessable. Two models that rank every row alike pass only where "
    "as many rows as the rarer label has exclude the margin.";

constexpr Explanation average_precision_explanation{
    .what_it_checks =
        "The area under the precision-recall steps (scikit-learn's `average_precision_score`): precision at every "
        "recall "
        "step, rows of equal score passing each threshold together.",
    .why_it_blocks =
        "Where positives are rare, the best-scored rows fill up with false alarms long before ROC AUC moves.",
    .statistic_and_source =
        "The linearised t (Deville 1999) on the influence function of average precision; against a limit on the logit "
        "scale "
        "(Boyd, Eng & Page 2013), after taking away the bias of first order that each positive row adds to its own "
        "precision. "
        "Cost O(n log n). Simulated misses a side at 5%: 4 to 7% from 20 positives on, in absolute value and in "
        "difference.",
    .parameters_and_defaults = shared_text::slice_parameters,
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when = few_labels,
    .example = "checks:\n  accuracy:\n    - {metric: average_precision, min: 0.4, max_regression: 0.02}",
};

constexpr Explanation ks_explanation{
    .what_it_checks =
        "The largest distance between the share of positives and of negatives above one threshold, max |TPR - FPR|: "
        "the "
        "two-sample Kolmogorov-Smirnov statistic between the classes' scores (`scipy.stats.ks_2samp`).",
    .why_it_blocks = "The best threshold there is separates the classes less well than before.",
    .statistic_and_source =
        "The linearised t at the best threshold, whose estimation adds nothing of first order (Hsieh & Turnbull 1996). "
        "The "
        "maximum over thresholds lies too high, so the lower bound starts from the distance at cross-validated "
        "thresholds "
        "(ten folds): a bare bound would miss in 12 to 25% instead of 5%, this one in 5 to 8%; the upper bound is "
        "conservative. Cost O(n log n).",
    .parameters_and_defaults = shared_text::slice_parameters,
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when = few_labels,
    .example = "checks:\n  accuracy:\n    - {metric: ks, min: 0.35, max_regression: 0.03}",
};

constexpr Explanation recall_at_fpr_explanation{
    .what_it_checks =
        "The largest recall of a threshold whose false positive rate is at most the share behind the `@` "
        "(`recall_at_fpr@0.01`). Rows of equal score pass a threshold together, so the rate reached may be smaller; "
        "there is "
        "no interpolation. Each model gets the threshold that fits it.",
    .why_it_blocks = "At the rate of false alarms that can be afforded, fewer true cases are found.",
    .statistic_and_source =
        "The linearised t with the price of an estimated threshold: TPR(1 - TPR)/n1 + R'(x)^2 x(1 - x)/n0, R' the "
        "slope of "
        "the ROC curve at x over 1.645 standard errors of the rate to either side (Linnet 1987; Hsieh & Turnbull "
        "1996); "
        "against a limit on the logit scale. Cost O(n log n). Simulated misses a side at 5%: 4 to 6%.",
    .parameters_and_defaults = shared_text::slice_parameters,
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when =
        "Fewer than 20 positive or 20 negative rows, or fewer than 10 negative rows within the share (`@0.01` needs "
        "1,000 "
        "negatives): not assessable.",
    .example = "checks:\n  accuracy:\n    - {metric: recall_at_fpr@0.01, min: 0.6, max_regression: 0.03}",
};

constexpr Explanation precision_at_rate_explanation{
    .what_it_checks =
        "The share of positives among the share of rows behind the `@` that score highest (`precision_at_rate@0.05`: "
        "the best "
        "5%). Rows tied at the border count by the share of them that still fits, which is their average over all "
        "orders.",
    .why_it_blocks = "A team that can look at a fixed number of cases finds fewer true ones among them.",
    .statistic_and_source =
        "The linearised t: what a row brings to the selected, less the row at the border that it drives out, whose "
        "chance of "
        "being positive is the slope of the gains curve over 1.645 standard errors of the rate to either side (Deville "
        "1999); "
        "against a limit on the logit scale. Cost O(n log n). Simulated misses a side at 5%: 2 to 6%.",
    .parameters_and_defaults = shared_text::slice_parameters,
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when =
        "Fewer than 20 positive or 20 negative rows, or fewer than 10 rows within the share: not assessable.",
    .example = "checks:\n  accuracy:\n    - {metric: precision_at_rate@0.05, min: 0.5, max_regression: 0.03}",
};

stats::Linearised average_precision(const stats::RankedRows& rows, double) {
  return stats::linearised_average_precision(rows);
}

stats::Linearised ks(const stats::RankedRows& rows, double) { return stats::linearised_ks(rows); }

CheckSpec score_spec(std::string_view metric, std::string_view summary, std::string_view explain) {
  CheckSpec spec = accuracy_spec(metric, flags(Task::binary), Direction::higher_is_better, summary, explain);
  spec.needs_scores = true;
  spec.honours_weight = spec.honours_cluster = true;
  return spec;
}

}  // namespace

RegisteredCheck average_precision_check() {
  static const std::string text = markdown(average_precision_explanation);
  return {score_spec("average_precision", "Area under the precision-recall steps.", text),
          [](const PlannedCheck& planned, const Evidence& evidence) {
            return judge_ranked(planned, evidence, {.value = average_precision, .logit = true});
          },
          nullptr};
}

RegisteredCheck ks_check() {
  static const std::string text = markdown(ks_explanation);
  return {score_spec("ks", "Largest distance between true and false positive rate.", text),
          [](const PlannedCheck& planned, const Evidence& evidence) {
            return judge_ranked(planned, evidence, {.value = ks, .low = -1.0});
          },
          nullptr};
}

RegisteredCheck recall_at_fpr_check() {
  static const std::string text = markdown(recall_at_fpr_explanation);
  CheckSpec spec = score_spec("recall_at_fpr", "Largest recall at a false positive rate of at most the share.", text);
  spec.parameter = MetricParameter::share;
  return {spec,
          [](const PlannedCheck& planned, const Evidence& evidence) {
            return judge_ranked(planned, evidence,
                                {.value = stats::linearised_recall_at_fpr, .logit = true, .share_of_negatives = true});
          },
          nullptr};
}

RegisteredCheck precision_at_rate_check() {
  static const std::string text = markdown(precision_at_rate_explanation);
  CheckSpec spec = score_spec("precision_at_rate", "Share of positives among the best-scored share of rows.", text);
  spec.parameter = MetricParameter::share;
  return {spec,
          [](const PlannedCheck& planned, const Evidence& evidence) {
            return judge_ranked(planned, evidence,
                                {.value = stats::linearised_precision_at_rate, .logit = true, .share_of_rows = true});
          },
          nullptr};
}

}  // namespace modelgate
