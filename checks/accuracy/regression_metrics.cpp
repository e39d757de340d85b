// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include "checks/accuracy/accuracy_checks.hpp"
#include "checks/accuracy/means.hpp"
#include "checks/accuracy/moments.hpp"
#include "checks/explain.hpp"

namespace modelgate {
namespace {

constexpr std::string_view loss_parameters =
    "`max`: the most the candidate may have, in the label's unit. `max_regression`: the most it may exceed production "
    "(`2.5`, or "
    "`5%` of production). `min_improvement`: the least it must fall. `slices`, `min_rows` (20), `confidence` (95%, "
    "one-sided), "
    "`hard_margin` (3 × the margin, for `guard`).";
constexpr std::string_view bootstrap_source =
    "The paired Poisson bootstrap over rows (Chamandy et al. 2012), percentile, the same weights for both models; "
    "replicates "
    "doubled from 2,000 to 64,000 until the side is clear; above 16,384 rows in as many random groups.";
constexpr std::string_view bootstrap_cannot =
    "Fewer than 20 rows, or two models with the same errors in every row (zero variance): not assessable. The "
    "resamples that "
    "cannot tell the side (\"on the line\") neither pass nor fail.";

constexpr Explanation mae_explanation{
    .what_it_checks = "The mean absolute error (scikit-learn's `mean_absolute_error`).",
    .why_it_blocks = "The typical prediction is further off than before, in the label's own unit.",
    .statistic_and_source =
        "The linearised t of the mean (HC1, units − 1 degrees of freedom): against production on the "
        "difference of both models' errors row by row, percent margins on candidate − (1 + r)·production. A weight of "
        "kind `exposure` "
        "makes it the sum of absolute errors over the sum of exposures, a rate of counts.",
    .parameters_and_defaults = loss_parameters,
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when = "Fewer than 20 rows, or errors that differ by the same amount in every row: not assessable.",
    .example = "checks:\n  accuracy:\n    - {metric: mae, max_regression: 5%}",
};
constexpr Explanation rmse_explanation{
    .what_it_checks = "The root of the mean squared error (scikit-learn's `root_mean_squared_error`).",
    .why_it_blocks =
        "Large errors weigh most: it rises when the model is badly off more often, even if the typical error holds.",
    .statistic_and_source = bootstrap_source,
    .parameters_and_defaults = loss_parameters,
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when = bootstrap_cannot,
    .example = "checks:\n  accuracy:\n    - {metric: rmse, max: 60, max_regression: 5%}",
};
constexpr Explanation r2_explanation{
    .what_it_checks = "The share of the labels' variance that the model explains (scikit-learn's `r2_score`).",
    .why_it_blocks = "The model explains less of what it is there to predict.",
    .statistic_and_source = bootstrap_source,
    .parameters_and_defaults =
        "`min`, `max_regression`, `min_improvement` in R² itself; percent margins are refused, because R² "
        "can be 0 or negative. `slices`, `min_rows` (20), `confidence` (95%, one-sided), `hard_margin` "
        "(3 × the margin, for `guard`).",
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when =
        "Labels that do not vary leave it undefined: not assessable. Fewer than 20 rows, or two models with the "
        "same errors in every row: not assessable.",
    .example = "checks:\n  accuracy:\n    - {metric: r2, min: 0.4, max_regression: 0.03}",
};

std::optional<double> rmse(const ErrorSums& sums) {
  if (!(sums.rows > 0.0)) return std::nullopt;
  return std::sqrt(sums.squared_error / sums.rows);
}

std::optional<double> r2(const ErrorSums& sums) {
  if (!(sums.rows > 0.0)) return std::nullopt;
  const double variation = sums.squared_label - sums.label * sums.label / sums.rows;
  if (!(variation > 1e-12 * sums.squared_label)) return std::nullopt;  // rounding alone is no variation
  return 1.0 - sums.squared_error / variation;
}

}  // namespace

RegisteredCheck mae_check() {
  static const std::string text = weighable_markdown(mae_explanation);
  CheckSpec spec = weighable(loss_spec("mae", flags(Task::regression), "Mean absolute error.", text));
  spec.honours_exposure = true;
  return {spec,
          [](const PlannedCheck& planned, const Evidence& evidence) {
            return judge_mean_loss(planned, evidence, Loss::absolute_error);
          },
          nullptr};
}

RegisteredCheck rmse_check() {
  static const std::string text = weighable_markdown(rmse_explanation);
  return {weighable(loss_spec("rmse", flags(Task::regression), "Root of the mean squared error.", text)),
          [](const PlannedCheck& planned, const Evidence& evidence) {
            return judge_error_metric(planned, evidence, rmse, Direction::lower_is_better);
          },
          nullptr};
}

RegisteredCheck r2_check() {
  static const std::string text = weighable_markdown(r2_explanation);
  CheckSpec spec = weighable(accuracy_spec("r2", flags(Task::regression), Direction::higher_is_better,
                                           "Share of the labels' variance that the model explains.", text));
  spec.unit = Unit::plain;
  spec.percent_margin = false;
  spec.lowest = std::numeric_limits<double>::lowest();
  return {spec,
          [](const PlannedCheck& planned, const Evidence& evidence) {
            return judge_error_metric(planned, evidence, r2, Direction::higher_is_better);
          },
          nullptr};
}

}  // namespace modelgate
