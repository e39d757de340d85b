// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "checks/accuracy/accuracy_checks.hpp"
#include "checks/bias/bias_checks.hpp"
#include "checks/bias/every_group.hpp"
#include "checks/explain.hpp"
#include "checks/judge.hpp"

namespace modelgate {
namespace {

/// The metric of the accuracy family that a group metric is in every group.
std::string_view accuracy_metric(std::string_view metric) { return metric == "ppv" ? "precision" : metric; }

/// The check as one on slices: every group that is seen, small ones too.
PlannedCheck as_slices(const PlannedCheck& planned, const RegisteredCheck& check) {
  PlannedCheck slices = planned;
  slices.family = Family::accuracy;
  slices.metric = check.spec.metric;
  slices.spec = &check.spec;
  slices.slice = Scope{planned.attribute.value_or(Scope{}).columns, {}};
  slices.attribute.reset();
  slices.min_rows = 0;
  return slices;
}

/// The group whose values the slice has; two groups of a crossing may share a name, never the values.
std::optional<std::size_t> group_of(const Grouping& grouping, const CheckResult& slice) {
  const auto same = [](const auto& named, const std::string& value) { return named.second == value; };
  for (std::size_t group = 0; group < grouping.size(); ++group)
    if (std::ranges::equal(slice.slice, grouping.values[group], same)) return group;
  return std::nullopt;
}

/// Rows that the value rests on; of a predictive value the rows that the candidate decides for the class.
std::size_t denominator(AttributeCase& attribute, std::size_t group, const CheckResult& slice) {
  if (attribute.planned.metric != "ppv" || !attribute.candidate) return slice.rows;
  const auto& cells = attribute.cache.cells(attribute.planned.attribute);
  if (!cells) return 0;
  std::size_t n = 0;
  for (const Cell& cell : (*cells)[group].cells)
    if (side_of(cell, positive_predictive_value, Role::candidate, attribute.klass).counted) n += cell.count;
  return n;
}

std::vector<CheckResult> judge_every_slice(const PlannedCheck& planned, const Evidence& evidence) {
  return judge_attribute(planned, evidence, [&](AttributeCase& attribute) {
    const RegisteredCheck* check = find_check(Family::accuracy, accuracy_metric(planned.metric));
    std::vector<CheckResult> slices = check->evaluate(as_slices(planned, *check), evidence);
    if (slices.size() == 1 && slices.front().slice.empty() && slices.front().outcome == Outcome::error)
      return fail_with(attribute.result, {ErrorKind::data, slices.front().reason, slices.front().detail});
    EveryGroup every(attribute, check->spec.direction,
                     planned.metric == "ppv" ? positive_predictive_value.rows : std::string_view{"rows"});
    for (CheckResult& slice : slices)
      if (const auto group = group_of(attribute.grouping, slice))
        every.take_listed(*group, slice, denominator(attribute, *group, slice));
    every.finish();
  });
}

RegisteredCheck group_check(const RegisteredCheck& accuracy, std::string_view metric, std::string_view summary,
                            std::string_view explain) {
  CheckSpec spec = accuracy.spec;
  spec.family = Family::bias;
  spec.metric = metric;
  spec.limits &= static_cast<std::uint8_t>(~flags(LimitWord::min_improvement));
  const bool by_class = has(spec.scope, ScopeKey::klass);
  spec.scope = flags(ScopeKey::attributes, ScopeKey::min_group_size);
  if (by_class) spec.scope |= flags(ScopeKey::klass);
  spec.summary = summary;
  spec.explain = explain;
  return {spec, judge_every_slice, accuracy.spread};
}

std::string explain_group(std::string_view what, std::string_view why, std::string_view statistic,
                          std::string_view example) {
  return markdown(Explanation{
      .what_it_checks = what,
      .why_it_blocks = why,
      .statistic_and_source = statistic,
      .parameters_and_defaults =
          "An absolute limit that every group must keep by itself, or `max_regression`: the most any group may lose "
          "against production. `attributes`: columns or crossings \"a & b\" with the groups. `min_group_size` (20): "
          "the "
          "rows the value rests on. `small_groups: report`: smaller ones are only listed. `confidence` (95%, "
          "one-sided), `hard_margin` (3 × the margin, for `guard`).",
      .passes_when = "In every group the whole interval lies on the good side, and every group is large enough.",
      .fails_when = "Some group's p-value of \"the limit holds\" is small enough after Holm's correction over the gate "
                    "file.",
      .cannot_decide_when = "A group is below `min_group_size`, or its value is undefined: not assessable, the group "
                            "is named, and the check still fails if another group fails. Few rows of a group: "
                            "inconclusive.",
      .example = example});
}

}  // namespace

RegisteredCheck ppv_check() {
  static const std::string text = explain_group(
      "Each group's positive predictive value: the share of rows decided positive that are (scikit-learn's "
      "`precision_score` by group).",
      "A positive decision is wrong more often for one group: its alarms, loans or flags mean less.",
      "As the metric precision in every group: Wilson against a limit; against production, whose denominator differs, "
      "the linearised or resampled paired contrast.",
      "checks:\n  bias:\n    - {metric: ppv, attributes: [sex], max_regression: 0.05}");
  return group_check(precision_check(), "ppv", "No group's positive decisions are right less often.", text);
}

RegisteredCheck group_brier_score_check() {
  static const std::string text = explain_group(
      "Each group's Brier score: calibration and sharpness of the probabilities within groups.",
      "Probabilities that are right on average can be too high for one group and too low for another.",
      "The linearised t of the mean squared difference of probability and label, paired against production.",
      "checks:\n  bias:\n    - {metric: brier_score, attributes: [sex], max: 0.2, max_regression: 0.01}");
  return group_check(brier_score_check(), "brier_score", "No group's probabilities are further off.", text);
}

RegisteredCheck group_mae_check() {
  static const std::string text = explain_group(
      "Each group's mean absolute error (fairlearn's bounded group loss).",
      "The model is further off for one group, in the label's own unit.",
      "The linearised t of the mean, paired against production; percent margins on candidate − (1 + r)·production.",
      "checks:\n  bias:\n    - {metric: mae, attributes: [region], max_regression: 5%}");
  return group_check(mae_check(), "mae", "No group's error grows.", text);
}

}  // namespace modelgate
