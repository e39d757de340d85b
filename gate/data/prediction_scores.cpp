// SPDX-License-Identifier: Apache-2.0
#include "gate/data/prediction_scores.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gate/core/probabilities.hpp"

namespace modelgate {
namespace {

/// The last valid class index, or −1 when any whole number from 0 on may be one.
std::int64_t highest_class(const ScoreRules& rules) {
  if (rules.task == Task::binary) return 1;
  return static_cast<std::int64_t>(rules.class_names.size()) - 1;
}

template <class Score>
bool sound(const ScoreRules& rules, Score score) {
  switch (rules.output.kind) {
    case OutputKind::probability: return score >= Score{0} && score <= Score{1};
    case OutputKind::klass: {
      const auto highest = highest_class(rules);
      return score >= Score{0} && score == std::trunc(score) &&
             score <= static_cast<Score>(highest < 0 ? 9999 : highest);
    }
    default: return std::isfinite(score);
  }
}

template <class Score>
std::optional<ScoreRules::ScoreFlaw> find_flaw(const ScoreRules& rules, std::span<const Score> scores) {
  const auto found = std::ranges::find_if_not(scores, [&](Score score) { return sound(rules, score); });
  if (found == scores.end()) return std::nullopt;
  ScoreRules::ScoreFlaw flaw{static_cast<std::size_t>(found - scores.begin()), "the prediction is not finite",
                             Reason::non_finite};
  if (std::isfinite(*found) && rules.output.kind == OutputKind::probability) {
    flaw.what =
        "the probability lies outside 0 to 1. Declare output: {kind: logit} or {kind: score} if that is what it is";
    flaw.reason = Reason::data_invalid;
  } else if (rules.output.kind == OutputKind::klass) {
    flaw.what = "the prediction is no class index or name of this task";
    flaw.reason = Reason::data_invalid;
  }
  return flaw;
}

template <class Score>
void keep_second_of_two(std::vector<Score>& scores) {
  for (std::size_t row = 0; row < scores.size() / 2; ++row) scores[row] = scores[2 * row + 1];
  scores.resize(scores.size() / 2);
  scores.shrink_to_fit();
}

}  // namespace

Result<void> ScoreRules::accept_kind(std::optional<OutputKind> stored, const std::string& file) {
  if (!first_stored) first_stored = stored;
  if (*first_stored != stored) {
    return data_error(
        fmt::format("{} says another output kind than the files before it, or none where they do; record all "
                    "files in the same way.",
                    file));
  }
  if (!stored || *stored == output.kind) return {};
  if (*stored == OutputKind::probability && output.kind == OutputKind::logit) {
    output.kind = OutputKind::probability;
    return {};
  }
  return data_error(
      fmt::format("{} was recorded with another output kind than the gate file's; correct output: {{kind: …}} or "
                  "record it anew.",
                  file));
}

Result<void> ScoreRules::accept_width(std::size_t width, const std::string& file) const {
  const bool spread = output.kind == OutputKind::probability || output.kind == OutputKind::logit;
  std::string wanted = "1";
  bool good = width == 1;
  if (task == Task::binary && spread) {
    good = width <= 2;
    wanted = "1 or 2";
  } else if (task == Task::multiclass && output.kind != OutputKind::klass) {
    good = class_names.empty() ? width >= 2 : width == class_names.size();
    wanted = class_names.empty() ? "one a class" : fmt::format("{} (one a class)", class_names.size());
  }
  if (good) return {};
  return data_error(
      fmt::format("{} has {} prediction columns; this task and output kind need {}.", file, width, wanted),
      Reason::wrong_shape);
}

std::optional<ScoreRules::ScoreFlaw> ScoreRules::first_flaw(std::span<const float> scores) const {
  return find_flaw(*this, scores);
}

std::optional<ScoreRules::ScoreFlaw> ScoreRules::first_flaw(std::span<const double> scores) const {
  return find_flaw(*this, scores);
}

Predictions ScoreRules::predictions(Scores scores, std::size_t width) const {
  Predictions predictions;
  predictions.present = true;
  predictions.kind = output.kind == OutputKind::logit ? OutputKind::probability : output.kind;
  predictions.positive_threshold = output.positive_threshold.value_or(0.5);
  predictions.width = width;
  std::visit(
      [&](auto& values) {
        if (output.kind == OutputKind::klass) {
          for (const auto value : values) predictions.classes.push_back(static_cast<std::int32_t>(value));
          return;
        }
        if (output.kind == OutputKind::logit) logits_to_probabilities(std::span(values), width);
        if (task == Task::binary && width == 2) {
          keep_second_of_two(values);
          predictions.width = 1;
        }
        predictions.scores = std::move(values);
      },
      scores);
  return predictions;
}

}  // namespace modelgate
