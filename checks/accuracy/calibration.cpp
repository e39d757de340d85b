// SPDX-License-Identifier: Apache-2.0
#include "checks/accuracy/calibration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "checks/accuracy/accuracy_checks.hpp"
#include "checks/accuracy/auc.hpp"
#include "checks/accuracy/linearised.hpp"
#include "checks/explain.hpp"
#include "gate/stats/recalibration.hpp"

namespace modelgate {
namespace {

constexpr std::string_view target_parameters =
    "`min` and `max`: the band for the candidate; write both. Neither direction is better, so there is no "
    "`max_regression`; "
    "production and the difference are reported with their intervals. `slices`, `min_rows` (20), `confidence` (95%, "
    "one-sided).";
constexpr std::string_view recalibration_cannot =
    "Fewer than 20 positive or 20 negative rows, scores that are all alike or separate the labels: not assessable.";

constexpr Explanation intercept_explanation{
    .what_it_checks =
        "Calibration in the large: a in logit P(label = 1) = a + logit(score), 0 where the scores are right on "
        "average, above 0 "
        "where they are too low (Cox 1958; Van Calster et al. 2016).",
    .why_it_blocks = "Probabilities that are too high or too low on average shift every expected cost made of them.",
    .statistic_and_source =
        "Logistic regression with the score's logit as offset, by Newton's method; the linearised t with the sandwich "
        "variance "
        "(Huber 1967; White 1982). Scores of 0 and 1 are clipped at their precision, as for `log_loss`. min and max "
        "are two "
        "one-sided requirements.",
    .parameters_and_defaults = target_parameters,
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when = recalibration_cannot,
    .example = "checks:\n  accuracy:\n    - {metric: calibration_intercept, min: -0.2, max: 0.2}",
};

constexpr Explanation slope_explanation{
    .what_it_checks =
        "The calibration slope: b in logit P(label = 1) = a + b logit(score), 1 where the scores are as spread as they "
        "should "
        "be, below 1 where they are too extreme (an overfitted model), above 1 where they are too timid (Cox 1958; Van "
        "Calster "
        "et al. 2016).",
    .why_it_blocks = "Scores that are too sure of themselves mislead exactly where decisions are made.",
    .statistic_and_source =
        "Logistic regression on the score's logit, by Newton's method; the linearised t with the sandwich variance "
        "(Huber 1967; "
        "White 1982). Scores of 0 and 1 are clipped at their precision, as for `log_loss`. min and max are two "
        "one-sided "
        "requirements.",
    .parameters_and_defaults = target_parameters,
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when = recalibration_cannot,
    .example = "checks:\n  accuracy:\n    - {metric: calibration_slope, min: 0.8, max: 1.25}",
};

/// The scores as probabilities; model error for one outside [0, 1].
Result<std::vector<double>> probabilities_in(const ScoreTable& table, const PlaceRows& place, Role role) {
  Result<std::vector<double>> scores = scores_in(table, place, role);
  if (!scores) return scores;
  const auto outside = std::ranges::find_if(*scores, [](double p) { return !(p >= 0.0 && p <= 1.0); });
  if (outside == scores->end()) return scores;
  const std::uint32_t row = place.rows[static_cast<std::size_t>(outside - scores->begin())];
  return model_error(Reason::wrong_shape,
                     fmt::format("The {} model's score in row {} lies outside [0, 1], so it is no probability: set "
                                 "output.kind to logit or score.",
                                 to_string(role), row + 1));
}

Result<std::vector<double>> logits_in(const ScoreTable& table, const PlaceRows& place, Role role) {
  Result<std::vector<double>> scores = probabilities_in(table, place, role);
  if (!scores) return scores;
  const bool single = std::holds_alternative<std::vector<float>>(table.model(role).scores);
  const double eps =
      single ? static_cast<double>(std::numeric_limits<float>::epsilon()) : std::numeric_limits<double>::epsilon();
  for (double& p : *scores) {
    p = std::clamp(p, eps, 1.0 - eps);
    p = std::log(p) - std::log1p(-p);
  }
  return scores;
}

std::optional<Obstacle> too_few_labels(const ScoreTable& table, const PlaceRows& place) {
  double positives = 0.0;
  double negatives = 0.0;
  for (std::size_t entry = 0; entry < place.rows.size(); ++entry)
    (table.rows.label_class[place.rows[entry]] == 1 ? positives : negatives) += place.rows_of(entry);
  if (std::min(positives, negatives) >= static_cast<double>(min_rows_per_label)) return std::nullopt;
  return Obstacle{
      Reason::too_few_events,
      fmt::format("Recalibration needs at least {} rows of each label; there are {} positive and {} negative ones.",
                  min_rows_per_label, positives, negatives)};
}

using Recalibrate = stats::Linearised (*)(std::span<const double>, std::span<const std::uint8_t>,
                                          const stats::RowCounts&);

std::vector<CheckResult> judge_recalibration(const PlannedCheck& planned, const Evidence& evidence,
                                             Recalibrate recalibrate) {
  return judge_linearised_rows(planned, evidence, [&](const ScoreTable& table) -> Result<LinearisedMetric> {
    if (table.rows.label_class.size() != table.rows.rows) return data_error("The golden rows carry no class labels.");
    LinearisedMetric metric;
    metric.linearise = [&table, recalibrate](const PlaceRows& place, Role role) -> Result<stats::Linearised> {
      const Result<std::vector<double>> logits = logits_in(table, place, role);
      if (!logits) return std::unexpected(logits.error());
      return recalibrate(*logits, binary_labels_in(table, place), place.counts());
    };
    metric.obstacle = [&table](const PlaceRows& place, bool fixed) {
      return fixed ? std::nullopt : too_few_labels(table, place);
    };
    metric.undefined =
        "No line of recalibration fits: one label alone, scores all alike, or labels that they separate.";
    return metric;
  });
}

CheckSpec recalibration_spec(std::string_view metric, std::string_view summary, std::string_view explain) {
  CheckSpec spec = accuracy_spec(metric, flags(Task::binary), Direction::higher_is_better, summary, explain);
  spec.unit = Unit::plain;
  spec.limits = flags(LimitWord::min, LimitWord::max);
  spec.percent_margin = false;
  spec.lowest = std::numeric_limits<double>::lowest();
  spec.highest = std::numeric_limits<double>::max();
  spec.needs_scores = spec.needs_probability = true;
  spec.honours_weight = spec.honours_cluster = true;
  return spec;
}

std::optional<CalibrationError> error_of(const ScoreTable& table, const PlaceRows& place, Role role,
                                         std::uint64_t seed) {
  const Result<std::vector<double>> scores = probabilities_in(table, place, role);
  if (!scores) return std::nullopt;
  std::vector<std::uint64_t> keys;
  keys.reserve(place.rows.size());
  const bool has_ids = table.rows.id_hash.size() == table.rows.rows;
  for (const std::uint32_t row : place.rows) keys.push_back(has_ids ? table.rows.id_hash[row] : row);
  const auto made = stats::expected_calibration(*scores, binary_labels_in(table, place), place.counts(), keys, seed);
  if (!made) return std::nullopt;
  return CalibrationError{made->error, made->if_calibrated, made->if_calibrated_high};
}

std::string clause(const Calibration& calibration) {
  const auto side = [](const CalibrationError& one) {
    return fmt::format("{:.3g} (a perfectly calibrated model would show {:.3g}, in 95% of cases at most {:.3g})",
                       one.error, one.if_calibrated, one.if_calibrated_high);
  };
  std::string text;
  if (calibration.candidate) text = "Expected calibration error of the candidate: " + side(*calibration.candidate);
  if (calibration.production) text += fmt::format("; of production: {:.3g}", calibration.production->error);
  return text + ".";
}

/// The group of the grouping that has the slice values of the result.
std::optional<std::size_t> group_of(const CheckResult& result, const Grouping& grouping) {
  if (result.slice.empty()) return 0;
  for (std::size_t group = 0; group < grouping.size(); ++group)
    if (std::ranges::equal(result.slice, grouping.values[group], {}, &std::pair<std::string, std::string>::second))
      return group;
  return std::nullopt;
}

}  // namespace

void report_calibration_error(std::vector<CheckResult>& results, const PlannedCheck& planned,
                              const Evidence& evidence) {
  if (evidence.table == nullptr || evidence.cache == nullptr || evidence.table->task != Task::binary) return;
  EvidenceCache& cache = *evidence.cache;
  const Result<Grouping>& grouping = cache.grouping(planned.slice);
  if (!grouping || std::ranges::all_of(results, [](const CheckResult& result) { return result.parts.empty(); })) return;
  const std::vector<PlaceRows> places = rows_by_group(evidence.table->rows, *grouping, cache.weighing());
  for (CheckResult& result : results) {
    const auto group = group_of(result, *grouping);
    if (result.parts.empty() || !group) continue;
    Calibration calibration;
    for (const Role role : both_roles)
      if (cache.trouble(role) == nullptr)
        (role == Role::candidate ? calibration.candidate : calibration.production) =
            error_of(*evidence.table, places[*group], role, evidence.plan.runtime.seed);
    if (!calibration.candidate) continue;
    result.detail += (result.detail.empty() ? "" : " ") + clause(calibration);
    result.calibration = calibration;
  }
}

RegisteredCheck calibration_intercept_check() {
  static const std::string text = markdown(intercept_explanation);
  return {recalibration_spec("calibration_intercept", "Calibration in the large, 0 where right on average.", text),
          [](const PlannedCheck& planned, const Evidence& evidence) {
            return judge_recalibration(planned, evidence, stats::calibration_intercept);
          },
          nullptr};
}

RegisteredCheck calibration_slope_check() {
  static const std::string text = markdown(slope_explanation);
  return {recalibration_spec("calibration_slope", "Slope of Cox's recalibration, 1 where well spread.", text),
          [](const PlannedCheck& planned, const Evidence& evidence) {
            return judge_recalibration(planned, evidence, stats::calibration_slope);
          },
          nullptr};
}

}  // namespace modelgate
