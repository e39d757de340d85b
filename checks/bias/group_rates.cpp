// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <string>

#include "checks/accuracy/rates.hpp"
#include "checks/bias/bias_checks.hpp"
#include "checks/bias/every_group.hpp"
#include "checks/cell_influence.hpp"
#include "checks/explain.hpp"
#include "checks/scope_case.hpp"

namespace modelgate {
namespace {

/// One group judged like a slice; the parts of all groups make up the attribute's result.
CheckResult judge_group(const AttributeCase& attribute, const CountedGroup& group, const GroupRateKind& kind) {
  const GroupCells& cells = (*attribute.cache.cells(attribute.planned.attribute))[group.group];
  CheckResult result = blank_result(attribute.planned);
  result.rows = group.side(attribute.candidate ? Role::candidate : Role::production).count.n;
  ScopeCase scope{attribute.planned,   attribute.plan,       attribute.cache, group.group,
                  attribute.candidate, attribute.production, result};
  const auto vote = [&](const Cell& cell) {
    const CellSide candidate = side_of(cell, kind, Role::candidate, attribute.klass);
    const CellSide production = side_of(cell, kind, Role::production, attribute.klass);
    return CellVote{candidate.counted, candidate.yes, production.yes};
  };
  if (const LinearisedRate rate = cells.linearised ? linearise_rate(cells, vote) : LinearisedRate{};
      cells.linearised && !rate.even)
    judge_linearised_rate(scope, rate, kind.direction);
  else
    judge_paired_counts(scope, count_pairs(cells, kind, attribute.klass), kind.direction);
  for (Part& part : result.parts) part.label = group.name;
  return result;
}

std::vector<CheckResult> judge_group_rate(const PlannedCheck& planned, const Evidence& evidence,
                                          const GroupRateKind& kind) {
  return judge_attribute(planned, evidence, [&](AttributeCase& attribute) {
    const Result<std::vector<CountedGroup>> groups = count_groups(attribute, kind);
    if (!groups) return fail_with(attribute.result, groups.error());
    EveryGroup every(attribute, kind.direction, kind.rows);
    for (const CountedGroup& group : *groups)
      if (group.judged) every.take(group.name, judge_group(attribute, group, kind));
    every.finish();
  });
}

template <const GroupRateKind& Kind>
std::vector<CheckResult> evaluate(const PlannedCheck& planned, const Evidence& evidence) {
  return judge_group_rate(planned, evidence, Kind);
}

/// What the rate is counted over.
template <const GroupRateKind& Kind>
constexpr const Spread& spread_of_rate() {
  switch (Kind.over) {
    case Over::rows: return rate_of_rows;
    case Over::positives: return rate_of_label;
    case Over::negatives: return rate_of_others;
    case Over::decided: break;
  }
  return spread_of_precision;
}

std::string explain_rate(std::string_view what, std::string_view why, std::string_view metric) {
  const std::string example =
      fmt::format("checks:\n  bias:\n    - {{metric: {}, attributes: [sex], max_regression: 0.05}}", metric);
  return markdown(Explanation{
      .what_it_checks = what,
      .why_it_blocks = why,
      .statistic_and_source =
          "Tango's score test of the paired difference to production (Tango 1998) in every group, on the group's own "
          "rows; percent margins by the paired ratio score test of Nam & Blackwelder (2002); weighted or clustered "
          "rows: "
          "the linearised paired t. It says which group is harmed, where a gap that grew does not.",
      .parameters_and_defaults =
          "`max_regression`: the most any group may lose against production; `min` or `max`: what every group must "
          "reach or keep by itself (Wilson's score interval). `attributes`: columns or crossings \"a & b\" with the "
          "groups. `class`: which class of a multiclass task, against the others. `min_group_size` (20): the rate's "
          "denominator. `small_groups: report`: smaller ones are only listed. `confidence` (95%, one-sided), "
          "`hard_margin` (3 × the margin, for `guard`).",
      .passes_when = "In every group the whole interval of the difference lies within the margin, and every group is "
                     "large enough.",
      .fails_when = "Some group's p-value of \"the margin holds\" is small enough after Holm's correction over the "
                    "gate file, and at "
                    "least 10 of its rows (25 at small levels) have exactly one model deciding so.",
      .cannot_decide_when = "A group's denominator is below `min_group_size` (weighted or clustered: fewer than 20 "
                            "units, or so unlike in weight that they say no more than 10): not assessable, the group "
                            "is named, and the check "
                            "still fails if another group fails. Few rows of a group: inconclusive.",
      .example = example});
}

template <const GroupRateKind& Kind>
RegisteredCheck rate_check(std::string_view summary, std::string_view explain) {
  CheckSpec spec;
  spec.family = Family::bias;
  spec.metric = Kind.name;
  spec.tasks = flags(Task::binary, Task::multiclass);
  spec.direction = Kind.direction;
  spec.unit = Unit::rate;
  spec.limits =
      flags(Kind.direction == Direction::higher_is_better ? LimitWord::min : LimitWord::max, LimitWord::max_regression);
  spec.scope = flags(ScopeKey::attributes, ScopeKey::min_group_size);
  if (Kind.yes != Yes::right) spec.scope |= flags(ScopeKey::klass);
  spec.honours_weight = true;
  spec.honours_cluster = true;
  spec.summary = summary;
  spec.explain = explain;
  return {spec, evaluate<Kind>, &spread_of_rate<Kind>()};
}

}  // namespace

RegisteredCheck group_accuracy_check() {
  static const std::string text =
      explain_rate("Each group's share of rows decided right, against production or a limit.",
                   "The candidate is right less often for one group, even if it is better overall.", "accuracy");
  return rate_check<share_right>("No group is decided right less often than by production.", text);
}

RegisteredCheck selection_rate_check() {
  static const std::string text = explain_rate("Each group's share of rows decided positive, against production.",
                                               "A group is selected less often than before.", "selection_rate");
  return rate_check<selection_rate>("No group is selected less often than by production.", text);
}

RegisteredCheck tpr_check() {
  static const std::string text =
      explain_rate("Each group's true positive rate, against production.",
                   "The candidate misses more of one group's positive rows, even if it is better "
                   "overall.",
                   "tpr");
  return rate_check<true_positive_rate>("No group's true positive rate falls against production.", text);
}

RegisteredCheck fpr_check() {
  static const std::string text = explain_rate("Each group's false positive rate, against production.",
                                               "The candidate raises more false alarms in one group.", "fpr");
  return rate_check<false_positive_rate>("No group's false positive rate rises against production.", text);
}

RegisteredCheck tnr_check() {
  static const std::string text = explain_rate("Each group's true negative rate, against production.",
                                               "The candidate leaves fewer of one group's negative rows alone.", "tnr");
  return rate_check<true_negative_rate>("No group's true negative rate falls against production.", text);
}

RegisteredCheck fnr_check() {
  static const std::string text = explain_rate("Each group's false negative rate, against production.",
                                               "The candidate misses more of one group's positive rows.", "fnr");
  return rate_check<false_negative_rate>("No group's false negative rate rises against production.", text);
}

}  // namespace modelgate
