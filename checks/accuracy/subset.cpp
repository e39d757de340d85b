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
        "The share of rows of a multilabel task whose labels are all as they should be (scikit-learn's "
        "`accuracy_score`). A label is set where its score >= `positive_threshold`.",
    .why_it_blocks = "Whoever acts on the whole set of labels is misled by one wrong label.",
    .statistic_and_source =
        "Against a limit: Wilson's score interval (Wilson 1927). Against production, on the same rows: Tango's score "
        "test of the paired difference (Tango 1998), which uses only the rows where exactly one model is right in all "
        "labels. Percent margins: the paired ratio score test of Nam & Blackwelder (2002).",
    .parameters_and_defaults = shared_text::slice_parameters,
    .passes_when = shared_text::passes,
    .fails_when =
        "The p-value of \"the limit is met\" is small enough after Holm's correction over the gate file, and at least "
        "10 rows (25 at small levels) have exactly one model right.",
    .cannot_decide_when = "Too few rows: two models that agree everywhere still need 268 to exclude a loss of 0.01.",
    .example = "checks:\n  accuracy:\n    - {metric: subset_accuracy, max_regression: 1pp}",
};

}  // namespace

RegisteredCheck subset_accuracy_check() {
  static const std::string text = markdown(explanation);
  CheckSpec spec = accuracy_spec("subset_accuracy", flags(Task::multilabel), Direction::higher_is_better,
                                 "Share of rows whose labels are all right.", text);
  spec.honours_weight = spec.honours_cluster = true;
  return {spec,
          [](const PlannedCheck& planned, const Evidence& evidence) {
            return judge_right_rows(planned, evidence, all_labels_right);
          },
          &rate_of_rows};
}

}  // namespace modelgate
