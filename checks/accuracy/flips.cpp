// SPDX-License-Identifier: Apache-2.0
#include "checks/accuracy/accuracy_checks.hpp"
#include "checks/accuracy/rates.hpp"
#include "checks/accuracy/row_rates.hpp"
#include "checks/explain.hpp"
#include "checks/multilabel.hpp"

namespace modelgate {
namespace {

constexpr Explanation explanation{
    .what_it_checks =
        "The share of rows that production gets right and the candidate wrong (negative flips; Yan et al. 2021). Right "
        "means the label's class; in a multilabel task all labels of the row.",
    .why_it_blocks =
        "Accuracy can rise while cases that worked yesterday break today; those are what users and downstream rules "
        "notice first.",
    .statistic_and_source =
        "Wilson's score interval of flipped rows over all rows (Wilson 1927). The limit is absolute, and the metric "
        "compares by itself: it needs a production model and is not judged on a first release.",
    .parameters_and_defaults =
        "`max`: the budget, the largest share of rows that may break (`0.01`, `1pp`); the one limit it takes. "
        "`slices`: judged on each value of a column or crossing, `min_rows` (20) rows at least. `confidence` (95%, "
        "one-sided).",
    .passes_when = "Wilson's upper end lies below the budget: a larger share of flips is excluded, not merely unseen.",
    .fails_when = shared_text::fails,
    .cannot_decide_when =
        "Too few rows: without a single flip a budget of 1 % still takes 268 rows to prove. No production model: not "
        "judged.",
    .example = "checks:\n  accuracy:\n    - {metric: negative_flips, max: 1pp}",
};

Task planned_task(const Evidence& evidence) { return evidence.table == nullptr ? Task::binary : evidence.table->task; }

std::vector<CheckResult> judge_cells(const PlannedCheck& planned, const Evidence& evidence) {
  return judge_scopes(planned, evidence, [&](ScopeCase& scope) {
    const auto& cells = scope.cache.cells(planned.slice);
    if (!cells) return fail_with(scope.result, cells.error());
    judge_flip_share(scope, flips_of((*cells)[scope.group]));
  });
}

}  // namespace

RegisteredCheck negative_flips_check() {
  static const std::string text = markdown(explanation);
  CheckSpec spec = accuracy_spec("negative_flips", flags(Task::binary, Task::multiclass, Task::multilabel),
                                 Direction::lower_is_better,
                                 "Share of rows that production gets right and the candidate wrong.", text);
  spec.limits = flags(LimitWord::max);
  spec.needs_production = true;
  return {spec,
          [](const PlannedCheck& planned, const Evidence& evidence) {
            return planned_task(evidence) == Task::multilabel ? judge_flipped_rows(planned, evidence, all_labels_right)
                                                              : judge_cells(planned, evidence);
          },
          nullptr};
}

}  // namespace modelgate
