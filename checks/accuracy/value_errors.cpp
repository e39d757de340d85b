// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "checks/accuracy/accuracy_checks.hpp"
#include "checks/accuracy/linearised.hpp"
#include "checks/explain.hpp"
#include "gate/core/number_text.hpp"

namespace modelgate {
namespace {

constexpr std::string_view mean_source =
    "The linearised t of the mean (HC1, units - 1 degrees of freedom): against production on the difference of both "
    "models' errors row by row; clusters by the sums of their rows.";
constexpr std::string_view loss_parameters =
    "`max`: the most the candidate may have. `max_regression`: the most it may exceed production (`0.02`, or `5%` of "
    "production). `min_improvement`: the least it must fall. `slices`, `min_rows` (20), `confidence` (95%, one-sided), "
    "`hard_margin` (3 x the margin, for `guard`).";
constexpr std::string_view mean_cannot =
    "Fewer than 20 rows, or errors that differ by the same amount in every row (zero variance; a flawless model): not "
    "assessable.";

constexpr Explanation mse_explanation{
    .what_it_checks = "The mean squared error of the predicted value (scikit-learn's `mean_squared_error`).",
    .why_it_blocks = "Large errors weigh most: it rises when the model is badly off more often.",
    .statistic_and_source = mean_source,
    .parameters_and_defaults = loss_parameters,
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when = mean_cannot,
    .example = "checks:\n  accuracy:\n    - {metric: mse, max_regression: 5%}",
};

constexpr Explanation mape_explanation{
    .what_it_checks = "The mean of |error| / |label| (scikit-learn's `mean_absolute_percentage_error`); 0.1 means 10%.",
    .why_it_blocks = "The typical error in proportion to what is predicted has grown.",
    .statistic_and_source = mean_source,
    .parameters_and_defaults = loss_parameters,
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when =
        "A label of 0 leaves it undefined (scikit-learn would divide by 2e-16 and let that row decide): not "
        "assessable, with "
        "the number of such rows; `wape` takes labels of 0. Fewer than 20 rows: not assessable.",
    .example = "checks:\n  accuracy:\n    - {metric: mape, max: 0.15, max_regression: 0.01}",
};

constexpr Explanation wape_explanation{
    .what_it_checks =
        "The sum of |error| over the sum of |label|: the mean absolute error in proportion to the mean size of what is "
        "predicted. Labels of 0 are welcome.",
    .why_it_blocks = "The errors have grown in proportion to the volume that is predicted.",
    .statistic_and_source =
        "The linearised t of a ratio of two sums (Deville 1999; Cochran 1977, ch. 6): a row's influence is (|error| - "
        "WAPE "
        "|label|) / mean |label|; against production the two models' influences are subtracted row by row.",
    .parameters_and_defaults = loss_parameters,
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when =
        "Labels that are all 0 leave it undefined, fewer than 20 rows, or errors that differ by the same amount in "
        "every row: "
        "not assessable.",
    .example = "checks:\n  accuracy:\n    - {metric: wape, max: 0.2, max_regression: 3%}",
};

constexpr Explanation mase_explanation{
    .what_it_checks =
        "The mean absolute error over that of the naive forecast \"as in the row before\" (Hyndman & Koehler 2006): "
        "the mean of "
        "|label - label of the row before| over all golden rows in the order of the file. Below 1 the model beats the "
        "naive "
        "forecast.",
    .why_it_blocks = "The model lost ground against a forecast that costs nothing.",
    .statistic_and_source =
        "The linearised t of the mean absolute error, divided by the naive scale. The scale is one number of the "
        "golden rows, "
        "the same for both models and every slice, and taken as known: the interval is that of the errors.",
    .parameters_and_defaults =
        "`max`, `max_regression`, `min_improvement`; `slices`, `min_rows` (20), `confidence` (95%, one-sided), "
        "`hard_margin` "
        "(3 x the margin, for `guard`). The order of the rows must be that of time: shuffled rows give another scale, "
        "so that "
        "the promise of equal results for shuffled rows does not hold for this metric.",
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when =
        "Labels that never change from row to row leave no scale: not assessable. Fewer than 20 rows, or errors that "
        "differ by "
        "the same amount in every row: not assessable.",
    .example = "checks:\n  accuracy:\n    - {metric: mase, max: 0.9, max_regression: 0.02}",
};

constexpr Explanation pinball_explanation{
    .what_it_checks =
        "The mean pinball loss of a predicted quantile (scikit-learn's `mean_pinball_loss`), the quantile behind the "
        "`@`: "
        "`pinball@0.9` charges 0.9 for each unit below the label and 0.1 for each above.",
    .why_it_blocks = "The predicted quantile moved away from the quantile of what happens.",
    .statistic_and_source = mean_source,
    .parameters_and_defaults = loss_parameters,
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when = mean_cannot,
    .example = "checks:\n  accuracy:\n    - {metric: pinball@0.9, max_regression: 2%}",
};

constexpr Explanation mean_bias_explanation{
    .what_it_checks = "The mean of prediction - label: above 0 the model predicts too much, below 0 too little.",
    .why_it_blocks = "An error that always leans one way adds up where predictions are summed.",
    .statistic_and_source =
        "The linearised t of the mean error. Neither direction is better, so there is no `max_regression`: the band "
        "that is "
        "allowed is written as `min` and `max`, each a one-sided requirement of its own (two one-sided tests, "
        "Schuirmann 1987). "
        "Production and the difference are reported with their intervals.",
    .parameters_and_defaults =
        "`min` and `max`: the band for the candidate, in the unit of the label. `slices`, `min_rows` (20), "
        "`confidence` (95%, "
        "one-sided).",
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when = "Fewer than 20 rows, or the same error in every row: not assessable.",
    .example = "checks:\n  accuracy:\n    - {metric: mean_bias, min: -2, max: 2}",
};

/// The loss of one row from prediction and label.
using RowLoss = std::function<double(double value, double label)>;

std::vector<double> labels_in(const ScoreTable& table, const PlaceRows& place) {
  std::vector<double> labels;
  labels.reserve(place.rows.size());
  for (const std::uint32_t row : place.rows) labels.push_back(table.rows.label_value[row]);
  return labels;
}

Result<std::vector<double>> losses_in(const ScoreTable& table, const PlaceRows& place, Role role, const RowLoss& loss) {
  Result<std::vector<double>> losses = scores_in(table, place, role);
  if (!losses) return losses;
  for (std::size_t entry = 0; entry < losses->size(); ++entry)
    (*losses)[entry] = loss((*losses)[entry], table.rows.label_value[place.rows[entry]]);
  return losses;
}

LinearisedMetric mean_of(const ScoreTable& table, RowLoss loss) {
  LinearisedMetric metric;
  metric.linearise = [&table, loss = std::move(loss)](const PlaceRows& place, Role role) -> Result<stats::Linearised> {
    Result<std::vector<double>> losses = losses_in(table, place, role, loss);
    if (!losses) return std::unexpected(losses.error());
    return stats::linearised_mean(*std::move(losses), place.counts());
  };
  metric.direction = Direction::lower_is_better;
  metric.undefined = "A row's error is not finite, so the mean has no value.";
  return metric;
}

using MakeMetric = std::function<LinearisedMetric(const ScoreTable&)>;

std::vector<CheckResult> judge_values(const PlannedCheck& planned, const Evidence& evidence, const MakeMetric& make) {
  return judge_linearised_rows(planned, evidence, [&](const ScoreTable& table) -> Result<LinearisedMetric> {
    if (table.rows.label_value.size() != table.rows.rows) return data_error("The golden rows carry no numeric labels.");
    return make(table);
  });
}

double absolute_error(double value, double label) { return std::abs(value - label); }

LinearisedMetric mape_of(const ScoreTable& table) {
  LinearisedMetric metric =
      mean_of(table, [](double value, double label) { return std::abs(value - label) / std::abs(label); });
  metric.obstacle = [&table](const PlaceRows& place, bool) -> std::optional<Obstacle> {
    const auto zeros =
        std::ranges::count_if(place.rows, [&](std::uint32_t row) { return table.rows.label_value[row] == 0.0; });
    if (zeros == 0) return std::nullopt;
    return Obstacle{
        Reason::undefined,
        fmt::format("{} of {} rows have the label 0, for which a share of the label has no value; wape takes them.",
                    count_text(static_cast<std::size_t>(zeros)), count_text(place.rows.size()))};
  };
  return metric;
}

LinearisedMetric wape_of(const ScoreTable& table) {
  LinearisedMetric metric = mean_of(table, absolute_error);
  metric.linearise = [&table](const PlaceRows& place, Role role) -> Result<stats::Linearised> {
    const Result<std::vector<double>> errors = losses_in(table, place, role, absolute_error);
    if (!errors) return std::unexpected(errors.error());
    std::vector<double> sizes = labels_in(table, place);
    for (double& size : sizes) size = std::abs(size);
    return stats::linearised_ratio(*errors, sizes, place.counts());
  };
  metric.undefined = "The labels are all 0 here, so there is nothing to relate the errors to.";
  return metric;
}

/// Mean |label − label of the row before|, in the order of the file.
double naive_scale(const std::vector<double>& labels) {
  stats::CompensatedSum sum;
  for (std::size_t row = 1; row < labels.size(); ++row) sum.add(std::abs(labels[row] - labels[row - 1]));
  return sum.value() / static_cast<double>(labels.size() - 1);
}

LinearisedMetric mase_of(const ScoreTable& table) {
  const double scale = table.rows.rows > 1 ? naive_scale(table.rows.label_value) : 0.0;
  LinearisedMetric metric =
      mean_of(table, [scale](double value, double label) { return std::abs(value - label) / scale; });
  metric.obstacle = [scale](const PlaceRows&, bool) -> std::optional<Obstacle> {
    if (scale > 0.0 && std::isfinite(scale)) return std::nullopt;
    return Obstacle{Reason::undefined,
                    "The labels never change from row to row, so the naive forecast gives no scale."};
  };
  return metric;
}

}  // namespace

RegisteredCheck mse_check() {
  static const std::string text = markdown(mse_explanation);
  CheckSpec spec = loss_spec("mse", flags(Task::regression), "Mean squared error.", text);
  spec.honours_weight = spec.honours_cluster = true;
  return {spec,
          [](const PlannedCheck& planned, const Evidence& evidence) {
            return judge_values(planned, evidence, [](const ScoreTable& table) {
              return mean_of(table, [](double value, double label) { return (value - label) * (value - label); });
            });
          },
          nullptr};
}

RegisteredCheck mape_check() {
  static const std::string text = markdown(mape_explanation);
  CheckSpec spec = loss_spec("mape", flags(Task::regression), "Mean absolute error as a share of the label.", text);
  spec.honours_weight = spec.honours_cluster = true;
  return {
      spec,
      [](const PlannedCheck& planned, const Evidence& evidence) { return judge_values(planned, evidence, mape_of); },
      nullptr};
}

RegisteredCheck wape_check() {
  static const std::string text = markdown(wape_explanation);
  CheckSpec spec =
      loss_spec("wape", flags(Task::regression), "Sum of absolute errors over the sum of the labels.", text);
  spec.honours_weight = spec.honours_cluster = true;
  return {
      spec,
      [](const PlannedCheck& planned, const Evidence& evidence) { return judge_values(planned, evidence, wape_of); },
      nullptr};
}

RegisteredCheck mase_check() {
  static const std::string text = markdown(mase_explanation);
  CheckSpec spec =
      loss_spec("mase", flags(Task::regression), "Mean absolute error over that of repeating the row before.", text);
  spec.honours_cluster = true;
  return {
      spec,
      [](const PlannedCheck& planned, const Evidence& evidence) { return judge_values(planned, evidence, mase_of); },
      nullptr};
}

RegisteredCheck pinball_check() {
  static const std::string text = markdown(pinball_explanation);
  CheckSpec spec = loss_spec("pinball", flags(Task::regression), "Mean pinball loss of a predicted quantile.", text);
  spec.parameter = MetricParameter::share;
  spec.honours_weight = spec.honours_cluster = true;
  return {spec,
          [](const PlannedCheck& planned, const Evidence& evidence) {
            return judge_values(planned, evidence, [q = planned.parameter](const ScoreTable& table) {
              return mean_of(table, [q](double value, double label) {
                return label > value ? q * (label - value) : (1.0 - q) * (value - label);
              });
            });
          },
          nullptr};
}

RegisteredCheck mean_bias_check() {
  static const std::string text = markdown(mean_bias_explanation);
  CheckSpec spec = loss_spec("mean_bias", flags(Task::regression), "Mean of prediction - label.", text);
  spec.limits = flags(LimitWord::min, LimitWord::max);
  spec.lowest = std::numeric_limits<double>::lowest();
  spec.percent_margin = false;
  spec.honours_weight = spec.honours_cluster = true;
  return {spec,
          [](const PlannedCheck& planned, const Evidence& evidence) {
            return judge_values(planned, evidence, [](const ScoreTable& table) {
              return mean_of(table, [](double value, double label) { return value - label; });
            });
          },
          nullptr};
}

}  // namespace modelgate
