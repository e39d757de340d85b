// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "checks/accuracy/accuracy_checks.hpp"
#include "checks/accuracy/labels.hpp"
#include "checks/accuracy/one_label.hpp"
#include "checks/accuracy/rates.hpp"
#include "checks/explain.hpp"

namespace modelgate {
namespace {

constexpr std::string_view class_parameters =
    "`class`: which class of a multiclass, which label of a multilabel task; the average is the same name with "
    "`_macro`. `min`, `max_regression`, "
    "`min_improvement`, `slices`, `min_rows` (20), `confidence` (95%, one-sided), `hard_margin` (3 × the margin, for "
    "`guard`). The "
    "seed is `runtime.seed`.";

constexpr Explanation precision_explanation{
    .what_it_checks = "The share of rows decided for a class that belong to it (scikit-learn's `precision_score`).",
    .why_it_blocks = "Alarms that are wrong more often cost the people who act on them, and their trust.",
    .statistic_and_source =
        "Against a limit: Wilson's score interval on the rows decided for the class (Wilson 1927). Against production "
        "the denominators differ: the linearised influence function, t (Deville 1999), from 50 rows of the class on; "
        "below, the paired Poisson bootstrap over the joint cells of label and both decisions (Chamandy et al. 2012), "
        "percentile, replicates doubled from 2,000 to 64,000 until the side is clear.",
    .parameters_and_defaults = class_parameters,
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when =
        "A model decides no row for the class: not assessable, never 0. More than 1 % of the resamples "
        "undefined: too few events. Where both models agree everywhere, as many rows decided for the class are "
        "needed as for a rate.",
    .example = "checks:\n  accuracy:\n    - {metric: precision, max_regression: 3pp}",
};

constexpr Explanation f1_explanation{
    .what_it_checks =
        "The harmonic mean of precision and recall of a class (scikit-learn's `f1_score`): "
        "2·TP / (2·TP + FP + FN).",
    .why_it_blocks =
        "It falls when the model misses more, alarms wrongly more, or both; unlike accuracy it sees rare classes.",
    .statistic_and_source =
        "Against a limit: F1 = 2J/(1 + J), where J = TP/(TP + FP + FN) is a binomial share; Wilson's interval of J is "
        "carried "
        "over. Against production: the linearised influence function, t (Deville 1999), from 50 rows of the "
        "class on; below, the paired Poisson bootstrap over the joint cells of label and both decisions (Chamandy et "
        "al. 2012), percentile, replicates doubled from 2,000 to 64,000 until the side is clear.",
    .parameters_and_defaults = class_parameters,
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when =
        "No row has or gets the class: not assessable, never 0. More than 1 % of the resamples undefined: too "
        "few events.",
    .example = "checks:\n  accuracy:\n    - {metric: f1, max_regression: 2pp}",
};

std::uint64_t count_of(double sum) { return static_cast<std::uint64_t>(std::llround(sum)); }

std::optional<double> ratio(double part, double whole) {
  if (!(whole > 0.0)) return std::nullopt;
  return part / whole;
}

constexpr LabelMetric precision_metric{
    .value = [](const ClassSums& sums, std::uint32_t k) { return ratio(sums.hit[k], sums.predicted[k]); },
    .units = [](const ClassSums& sums, std::uint32_t k) { return sums.predicted[k]; },
    .share = [](const ClassSums& sums,
                std::uint32_t k) { return stats::RateCount{count_of(sums.hit[k]), count_of(sums.predicted[k])}; },
    .value_of_share = [](double share) { return share; },
    .share_of_value = [](double value) { return value; },
};

constexpr LabelMetric f1_metric{
    .value = [](const ClassSums& sums,
                std::uint32_t k) { return ratio(2.0 * sums.hit[k], sums.support[k] + sums.predicted[k]); },
    .units = [](const ClassSums& sums, std::uint32_t k) { return (sums.support[k] + sums.predicted[k]) / 2.0; },
    .share =
        [](const ClassSums& sums, std::uint32_t k) {
          return stats::RateCount{count_of(sums.hit[k]), count_of(sums.support[k] + sums.predicted[k] - sums.hit[k])};
        },
    .value_of_share = [](double share) { return 2.0 * share / (1.0 + share); },
    .share_of_value = [](double value) { return value / (2.0 - value); },
};

RegisteredCheck class_check(std::string_view metric, std::string_view summary, std::string_view text, Evaluate evaluate,
                            const Spread& spread) {
  CheckSpec spec = weighable(accuracy_spec(metric, flags(Task::binary, Task::multiclass, Task::multilabel),
                                           Direction::higher_is_better, summary, text));
  spec.scope |= flags(ScopeKey::klass);
  return {spec, evaluate, &spread};
}

}  // namespace

RegisteredCheck precision_check() {
  static const std::string text = weighable_markdown(precision_explanation);
  return class_check(
      "precision", "Share of the rows decided for a class that belong to it.", text,
      [](const PlannedCheck& planned, const Evidence& evidence) {
        return judge_one_label(planned, evidence, [](const PlannedCheck& one, const Evidence& of_it) {
          return judge_labels(one, of_it, precision_metric);
        });
      },
      spread_of_precision);
}

RegisteredCheck f1_check() {
  static const std::string text = weighable_markdown(f1_explanation);
  return class_check(
      "f1", "Harmonic mean of precision and recall of a class.", text,
      [](const PlannedCheck& planned, const Evidence& evidence) {
        return judge_one_label(planned, evidence, [](const PlannedCheck& one, const Evidence& of_it) {
          return judge_labels(one, of_it, f1_metric);
        });
      },
      spread_of_f1);
}

}  // namespace modelgate
