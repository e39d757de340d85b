// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "checks/accuracy/accuracy_checks.hpp"
#include "checks/accuracy/row_rates.hpp"
#include "checks/cells.hpp"
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

Result<std::vector<std::uint8_t>> right_rows(const ScoreTable& table, Role role) {
  if (table.task == Task::multilabel) return all_labels_right(table, role);
  if (table.rows.label_class.size() != table.rows.rows) return data_error("The golden rows carry no class labels.");
  constexpr std::size_t any_class = std::numeric_limits<std::int32_t>::max();
  const Result<std::vector<std::uint32_t>> decided = row_decisions(table, role, any_class);
  if (!decided) return std::unexpected(decided.error());
  std::vector<std::uint8_t> right(table.rows.rows);
  for (std::size_t row = 0; row < right.size(); ++row)
    right[row] = (*decided)[row] == static_cast<std::uint32_t>(table.rows.label_class[row]) ? 1 : 0;
  return right;
}

}  // namespace

RegisteredCheck negative_flips_check() {
  static const std::string text = markdown(explanation);
  CheckSpec spec = accuracy_spec("negative_flips", flags(Task::binary, Task::multiclass, Task::multilabel),
                                 Direction::lower_is_better,
                                 "Share of rows that production gets right and the candidate wrong.", text);
  spec.limits = flags(LimitWord::max);
  spec.needs_production = spec.honours_weight = spec.honours_cluster = true;
  return {spec,
          [](const PlannedCheck& planned, const Evidence& evidence) {
            return judge_flipped_rows(planned, evidence, right_rows);
          },
          nullptr};
}

}  // namespace modelgate
