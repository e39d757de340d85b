// SPDX-License-Identifier: Apache-2.0
#include "checks/accuracy/accuracy_checks.hpp"
#include "checks/accuracy/one_label.hpp"
#include "checks/accuracy/rates.hpp"
#include "checks/explain.hpp"

namespace modelgate {
namespace {

constexpr std::string_view rate_statistic =
    "The rows are chosen by their label alone, so both models are judged on the same ones. Against a limit: Wilson's "
    "score "
    "interval (Wilson 1927). Against production: Tango's score test of the paired difference (Tango 1998). Percent "
    "margins: the "
    "paired ratio score test of Nam & Blackwelder (2002), from 10 production events on.";
constexpr std::string_view rate_fails =
    "The p-value of \"the limit is met\" is small enough after Holm's correction over the gate file, and at least 10 "
    "of the judged "
    "rows (25 at small levels) have exactly one model right.";

constexpr Explanation recall_explanation{
    .what_it_checks =
        "The share of rows of a class that the model finds (scikit-learn's `recall_score`): the positive class of a "
        "binary task, or the class or label that `class:` names.",
    .why_it_blocks = "What the model is there to catch slips through more often: missed fraud, missed illness.",
    .statistic_and_source = rate_statistic,
    .parameters_and_defaults =
        "`class`: which class of a multiclass, which label of a multilabel task; its average is `recall_macro`. `min`, "
        "`max_regression`, `min_improvement`, `slices`, `min_rows` (20), `confidence` (95%, one-sided), "
        "`hard_margin` (3 × the margin, for `guard`).",
    .passes_when = shared_text::passes,
    .fails_when = rate_fails,
    .cannot_decide_when =
        "Too few rows of the class: a rare class needs many rows in all. No row of the class: not assessable, "
        "never 0.",
    .example = "checks:\n  accuracy:\n    - {metric: recall, max_regression: 2pp, slices: [region]}",
};

constexpr Explanation specificity_explanation{
    .what_it_checks =
        "The share of negative rows that the model leaves alone (the true negative rate of a binary task).",
    .why_it_blocks = "More false alarms: customers stopped, analysts busy with nothing.",
    .statistic_and_source = rate_statistic,
    .parameters_and_defaults = shared_text::slice_parameters,
    .passes_when = shared_text::passes,
    .fails_when = rate_fails,
    .cannot_decide_when = "Too few negative rows for the margin; none at all is not assessable.",
    .example = "checks:\n  accuracy:\n    - {metric: specificity, min: 0.95, max_regression: 1pp}",
};

/// Rows for which `judged` holds of the label; yes: the decision is the label's class (recall), or not `klass`
/// (specificity).
template <class Judged, class Yes>
stats::PairedCounts count_where(const GroupCells& cells, Judged judged, Yes yes) {
  stats::PairedCounts counts;
  for (const Cell& cell : cells.cells) {
    if (!judged(cell.label)) continue;
    const bool candidate = yes(cell.candidate);
    const bool production = yes(cell.production);
    (candidate ? (production ? counts.both : counts.only_candidate)
               : (production ? counts.only_production : counts.neither)) += cell.count;
  }
  return counts;
}

stats::PairedCounts count_found(const GroupCells& cells, std::uint32_t klass) {
  const auto of_class = [klass](std::uint32_t decided) { return decided == klass; };
  return count_where(cells, of_class, of_class);
}

stats::PairedCounts count_left_alone(const GroupCells& cells, std::uint32_t) {
  const auto negative = [](std::uint32_t decided) { return decided == 0; };
  return count_where(cells, negative, negative);
}

}  // namespace

RegisteredCheck recall_check() {
  static const std::string text = weighable_markdown(recall_explanation);
  CheckSpec spec =
      weighable(accuracy_spec("recall", flags(Task::binary, Task::multiclass, Task::multilabel),
                              Direction::higher_is_better, "Share of the rows of a class that the model finds.", text));
  spec.scope |= flags(ScopeKey::klass);
  return {spec,
          [](const PlannedCheck& planned, const Evidence& evidence) {
            return judge_one_label(planned, evidence, [](const PlannedCheck& one, const Evidence& of_it) {
              return judge_rate(one, of_it, count_found);
            });
          },
          &rate_of_label};
}

RegisteredCheck specificity_check() {
  static const std::string text = weighable_markdown(specificity_explanation);
  return {weighable(accuracy_spec("specificity", flags(Task::binary), Direction::higher_is_better,
                                  "Share of the negative rows that the model leaves alone.", text)),
          [](const PlannedCheck& planned, const Evidence& evidence) {
            return judge_rate(planned, evidence, count_left_alone);
          },
          &rate_of_others};
}

}  // namespace modelgate
