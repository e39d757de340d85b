// SPDX-License-Identifier: Apache-2.0
#include "checks/accuracy/multiclass_scores.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "checks/accuracy/accuracy_checks.hpp"
#include "checks/accuracy/auc.hpp"
#include "checks/accuracy/linearised.hpp"
#include "checks/explain.hpp"
#include "gate/stats/ranked.hpp"

namespace modelgate {
namespace {

constexpr Explanation ovr_explanation{
    .what_it_checks =
        "The mean over classes of the ROC AUC of one class against the rest (scikit-learn's `roc_auc_score` with "
        "`multi_class=\"ovr\"`, `average=\"macro\"`), ties counting half.",
    .why_it_blocks = "The ranking by a class's score got worse, even where the winning class hides it.",
    .statistic_and_source =
        "The linearised t: DeLong's placements of every class (DeLong et al. 1988) averaged row by row, so that the "
        "classes' "
        "dependence is in the variance; against a limit on the logit scale, against production on the row-wise "
        "difference. "
        "Cost O(K n log n).",
    .parameters_and_defaults = shared_text::slice_parameters,
    .passes_when = shared_text::passes,
    .fails_when = shared_text::fails,
    .cannot_decide_when =
        "A class with fewer than 20 rows, or 20 rows outside it: not assessable, because the average needs every "
        "class.",
    .example = "checks:\n  accuracy:\n    - {metric: roc_auc_ovr_macro, min: 0.8, max_regression: 0.01}",
};

/// One model's scores in one place, class by class.
struct ClassScores {
  std::size_t classes = 0;
  std::vector<double> scores;  ///< by class, then by row of the place
};

Result<ClassScores> class_scores_in(const ScoreTable& table, const PlaceRows& place, Role role) {
  const Predictions& model = table.model(role);
  return std::visit(
      [&](const auto& scores) -> Result<ClassScores> {
        if (model.kind == OutputKind::klass || model.width < 2 || scores.size() != table.rows.rows * model.width)
          return model_error(Reason::wrong_shape,
                             fmt::format("The {} model does not give one score a class and row.", to_string(role)));
        ClassScores result{model.width, {}};
        result.scores.reserve(model.width * place.rows.size());
        for (std::size_t klass = 0; klass < model.width; ++klass)
          for (const std::uint32_t row : place.rows)
            result.scores.push_back(static_cast<double>(scores[row * model.width + klass]));
        return result;
      },
      model.scores);
}

std::vector<std::uint8_t> is_class(const ScoreTable& table, const PlaceRows& place, std::size_t klass) {
  std::vector<std::uint8_t> labels;
  labels.reserve(place.rows.size());
  for (const std::uint32_t row : place.rows)
    labels.push_back(static_cast<std::uint8_t>(static_cast<std::size_t>(table.rows.label_class[row]) == klass));
  return labels;
}

Result<stats::Linearised> mean_auc(const ScoreTable& table, const PlaceRows& place, Role role) {
  const Result<ClassScores> all = class_scores_in(table, place, role);
  if (!all) return std::unexpected(all.error());
  const std::size_t n = place.rows.size();
  const stats::RowCounts counts = place.counts();
  const auto share = 1.0 / static_cast<double>(all->classes);
  stats::Linearised mean{0.0, std::vector<double>(n, 0.0)};
  for (std::size_t klass = 0; klass < all->classes; ++klass) {
    const auto order = stats::order_by_score(std::span{all->scores}.subspan(klass * n, n));
    if (!order) return model_error(Reason::non_finite, "The scores of a class cannot be put in order.");
    const stats::Linearised one = stats::linearised_auc({*order, is_class(table, place, klass), counts});
    if (!one.value) return stats::Linearised{};
    *mean.value += share * *one.value;
    for (std::size_t row = 0; row < n; ++row) mean.influence[row] += share * one.influence[row];
  }
  return mean;
}

/// Rows of the rarest side of any class: its own rows, or all others.
double rarest(const ScoreTable& table, const PlaceRows& place) {
  std::vector<double> rows(std::max<std::size_t>(table.rows.class_names.size(), table.model(Role::candidate).width));
  double total = 0.0;
  for (std::size_t entry = 0; entry < place.rows.size(); ++entry) {
    const auto label = static_cast<std::size_t>(table.rows.label_class[place.rows[entry]]);
    if (label < rows.size()) rows[label] += place.rows_of(entry);
    total += place.rows_of(entry);
  }
  double least = total;
  for (const double count : rows) least = std::min({least, count, total - count});
  return least;
}

}  // namespace

std::vector<CheckResult> judge_multiclass_brier(const PlannedCheck& planned, const Evidence& evidence) {
  return judge_linearised_rows(planned, evidence, [&](const ScoreTable& table) -> Result<LinearisedMetric> {
    if (table.rows.label_class.size() != table.rows.rows) return data_error("The golden rows carry no class labels.");
    LinearisedMetric metric;
    metric.linearise = [&table](const PlaceRows& place, Role role) -> Result<stats::Linearised> {
      const Result<ClassScores> all = class_scores_in(table, place, role);
      if (!all) return std::unexpected(all.error());
      const std::size_t n = place.rows.size();
      std::vector<double> losses(n, 0.0);
      for (std::size_t klass = 0; klass < all->classes; ++klass)
        for (std::size_t at = 0; at < n; ++at) {
          const double p = all->scores[klass * n + at];
          if (!(p >= 0.0 && p <= 1.0))
            return model_error(
                Reason::wrong_shape,
                fmt::format("The {} model's score in row {} lies outside [0, 1], so it is no probability.",
                            to_string(role), place.rows[at] + 1));
          const bool own = static_cast<std::size_t>(table.rows.label_class[place.rows[at]]) == klass;
          losses[at] += (p - (own ? 1.0 : 0.0)) * (p - (own ? 1.0 : 0.0));
        }
      return stats::linearised_mean(std::move(losses), place.counts());
    };
    metric.direction = Direction::lower_is_better;
    return metric;
  });
}

RegisteredCheck roc_auc_ovr_macro_check() {
  static const std::string text = markdown(ovr_explanation);
  CheckSpec spec = accuracy_spec("roc_auc_ovr_macro", flags(Task::multiclass), Direction::higher_is_better,
                                 "Mean over classes of the ROC AUC of a class against the rest.", text);
  spec.needs_scores = true;
  spec.honours_weight = spec.honours_cluster = true;
  const auto judge = [](const PlannedCheck& planned, const Evidence& evidence) {
    return judge_linearised_rows(planned, evidence, [&](const ScoreTable& table) -> Result<LinearisedMetric> {
      if (table.rows.label_class.size() != table.rows.rows) return data_error("The golden rows carry no class labels.");
      LinearisedMetric metric;
      metric.linearise = [&table](const PlaceRows& place, Role role) { return mean_auc(table, place, role); };
      metric.obstacle = [&table](const PlaceRows& place, bool fixed) -> std::optional<Obstacle> {
        const double least = rarest(table, place);
        if (fixed || least >= static_cast<double>(min_rows_per_label)) return std::nullopt;
        return Obstacle{Reason::too_few_events,
                        fmt::format("The rarest class, or the rows outside a class, number {} here; {} are needed.",
                                    least, min_rows_per_label)};
      };
      metric.unanimous = [&table](const PlaceRows& place) { return Unanimous{rarest(table, place), 0.0, 1.0}; };
      metric.scale = ValueScale::logit;
      metric.undefined = "A class has no row here, so the mean over the classes has no value.";
      return metric;
    });
  };
  return {spec, judge, nullptr};
}

}  // namespace modelgate
