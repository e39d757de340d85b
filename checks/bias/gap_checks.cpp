// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "checks/bias/bias_checks.hpp"
#include "checks/bias/gaps.hpp"
#include "checks/explain.hpp"

namespace modelgate {
namespace {

constexpr std::string_view gap_statistic =
    "Newcombe's hybrid score interval of the difference for every pair of groups and rate (Newcombe 1998, method 10). "
    "Never the "
    "bare point value: the largest of several noisy gaps is biased upwards. fairlearn's value over all groups stands "
    "beside it.";
constexpr std::string_view gap_parameters =
    "`max`: the largest gap allowed. `attributes`: columns or crossings \"a & b\" with the groups. `min_group_size` "
    "(20): each "
    "rate's denominator. `confidence` (95%, one-sided).";
constexpr std::string_view gap_passes =
    "Every pair's whole interval lies within the limit, at the check's confidence each, and every group is large "
    "enough.";
constexpr std::string_view gap_fails =
    "Some pair's p-value of \"the gap is within the limit\" is small enough after Holm's correction over all blocking "
    "checks, "
    "slices and groups of the gate file.";
constexpr std::string_view gap_cannot =
    "A group's denominator is below `min_group_size`: the attribute is not assessable, the group is named, and it "
    "still fails if "
    "another pair fails. Few rows of a group leave the interval wide: inconclusive.";

constexpr Explanation parity_difference_explanation{
    .what_it_checks =
        "The largest difference of selection rates (share of rows decided positive) between two groups of an "
        "attribute (fairlearn's `demographic_parity_difference`).",
    .why_it_blocks = "One group is approved, flagged or stopped more often than another, whatever its labels say.",
    .statistic_and_source = gap_statistic,
    .parameters_and_defaults = gap_parameters,
    .passes_when = gap_passes,
    .fails_when = gap_fails,
    .cannot_decide_when = gap_cannot,
    .example = "checks:\n  bias:\n    - {metric: demographic_parity_difference, attributes: [sex], max: 0.10}",
};
constexpr Explanation parity_ratio_explanation{
    .what_it_checks =
        "The smallest ratio of selection rates between two groups of an attribute (fairlearn's "
        "`demographic_parity_ratio`); 0.8 is the four-fifths convention, a screening rule.",
    .why_it_blocks = "One group is selected at a fraction of another's rate.",
    .statistic_and_source =
        "Koopman's score interval of the ratio for every pair of groups (Koopman 1984). Never the bare point value. "
        "fairlearn's "
        "value over all groups stands beside it.",
    .parameters_and_defaults =
        "`min`: the smallest ratio allowed. `attributes`: columns or crossings \"a & b\" with the groups. "
        "`min_group_size` (20): rows of each group. `confidence` (95%, one-sided).",
    .passes_when = gap_passes,
    .fails_when = gap_fails,
    .cannot_decide_when =
        "A group is below `min_group_size`, or two groups have no selected row: not assessable and named. Few "
        "selected rows leave the interval wide: inconclusive.",
    .example =
        "checks:\n  bias:\n    - {metric: demographic_parity_ratio, attributes: [sex, \"sex & age_band\"], min: 0.8}",
};
constexpr Explanation opportunity_explanation{
    .what_it_checks =
        "The largest difference of true positive rates between two groups of an attribute (fairlearn's "
        "`equal_opportunity_difference`).",
    .why_it_blocks = "Among those whom the positive decision is due, one group gets it less often.",
    .statistic_and_source = gap_statistic,
    .parameters_and_defaults = gap_parameters,
    .passes_when = gap_passes,
    .fails_when = gap_fails,
    .cannot_decide_when = gap_cannot,
    .example = "checks:\n  bias:\n    - {metric: equal_opportunity_difference, attributes: [sex], max: 0.10}",
};
constexpr Explanation odds_explanation{
    .what_it_checks =
        "The largest difference of true positive rates or of false positive rates between two groups of an "
        "attribute (fairlearn's `equalized_odds_difference`).",
    .why_it_blocks = "The model errs on one group more than on another: misses or false alarms.",
    .statistic_and_source = gap_statistic,
    .parameters_and_defaults = gap_parameters,
    .passes_when = gap_passes,
    .fails_when = gap_fails,
    .cannot_decide_when = gap_cannot,
    .example = "checks:\n  bias:\n    - {metric: equalized_odds_difference, attributes: [sex], max: 0.10}",
};

constexpr std::array parity_rates{selection_rate};
constexpr std::array opportunity_rates{true_positive_rate};
constexpr std::array odds_rates{true_positive_rate, false_positive_rate};

CheckSpec gap_spec(std::string_view metric, LimitWord word, std::string_view summary, std::string_view explain) {
  CheckSpec spec;
  spec.family = Family::bias;
  spec.metric = metric;
  spec.tasks = flags(Task::binary, Task::multiclass);
  spec.direction = word == LimitWord::max ? Direction::lower_is_better : Direction::higher_is_better;
  spec.unit = Unit::rate;
  spec.limits = flags(word);
  spec.scope = flags(ScopeKey::attributes, ScopeKey::min_group_size, ScopeKey::reference_group, ScopeKey::klass);
  spec.percent_margin = false;
  spec.summary = summary;
  spec.explain = explain;
  return spec;
}

}  // namespace

RegisteredCheck demographic_parity_difference_check() {
  static const std::string text = markdown(parity_difference_explanation);
  return {gap_spec("demographic_parity_difference", LimitWord::max,
                   "Largest difference of selection rates between two groups.", text),
          [](const PlannedCheck& planned, const Evidence& evidence) {
            return judge_gaps(planned, evidence, parity_rates, GapKind::difference);
          },
          &gap_of_rows};
}

RegisteredCheck demographic_parity_ratio_check() {
  static const std::string text = markdown(parity_ratio_explanation);
  return {gap_spec("demographic_parity_ratio", LimitWord::min, "Smallest ratio of selection rates between two groups.",
                   text),
          [](const PlannedCheck& planned, const Evidence& evidence) {
            return judge_gaps(planned, evidence, parity_rates, GapKind::ratio);
          },
          &ratio_of_rows};
}

RegisteredCheck equal_opportunity_difference_check() {
  static const std::string text = markdown(opportunity_explanation);
  return {gap_spec("equal_opportunity_difference", LimitWord::max,
                   "Largest difference of true positive rates between two groups.", text),
          [](const PlannedCheck& planned, const Evidence& evidence) {
            return judge_gaps(planned, evidence, opportunity_rates, GapKind::difference);
          },
          &gap_of_label};
}

RegisteredCheck equalized_odds_difference_check() {
  static const std::string text = markdown(odds_explanation);
  return {gap_spec("equalized_odds_difference", LimitWord::max,
                   "Largest difference of true or false positive rates between two groups.", text),
          [](const PlannedCheck& planned, const Evidence& evidence) {
            return judge_gaps(planned, evidence, odds_rates, GapKind::difference);
          },
          &gap_of_both_labels};
}

}  // namespace modelgate
