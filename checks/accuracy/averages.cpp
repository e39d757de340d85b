// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>

#include "checks/accuracy/accuracy_checks.hpp"
#include "checks/accuracy/label_averages.hpp"
#include "checks/accuracy/labels.hpp"
#include "checks/accuracy/rates.hpp"
#include "checks/explain.hpp"

namespace modelgate {
namespace {

constexpr std::string_view bootstrap_source =
    "With at least 50 rows labelled and 50 decided for every class: the linearised influence function, t (Deville "
    "1999). "
    "Else the (paired) Poisson bootstrap over the joint cells of label and both decisions (Chamandy et al. 2012), "
    "percentile, replicates doubled from 2,000 to 64,000 until the side is clear; the same weights for both models. "
    "Where fewer than ten rows are decided differently (for an absolute limit: wrong), no surer than the bound of a "
    "rate "
    "on the rows of the smallest class.";

constexpr std::string_view average_source =
    "Multiclass, with at least 50 rows labelled and 50 decided for every class: the linearised influence function, t "
    "(Deville 1999); else the (paired) Poisson bootstrap over the joint cells of label and both decisions (Chamandy et "
    "al. 2012), percentile, replicates doubled from 2,000 to 64,000 until the side is clear. Multilabel: the "
    "linearised "
    "t, a row's influence summed over its labels, which hang together within it. Where fewer than ten rows are decided "
    "differently, or the candidate is flawless, no surer than the bound of a rate.";
constexpr std::string_view average_cannot =
    "A class of the labels leaves the metric without a value: not assessable, never 0. More than 1 % of the resamples "
    "undefined: too few events. Multilabel: a label with fewer than 20 rows behind its denominator is named and "
    "nothing is judged (with 20 to 25 the simulated rates on the edge are 4–5 % false fails, 5–8 % false passes). Few "
    "rows of the rarest class widen the interval most.";

constexpr Explanation balanced_explanation{
    .what_it_checks =
        "The mean of the recalls of all classes that occur in the labels (scikit-learn's `balanced_accuracy_score`).",
    .why_it_blocks = "Every class counts alike, so a loss on a rare class shows that accuracy would hide.",
    .statistic_and_source = bootstrap_source,
    .parameters_and_defaults = shared_text::slice_parameters,
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when =
        "Fewer than two classes occur: not assessable, never the recall of the one. Few rows of the rarest "
        "class widen the interval most.",
    .example = "checks:\n  accuracy:\n    - {metric: balanced_accuracy, max_regression: 2pp}",
};
constexpr Explanation f1_macro_explanation{
    .what_it_checks =
        "The mean F1 of all classes that occur in the labels or the decisions (scikit-learn's `f1_score` with "
        "`average=\"macro\"`); in a multilabel task of all labels.",
    .why_it_blocks = "A class the model forgets pulls the average down, however rare it is.",
    .statistic_and_source = average_source,
    .parameters_and_defaults = shared_text::slice_parameters,
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when = average_cannot,
    .example = "checks:\n  accuracy:\n    - {metric: f1_macro, max_regression: 2pp}",
};
constexpr Explanation precision_macro_explanation{
    .what_it_checks =
        "The mean precision of all classes that occur in the labels or the decisions (scikit-learn's "
        "`precision_score` with `average=\"macro\"`); in a multilabel task of all labels.",
    .why_it_blocks = "Wrong calls of any class cost alike here, also those of rare classes.",
    .statistic_and_source = average_source,
    .parameters_and_defaults = shared_text::slice_parameters,
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when = average_cannot,
    .example = "checks:\n  accuracy:\n    - {metric: precision_macro, max_regression: 2pp}",
};
constexpr Explanation recall_macro_explanation{
    .what_it_checks =
        "The mean recall of all classes that occur in the labels (scikit-learn's `recall_score` with "
        "`average=\"macro\"`; classes that occur in the decisions alone are left out, not counted as 0); in a "
        "multilabel task of all labels.",
    .why_it_blocks = "A class that is found less often pulls the average down, however rare it is.",
    .statistic_and_source = average_source,
    .parameters_and_defaults = shared_text::slice_parameters,
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when = average_cannot,
    .example = "checks:\n  accuracy:\n    - {metric: recall_macro, min: 0.9}",
};

/// The mean over classes of part/whole; `used` picks the classes, one of them with whole 0 leaves it undefined.
template <class Used, class Part, class Whole>
std::optional<double> mean_over_classes(const ClassSums& sums, Used used, Part part, Whole whole) {
  double total = 0.0;
  std::size_t classes = 0;
  for (std::size_t k = 0; k < sums.support.size(); ++k) {
    if (!used(k)) continue;
    if (!(whole(k) > 0.0)) return std::nullopt;
    total += part(k) / whole(k);
    ++classes;
  }
  if (classes < 2) return std::nullopt;
  return total / static_cast<double>(classes);
}

/// A change of one row moves the average by at most 1/(classes · smallest): as many rows would move a plain rate alike.
template <class Rows>
double units_of(const ClassSums& sums, Rows rows) {
  double smallest = std::numeric_limits<double>::infinity();
  double classes = 0.0;
  for (std::size_t k = 0; k < sums.support.size(); ++k) {
    if (!(sums.support[k] > 0.0)) continue;
    smallest = std::min(smallest, rows(k));
    ++classes;
  }
  return classes > 0.0 ? smallest * classes : 0.0;
}

std::optional<double> mean_recall(const ClassSums& sums, std::uint32_t) {
  return mean_over_classes(
      sums, [&](std::size_t k) { return sums.support[k] > 0.0; }, [&](std::size_t k) { return sums.hit[k]; },
      [&](std::size_t k) { return sums.support[k]; });
}

/// A binary task has two classes, whichever occur: one of them missing leaves the mean of two recalls undefined.
constexpr LabelMetric recall_metric{.value = mean_recall, .units = [](const ClassSums& sums, std::uint32_t) {
                                      return units_of(sums, [&](std::size_t k) { return sums.support[k]; });
                                    }};

bool occurs(const ClassSums& sums, std::size_t k) { return sums.support[k] > 0.0 || sums.predicted[k] > 0.0; }

constexpr LabelMetric precision_metric{
    .value =
        [](const ClassSums& sums, std::uint32_t) {
          return mean_over_classes(
              sums, [&](std::size_t k) { return occurs(sums, k); }, [&](std::size_t k) { return sums.hit[k]; },
              [&](std::size_t k) { return sums.predicted[k]; });
        },
    .units = [](const ClassSums& sums,
                std::uint32_t) { return units_of(sums, [&](std::size_t k) { return sums.predicted[k]; }); }};

constexpr LabelMetric f1_metric{
    .value =
        [](const ClassSums& sums, std::uint32_t) {
          return mean_over_classes(
              sums, [&](std::size_t k) { return occurs(sums, k); }, [&](std::size_t k) { return 2.0 * sums.hit[k]; },
              [&](std::size_t k) { return sums.support[k] + sums.predicted[k]; });
        },
    .units = [](const ClassSums& sums, std::uint32_t) {  // a flip moves the F1 of two classes
      return units_of(sums, [&](std::size_t k) { return (sums.support[k] + sums.predicted[k]) / 4.0; });
    }};

template <const LabelMetric& Metric, LabelAverage Average>
std::vector<CheckResult> judge_macro(const PlannedCheck& planned, const Evidence& evidence) {
  if (evidence.table != nullptr && evidence.table->task == Task::multilabel)
    return judge_label_average(planned, evidence, Average);
  return judge_labels(planned, evidence, Metric);
}

}  // namespace

RegisteredCheck balanced_accuracy_check() {
  static const std::string text = weighable_markdown(balanced_explanation);
  return {weighable(accuracy_spec("balanced_accuracy", flags(Task::binary, Task::multiclass),
                                  Direction::higher_is_better, "Mean of the recalls of all classes.", text)),
          [](const PlannedCheck& planned, const Evidence& evidence) {
            return judge_labels(planned, evidence, recall_metric);
          },
          &mean_of_rates};
}

RegisteredCheck f1_macro_check() {
  static const std::string text = weighable_markdown(f1_macro_explanation);
  return {weighable(accuracy_spec("f1_macro", flags(Task::multiclass, Task::multilabel), Direction::higher_is_better,
                                  "Mean F1 of all classes or labels.", text)),
          judge_macro<f1_metric, LabelAverage::f1_macro>, &spread_of_f1_macro};
}

RegisteredCheck precision_macro_check() {
  static const std::string text = weighable_markdown(precision_macro_explanation);
  return {weighable(accuracy_spec("precision_macro", flags(Task::multiclass, Task::multilabel),
                                  Direction::higher_is_better, "Mean precision of all classes or labels.", text)),
          judge_macro<precision_metric, LabelAverage::precision_macro>, &spread_of_precision_macro};
}

RegisteredCheck recall_macro_check() {
  static const std::string text = weighable_markdown(recall_macro_explanation);
  return {weighable(accuracy_spec("recall_macro", flags(Task::multiclass, Task::multilabel),
                                  Direction::higher_is_better, "Mean recall of all classes or labels.", text)),
          judge_macro<recall_metric, LabelAverage::recall_macro>, &mean_of_rates};
}

}  // namespace modelgate
