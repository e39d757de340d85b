// SPDX-License-Identifier: Apache-2.0
#include "checks/accuracy/accuracy_checks.hpp"
#include "checks/accuracy/labels.hpp"
#include "checks/accuracy/rates.hpp"
#include "checks/explain.hpp"

namespace modelgate {
namespace {

constexpr std::string_view bootstrap_source =
    "With at least 50 rows of every class and decision, and with weights or clusters, the linearised t by each row's "
    "influence (Deville 1999); else the (paired) Poisson bootstrap over the joint cells of label and both decisions "
    "(Chamandy et al. 2012), percentile, replicates doubled from 2,000 to 64,000 until the side is clear. Where the "
    "models differ on fewer than 10 rows, or all resamples agree, the bound of a rate on all rows.";

constexpr Explanation precision_explanation{
    .what_it_checks =
        "The mean precision of the classes that occur in the labels, each counting by its rows (scikit-learn's "
        "`precision_score` with `average=\"weighted\"`).",
    .why_it_blocks = "Calls of the classes that matter by their number are wrong more often.",
    .statistic_and_source = bootstrap_source,
    .parameters_and_defaults = shared_text::slice_parameters,
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when =
        "A class of the labels that a model never decides for leaves it without a value: not assessable, never 0. "
        "More than 1 % of the resamples undefined: too few events.",
    .example = "checks:\n  accuracy:\n    - {metric: precision_weighted, max_regression: 2pp}",
};
constexpr Explanation f1_explanation{
    .what_it_checks =
        "The mean F1 of the classes that occur in the labels, each counting by its rows (scikit-learn's `f1_score` "
        "with `average=\"weighted\"`). With `average=\"micro\"` F1, precision and recall of a multiclass task all "
        "equal `accuracy`: ask for that.",
    .why_it_blocks = "It falls when frequent classes are missed or called wrongly; a rare class hardly shows.",
    .statistic_and_source = bootstrap_source,
    .parameters_and_defaults = shared_text::slice_parameters,
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when = "One class alone in the labels: not assessable. Too few rows for the margin.",
    .example = "checks:\n  accuracy:\n    - {metric: f1_weighted, max_regression: 2pp}",
};
constexpr Explanation recall_explanation{
    .what_it_checks =
        "The mean recall of the classes that occur in the labels, each counting by its rows (scikit-learn's "
        "`recall_score` with `average=\"weighted\"`). That is the share of rows that are right: the same number as "
        "`accuracy`, and judged as such.",
    .why_it_blocks = "A candidate that is right less often than the model it replaces is a step back for every caller.",
    .statistic_and_source =
        "Against a limit: Wilson's score interval (Wilson 1927). Against production, on the same rows: Tango's score "
        "test of the paired difference (Tango 1998). Percent margins: the paired ratio score test of Nam & Blackwelder "
        "(2002).",
    .parameters_and_defaults = shared_text::slice_parameters,
    .passes_when = shared_text::passes,
    .fails_when =
        "The p-value of \"the limit is met\" is small enough after Holm's correction over the gate file, and at least "
        "10 rows (25 at small levels) have exactly one model right.",
    .cannot_decide_when = "Too few rows: two models that agree everywhere still need 268 to exclude a loss of 0.01.",
    .example = "checks:\n  accuracy:\n    - {metric: recall_weighted, max_regression: 1pp}",
};

/// Σ support·part/whole over Σ support; nothing where a class of the labels has whole 0, or there is but one.
template <class Part, class Whole>
std::optional<double> by_rows(const ClassSums& sums, Part part, Whole whole) {
  double total = 0.0;
  double rows = 0.0;
  std::size_t classes = 0;
  for (std::size_t k = 0; k < sums.support.size(); ++k) {
    if (!(sums.support[k] > 0.0)) continue;
    if (!(whole(k) > 0.0)) return std::nullopt;
    total += sums.support[k] * part(k) / whole(k);
    rows += sums.support[k];
    ++classes;
  }
  if (classes < 2) return std::nullopt;
  return total / rows;
}

double all_rows(const ClassSums& sums, std::uint32_t) {
  double rows = 0.0;
  for (const double support : sums.support) rows += support;
  return rows;
}

constexpr LabelMetric precision_metric{.value =
                                           [](const ClassSums& sums, std::uint32_t) {
                                             return by_rows(
                                                 sums, [&](std::size_t k) { return sums.hit[k]; },
                                                 [&](std::size_t k) { return sums.predicted[k]; });
                                           },
                                       .units = all_rows};

constexpr LabelMetric f1_metric{.value =
                                    [](const ClassSums& sums, std::uint32_t) {
                                      return by_rows(
                                          sums, [&](std::size_t k) { return 2.0 * sums.hit[k]; },
                                          [&](std::size_t k) { return sums.support[k] + sums.predicted[k]; });
                                    },
                                .units = all_rows};

RegisteredCheck weighted_check(std::string_view metric, std::string_view summary, std::string_view text,
                               Evaluate evaluate, const Spread& spread) {
  return {weighable(accuracy_spec(metric, flags(Task::multiclass), Direction::higher_is_better, summary, text)),
          evaluate, &spread};
}

}  // namespace

RegisteredCheck precision_weighted_check() {
  static const std::string text = weighable_markdown(precision_explanation);
  return weighted_check(
      "precision_weighted", "Mean precision of all classes, each counting by its rows.", text,
      [](const PlannedCheck& planned, const Evidence& evidence) {
        return judge_labels(planned, evidence, precision_metric);
      },
      mean_by_rows);
}

RegisteredCheck recall_weighted_check() {
  static const std::string text = weighable_markdown(recall_explanation);
  return weighted_check(
      "recall_weighted", "Mean recall of all classes, each counting by its rows: the accuracy.", text,
      [](const PlannedCheck& planned, const Evidence& evidence) { return judge_rate(planned, evidence, count_right); },
      rate_of_rows);
}

RegisteredCheck f1_weighted_check() {
  static const std::string text = weighable_markdown(f1_explanation);
  return weighted_check(
      "f1_weighted", "Mean F1 of all classes, each counting by its rows.", text,
      [](const PlannedCheck& planned, const Evidence& evidence) { return judge_labels(planned, evidence, f1_metric); },
      mean_by_rows);
}

}  // namespace modelgate
