// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <span>
#include <string>

#include "checks/bias/bias_checks.hpp"
#include "checks/bias/gaps.hpp"
#include "checks/explain.hpp"

namespace modelgate {
namespace {

constexpr std::string_view difference_statistic =
    "Newcombe's hybrid score interval of the difference for every pair of groups and rate (Newcombe 1998, method 10); "
    "weighted or clustered rows: the linearised t of the difference, clusters with rows in both groups included. Never "
    "the bare point value: the largest of several noisy gaps is biased upwards. fairlearn's value over all groups "
    "stands "
    "beside it.";
constexpr std::string_view ratio_statistic =
    "Koopman's score interval of the ratio for every pair of groups and rate (Koopman 1984), the smaller over the "
    "larger; "
    "weighted or clustered rows: the linearised t of its logarithm. Never the bare point value. fairlearn's value over "
    "all groups stands beside it.";
constexpr std::string_view gap_parameters =
    "`max` (a difference) or `min` (a ratio): the limit. `attributes`: columns or crossings \"a & b\" with the groups; "
    "`{column, values}` judges only these. `reference_group`: compares every group with this one, so that G − 1 pairs "
    "share the error budget in place of G(G − 1)/2; named as the report names groups, \"F\", or \"F, 18-29\" for a "
    "crossing. `class`: which class of a multiclass task, against the others. `min_group_size` (20): each rate's "
    "denominator. `small_groups: report`: smaller groups are only listed. `confidence` (95%, one-sided).";
constexpr std::string_view gap_passes =
    "Every pair's whole interval lies within the limit, at the check's confidence each, and every group is large "
    "enough.";
constexpr std::string_view gap_fails =
    "Some pair's p-value of \"the gap is within the limit\" is small enough after Holm's correction over all blocking "
    "checks, slices and groups of the gate file.";
constexpr std::string_view gap_cannot =
    "A group's denominator is below `min_group_size` (weighted or clustered: fewer than 20 units, or so unlike "
    "in weight that they say no more than 10), a declared or reference group has no row, there is one group only, or "
    "both rates of a ratio are 0: not assessable and named; it "
    "still fails if another pair fails. Few rows of a group leave the interval wide: inconclusive.";

/// What tells one gap from another; the rest they share.
struct Gap {
  std::string_view metric;
  GapKind kind = GapKind::difference;
  std::span<const GroupRateKind> rates;
  std::string_view summary;
  std::string_view what;
  std::string_view why;
  const Spread* spread = nullptr;
  bool by_class = true;
};

constexpr std::array parity_rates{selection_rate};
constexpr std::array opportunity_rates{true_positive_rate};
constexpr std::array odds_rates{true_positive_rate, false_positive_rate};
constexpr std::array alarm_rates{false_positive_rate};
constexpr std::array accuracy_rates{share_right};
constexpr std::array predictive_rates{positive_predictive_value};

constexpr std::string_view err_on_one_group =
    "The model errs on one group more than on another: misses or false alarms.";
constexpr std::string_view due_but_missed =
    "Among those whom the positive decision is due, one group gets it less often.";

constexpr Spread ratio_of_label{Spread::Kind::ratio_of_rates, Basis::label_rows};
constexpr Spread ratio_of_both_labels{Spread::Kind::ratio_of_rates, Basis::both_labels};
constexpr Spread gap_of_others{Spread::Kind::gap, Basis::other_rows};

constexpr Gap parity_difference{
    .metric = "demographic_parity_difference",
    .kind = GapKind::difference,
    .rates = parity_rates,
    .summary = "Largest difference of selection rates between two groups.",
    .what =
        "The largest difference of selection rates (share of rows decided positive) between two groups of an "
        "attribute (fairlearn's `demographic_parity_difference`).",
    .why = "One group is approved, flagged or stopped more often than another, whatever its labels say.",
    .spread = &gap_of_rows};
constexpr Gap parity_ratio{.metric = "demographic_parity_ratio",
                           .kind = GapKind::ratio,
                           .rates = parity_rates,
                           .summary = "Smallest ratio of selection rates between two groups.",
                           .what =
                               "The smallest ratio of selection rates between two groups of an attribute (fairlearn's "
                               "`demographic_parity_ratio`); 0.8 is the four-fifths convention, a screening rule.",
                           .why = "One group is selected at a fraction of another's rate.",
                           .spread = &ratio_of_rows};
constexpr Gap opportunity_difference{
    .metric = "equal_opportunity_difference",
    .kind = GapKind::difference,
    .rates = opportunity_rates,
    .summary = "Largest difference of true positive rates between two groups.",
    .what =
        "The largest difference of true positive rates between two groups of an attribute (fairlearn's "
        "`equal_opportunity_difference`).",
    .why = due_but_missed,
    .spread = &gap_of_label};
constexpr Gap opportunity_ratio{
    .metric = "equal_opportunity_ratio",
    .kind = GapKind::ratio,
    .rates = opportunity_rates,
    .summary = "Smallest ratio of true positive rates between two groups.",
    .what =
        "The smallest ratio of true positive rates between two groups of an attribute (fairlearn's "
        "`equal_opportunity_ratio`).",
    .why = due_but_missed,
    .spread = &ratio_of_label};
constexpr Gap odds_difference{
    .metric = "equalized_odds_difference",
    .kind = GapKind::difference,
    .rates = odds_rates,
    .summary = "Largest difference of true or false positive rates between two groups.",
    .what =
        "The largest difference of true positive rates or of false positive rates between two groups of an "
        "attribute (fairlearn's `equalized_odds_difference`).",
    .why = err_on_one_group,
    .spread = &gap_of_both_labels};
constexpr Gap odds_ratio{
    .metric = "equalized_odds_ratio",
    .kind = GapKind::ratio,
    .rates = odds_rates,
    .summary = "Smallest ratio of true or false positive rates between two groups.",
    .what =
        "The smallest ratio of true positive rates or of false positive rates between two groups of an attribute "
        "(fairlearn's `equalized_odds_ratio`).",
    .why = err_on_one_group,
    .spread = &ratio_of_both_labels};
constexpr Gap alarm_difference{
    .metric = "false_positive_rate_difference",
    .kind = GapKind::difference,
    .rates = alarm_rates,
    .summary = "Largest difference of false positive rates between two groups.",
    .what =
        "The largest difference of false positive rates between two groups of an attribute (predictive equality; "
        "fairlearn's `false_positive_rate_difference`).",
    .why = "One group is falsely accused, stopped or flagged more often.",
    .spread = &gap_of_others};
constexpr Gap accuracy_difference{
    .metric = "accuracy_difference",
    .kind = GapKind::difference,
    .rates = accuracy_rates,
    .summary = "Largest difference of accuracy between two groups.",
    .what =
        "The largest difference of the share of rows decided right between two groups of an attribute (fairlearn's "
        "`accuracy_score_difference`).",
    .why = "The model works better for one group than for another.",
    .spread = &gap_of_rows,
    .by_class = false};
constexpr Gap predictive_difference{
    .metric = "predictive_parity_difference",
    .kind = GapKind::difference,
    .rates = predictive_rates,
    .summary = "Largest difference of positive predictive values between two groups.",
    .what =
        "The largest difference of positive predictive values (share of the rows decided positive that are) between "
        "two groups of an attribute (fairlearn's `MetricFrame` of `precision_score`).",
    .why = "The same positive decision means less for one group than for another."};

CheckSpec spec_of(const Gap& gap, std::string_view explain) {
  const bool difference = gap.kind == GapKind::difference;
  CheckSpec spec;
  spec.family = Family::bias;
  spec.metric = gap.metric;
  spec.tasks = flags(Task::binary, Task::multiclass);
  spec.direction = difference ? Direction::lower_is_better : Direction::higher_is_better;
  spec.unit = Unit::rate;
  spec.limits = flags(difference ? LimitWord::max : LimitWord::min);
  spec.scope = flags(ScopeKey::attributes, ScopeKey::min_group_size, ScopeKey::reference_group);
  if (gap.by_class) spec.scope |= flags(ScopeKey::klass);
  spec.percent_margin = false;
  spec.honours_weight = true;
  spec.honours_cluster = true;
  spec.summary = gap.summary;
  spec.explain = explain;
  return spec;
}

std::string explain_gap(const Gap& gap) {
  const bool difference = gap.kind == GapKind::difference;
  const std::string example =
      fmt::format("checks:\n  bias:\n    - {{metric: {}, attributes: [sex, \"sex & age_band\"], {}}}", gap.metric,
                  difference ? "max: 0.10" : "min: 0.8");
  return markdown(Explanation{.what_it_checks = gap.what,
                              .why_it_blocks = gap.why,
                              .statistic_and_source = difference ? difference_statistic : ratio_statistic,
                              .parameters_and_defaults = gap_parameters,
                              .passes_when = gap_passes,
                              .fails_when = gap_fails,
                              .cannot_decide_when = gap_cannot,
                              .example = example});
}

template <const Gap& Of>
RegisteredCheck gap_check() {
  static const std::string text = explain_gap(Of);
  return {spec_of(Of, text),
          [](const PlannedCheck& planned, const Evidence& evidence) {
            return judge_gaps(planned, evidence, Of.rates, Of.kind);
          },
          Of.spread};
}

}  // namespace

RegisteredCheck demographic_parity_difference_check() { return gap_check<parity_difference>(); }
RegisteredCheck demographic_parity_ratio_check() { return gap_check<parity_ratio>(); }
RegisteredCheck equal_opportunity_difference_check() { return gap_check<opportunity_difference>(); }
RegisteredCheck equal_opportunity_ratio_check() { return gap_check<opportunity_ratio>(); }
RegisteredCheck equalized_odds_difference_check() { return gap_check<odds_difference>(); }
RegisteredCheck equalized_odds_ratio_check() { return gap_check<odds_ratio>(); }
RegisteredCheck false_positive_rate_difference_check() { return gap_check<alarm_difference>(); }
RegisteredCheck accuracy_difference_check() { return gap_check<accuracy_difference>(); }
RegisteredCheck predictive_parity_difference_check() { return gap_check<predictive_difference>(); }

}  // namespace modelgate
