// SPDX-License-Identifier: Apache-2.0
#include "checks/accuracy/ranked_scores.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "checks/accuracy/auc.hpp"
#include "checks/accuracy/linearised.hpp"

namespace modelgate {
namespace {

/// Fewest rows that a share of the negatives or of the rows must hold.
constexpr double min_rows_of_share = 10.0;

Result<stats::Linearised> value_of(const ScoreTable& table, const PlaceRows& place, Role role,
                                   const RankedJudging& judging, double parameter) {
  const Result<std::vector<double>> scores = scores_in(table, place, role);
  if (!scores) return std::unexpected(scores.error());
  const auto order = stats::order_by_score(std::span<const double>{*scores});
  if (!order)
    return model_error(Reason::non_finite,
                       fmt::format("The {} model's scores cannot be put in order.", to_string(role)));
  const std::vector<std::uint8_t> labels = binary_labels_in(table, place);
  const stats::RowCounts counts = place.counts();
  return judging.value({*order, labels, counts}, parameter);
}

struct LabelCounts {
  double positives = 0.0;
  double negatives = 0.0;
};

LabelCounts labels_of(const ScoreTable& table, const PlaceRows& place) {
  LabelCounts counts;
  for (std::size_t entry = 0; entry < place.rows.size(); ++entry)
    (table.rows.label_class[place.rows[entry]] == 1 ? counts.positives : counts.negatives) += place.rows_of(entry);
  return counts;
}

std::optional<Obstacle> too_few_events(const LabelCounts& counts, const RankedJudging& judging, double parameter) {
  if (std::min(counts.positives, counts.negatives) < static_cast<double>(min_rows_per_label))
    return Obstacle{Reason::too_few_events,
                    fmt::format("The metric needs at least {} rows of each label; there are {} positive and {} "
                                "negative ones.",
                                min_rows_per_label, counts.positives, counts.negatives)};
  const double of = judging.share_of_negatives ? counts.negatives : counts.positives + counts.negatives;
  if ((judging.share_of_negatives || judging.share_of_rows) && parameter * of < min_rows_of_share)
    return Obstacle{
        Reason::too_few_events,
        fmt::format("A share of {} of {} {} is fewer than the {} rows a threshold needs behind it.", parameter, of,
                    judging.share_of_negatives ? "negative rows" : "rows", min_rows_of_share)};
  return std::nullopt;
}

}  // namespace

std::vector<CheckResult> judge_ranked(const PlannedCheck& planned, const Evidence& evidence,
                                      const RankedJudging& judging) {
  const double parameter = planned.parameter;
  return judge_linearised_rows(planned, evidence, [&](const ScoreTable& table) -> Result<LinearisedMetric> {
    if (table.rows.label_class.size() != table.rows.rows) return data_error("The golden rows carry no class labels.");
    if ((judging.share_of_negatives || judging.share_of_rows) && !(parameter > 0.0 && parameter < 1.0))
      return data_error(fmt::format("{} needs a share between 0 and 1 behind an @.", planned.metric));
    LinearisedMetric metric;
    metric.linearise = [&](const PlaceRows& place, Role role) {
      return value_of(table, place, role, judging, parameter);
    };
    metric.obstacle = [&](const PlaceRows& place, bool fixed) {
      return fixed ? std::nullopt : too_few_events(labels_of(table, place), judging, parameter);
    };
    metric.unanimous = [&](const PlaceRows& place) {
      const LabelCounts counts = labels_of(table, place);
      const double selected = parameter * (counts.positives + counts.negatives);
      const double rarer = std::min(counts.positives, counts.negatives);
      return Unanimous{judging.share_of_rows ? selected : rarer, judging.low, 1.0};
    };
    metric.direction = planned.spec != nullptr ? planned.spec->direction : Direction::higher_is_better;
    metric.scale = judging.logit ? ValueScale::logit : ValueScale::plain;
    metric.undefined = "The metric needs rows of both labels here.";
    return metric;
  });
}

}  // namespace modelgate
