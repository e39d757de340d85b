// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "checks/accuracy/accuracy_checks.hpp"
#include "checks/accuracy/labels.hpp"
#include "checks/accuracy/rates.hpp"
#include "checks/explain.hpp"

namespace modelgate {
namespace {

constexpr std::string_view agreement_source =
    "With at least 50 rows of every class and decision, and with weights or clusters, the linearised t by each row's "
    "influence (Deville 1999); else the (paired) Poisson bootstrap over the joint cells of label and both decisions "
    "(Chamandy et al. 2012), percentile, replicates doubled from 2,000 to 64,000 until the side is clear. Where the "
    "models differ on fewer than 10 rows, or all resamples agree, the bound of a rate on n·(1 − Σ p²) rows, p the "
    "share of each class: so much a row moves the metric.";
constexpr std::string_view agreement_parameters =
    "`min`, `max_regression`, `min_improvement` in the metric itself (-1 to 1); percent margins are refused, because "
    "it can be 0 or negative. `slices`: judged on each value of a column or crossing, `min_rows` (20) rows at least. "
    "`confidence` (95%, one-sided), `hard_margin` (3 × the margin, for `guard`).";
constexpr std::string_view mcc_cannot =
    "All labels, or all decisions of a model, of one class leave it without a value: not assessable, never 0. More "
    "than 1 % of the resamples undefined: too few events.";
constexpr std::string_view kappa_cannot =
    "All labels of one class leave it without a value: not assessable, never 0 (a model that always says the same has "
    "kappa 0). More than 1 % of the resamples undefined: too few events.";

constexpr Explanation mcc_explanation{
    .what_it_checks =
        "Matthews' correlation of labels and decisions (scikit-learn's `matthews_corrcoef`; Gorodkin's R_K for several "
        "classes): 1 is flawless, 0 no better than chance.",
    .why_it_blocks = "It is high only where every class is found and no class is called too often, however rare.",
    .statistic_and_source = agreement_source,
    .parameters_and_defaults = agreement_parameters,
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when = mcc_cannot,
    .example = "checks:\n  accuracy:\n    - {metric: matthews_corrcoef, min: 0.4, max_regression: 0.02}",
};
constexpr Explanation kappa_explanation{
    .what_it_checks =
        "The agreement of decisions and labels beyond what their shares alone would give (scikit-learn's "
        "`cohen_kappa_score`, unweighted): (accuracy − chance) / (1 − chance).",
    .why_it_blocks = "Accuracy on unequal classes is easily had by chance; kappa counts only what goes beyond it.",
    .statistic_and_source = agreement_source,
    .parameters_and_defaults = agreement_parameters,
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when = kappa_cannot,
    .example = "checks:\n  accuracy:\n    - {metric: cohen_kappa, max_regression: 0.02}",
};

/// Sums over classes that both metrics are made of.
struct Agreement {
  double rows = 0.0;
  double right = 0.0;
  double crossed = 0.0;  // Σ decided·labelled
  double decided = 0.0;  // Σ decided²
  double labelled = 0.0;

  explicit Agreement(const ClassSums& sums) {
    for (std::size_t k = 0; k < sums.support.size(); ++k) {
      rows += sums.support[k];
      right += sums.hit[k];
      crossed += sums.predicted[k] * sums.support[k];
      decided += sums.predicted[k] * sums.predicted[k];
      labelled += sums.support[k] * sums.support[k];
    }
  }
  double squared() const { return rows * rows; }
};

/// One class alone leaves nothing but rounding of n².
bool varies(double spread, double whole) { return spread > 1e-12 * whole; }

/// Gorodkin 2004, Computational Biology and Chemistry 28:367: (c·s − Σ p·t) / sqrt((s² − Σp²)(s² − Σt²)).
std::optional<double> mcc(const ClassSums& sums, std::uint32_t) {
  const Agreement all(sums);
  const double spread_decided = all.squared() - all.decided;
  const double spread_labelled = all.squared() - all.labelled;
  if (!varies(spread_decided, all.squared()) || !varies(spread_labelled, all.squared())) return std::nullopt;
  return (all.right * all.rows - all.crossed) / std::sqrt(spread_decided * spread_labelled);
}

/// Cohen 1960, Educational and Psychological Measurement 20:37. A model that always says the same has kappa 0; labels
/// that are all the same would give every model 0, which is no measurement.
std::optional<double> kappa(const ClassSums& sums, std::uint32_t) {
  const Agreement all(sums);
  if (!varies(all.squared() - all.labelled, all.squared())) return std::nullopt;
  return (all.right * all.rows - all.crossed) / (all.squared() - all.crossed);
}

/// One wrong row among right ones lowers either metric by 1/(n·(1 − Σ p²)), p the labels' shares.
double chance_rows(const ClassSums& sums, std::uint32_t) {
  const Agreement all(sums);
  return all.rows > 0.0 ? (all.squared() - all.labelled) / all.rows : 0.0;
}

constexpr LabelMetric mcc_metric{.value = mcc, .units = chance_rows};
constexpr LabelMetric kappa_metric{.value = kappa, .units = chance_rows};

RegisteredCheck agreement_check(std::string_view metric, std::string_view summary, std::string_view text,
                                Evaluate evaluate) {
  CheckSpec spec = weighable(
      accuracy_spec(metric, flags(Task::binary, Task::multiclass), Direction::higher_is_better, summary, text));
  spec.unit = Unit::plain;
  spec.percent_margin = false;
  spec.lowest = -1.0;
  return {spec, evaluate, &spread_of_agreement};
}

}  // namespace

RegisteredCheck matthews_corrcoef_check() {
  static const std::string text = weighable_markdown(mcc_explanation);
  return agreement_check("matthews_corrcoef", "Matthews' correlation of labels and decisions.", text,
                         [](const PlannedCheck& planned, const Evidence& evidence) {
                           return judge_labels(planned, evidence, mcc_metric);
                         });
}

RegisteredCheck cohen_kappa_check() {
  static const std::string text = weighable_markdown(kappa_explanation);
  return agreement_check("cohen_kappa", "Agreement of decisions and labels beyond chance.", text,
                         [](const PlannedCheck& planned, const Evidence& evidence) {
                           return judge_labels(planned, evidence, kappa_metric);
                         });
}

}  // namespace modelgate
