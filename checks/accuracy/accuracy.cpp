// SPDX-License-Identifier: Apache-2.0
#include "checks/accuracy/accuracy_checks.hpp"
#include "checks/accuracy/rates.hpp"
#include "checks/explain.hpp"

namespace modelgate {
namespace {

constexpr Explanation explanation{
    .what_it_checks =
        "The share of rows whose predicted class is the label (scikit-learn's `accuracy_score`). Binary: a score "
        ">= `positive_threshold` is positive; multiclass: the first largest score wins.",
    .why_it_blocks = "A candidate that is right less often than the model it replaces is a step back for every caller.",
    .statistic_and_source =
        "Against a limit: Wilson's score interval (Wilson 1927). Against production, on the same rows: Tango's score "
        "test of the "
        "paired difference (Tango 1998), which uses only the rows where exactly one model is right. Percent margins: "
        "the paired "
        "ratio score test of Nam & Blackwelder (2002). Rows that flip are counted both ways.",
    .parameters_and_defaults = shared_text::slice_parameters,
    .passes_when = shared_text::passes,
    .fails_when =
        "The p-value of \"the limit is met\" is small enough after Holm's correction over the gate file, and at least "
        "10 "
        "rows (25 at small levels) have exactly one model right.",
    .cannot_decide_when =
        "Too few rows: two models that agree everywhere still need 268 rows to exclude a loss of 0.01. A slice "
        "below `min_rows` or absent is not assessable.",
    .example = "checks:\n  accuracy:\n    - {metric: accuracy, min: 0.9, max_regression: 1pp}",
};

}  // namespace

RegisteredCheck accuracy_check() {
  static const std::string text = weighable_markdown(explanation);
  return {
      weighable(accuracy_spec("accuracy", flags(Task::binary, Task::multiclass), Direction::higher_is_better,
                              "Share of rows whose predicted class is the label.", text)),
      [](const PlannedCheck& planned, const Evidence& evidence) { return judge_rate(planned, evidence, count_right); },
      &rate_of_rows};
}

}  // namespace modelgate
