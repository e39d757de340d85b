// SPDX-License-Identifier: Apache-2.0
#include "checks/accuracy/accuracy_checks.hpp"
#include "checks/accuracy/auc.hpp"
#include "checks/explain.hpp"
#include "checks/requirement.hpp"

namespace modelgate {
namespace {

constexpr Explanation gini_explanation{
    .what_it_checks =
        "The Gini coefficient of the scores, 2 x ROC AUC - 1 (Somers' D of a score and a label): 0 for a ranking by "
        "chance, 1 "
        "for a perfect one.",
    .why_it_blocks = "The ranking behind every threshold got worse, even where the shipped threshold hides it.",
    .statistic_and_source =
        "That of `roc_auc`, of which it is a line: paired DeLong against production, DeLong on the logit scale of the "
        "AUC "
        "against a limit (DeLong et al. 1988). A margin of 0.02 here is one of 0.01 there, with the same p-value.",
    .parameters_and_defaults =
        "`min`, `max_regression`, `min_improvement` in Gini itself; percent margins are refused, because Gini can be 0 "
        "or "
        "negative. `slices`, `min_rows` (20), `confidence` (95%, one-sided), `hard_margin` (3 x the margin, for "
        "`guard`).",
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when =
        "Fewer than 20 positive or 20 negative rows: not assessable, because the interval would be too narrow.",
    .example = "checks:\n  accuracy:\n    - {metric: gini, min: 0.6, max_regression: 0.02}",
};

/// The planned check as one of ROC AUC.
PlannedCheck as_auc(const PlannedCheck& planned) {
  PlannedCheck auc = planned;
  auc.limit.value = is_relative(planned.limit) ? planned.limit.value / 2.0 : (planned.limit.value + 1.0) / 2.0;
  if (auc.hard_margin) auc.hard_margin = *auc.hard_margin / 2.0;
  return auc;
}

void stretch(Estimate& estimate, double scale, double shift) {
  if (estimate.value) *estimate.value = scale * *estimate.value + shift;
  if (estimate.interval)
    estimate.interval = Interval{scale * estimate.interval->low + shift, scale * estimate.interval->high + shift};
}

}  // namespace

std::vector<CheckResult> judge_gini(const PlannedCheck& planned, const Evidence& evidence) {
  std::vector<CheckResult> results = judge_auc(as_auc(planned), evidence);
  for (CheckResult& result : results) {
    result.planned = planned;
    stretch(result.candidate, 2.0, -1.0);
    stretch(result.production, 2.0, -1.0);
    stretch(result.difference, 2.0, 0.0);
    if (result.margin) result.margin = planned.limit.value;
  }
  return results;
}

RegisteredCheck gini_check() {
  static const std::string text = markdown(gini_explanation);
  CheckSpec spec = weighable(accuracy_spec("gini", flags(Task::binary), Direction::higher_is_better,
                                           "Gini coefficient of the scores, 2 x ROC AUC - 1.", text));
  spec.needs_scores = true;
  spec.unit = Unit::plain;
  spec.percent_margin = false;
  spec.lowest = -1.0;
  return {spec, judge_gini, nullptr};
}

}  // namespace modelgate
