// SPDX-License-Identifier: Apache-2.0
#include "checks/accuracy/accuracy_checks.hpp"
#include "checks/accuracy/label_averages.hpp"
#include "checks/explain.hpp"

namespace modelgate {
namespace {

constexpr Explanation explanation{
    .what_it_checks =
        "F1 of all labels of all rows taken together (scikit-learn's `f1_score` with `average=\"micro\"`): "
        "2·TP / (2·TP + FP + FN). Multilabel only: in a multiclass task it equals `accuracy`.",
    .why_it_blocks = "More labels are missed or set wrongly; frequent labels weigh most, unlike in `f1_macro`.",
    .statistic_and_source =
        "The linearised t of the ratio (Deville 1999): a row's influence is summed over its labels, which hang "
        "together within it, and never taken label by label; against production on the difference of both models' "
        "influences. With fewer than 10 rows decided differently t is too narrow; then the share of such rows, by its "
        "score interval, bounds the loss, and no fail is given.",
    .parameters_and_defaults = shared_text::slice_parameters,
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when = "Fewer than 20 rows, or rows that neither carry nor get any label: not assessable.",
    .example = "checks:\n  accuracy:\n    - {metric: f1_micro, max_regression: 1pp}",
};

}  // namespace

RegisteredCheck f1_micro_check() {
  static const std::string text = markdown(explanation);
  CheckSpec spec = accuracy_spec("f1_micro", flags(Task::multilabel), Direction::higher_is_better,
                                 "F1 of all labels of all rows taken together.", text);
  spec.honours_weight = spec.honours_cluster = true;
  return {spec,
          [](const PlannedCheck& planned, const Evidence& evidence) {
            return judge_label_average(planned, evidence, LabelAverage::f1_micro);
          },
          nullptr};
}

}  // namespace modelgate
