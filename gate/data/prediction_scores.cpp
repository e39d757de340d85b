// SPDX-License-Identifier: Apache-2.0
#include "gate/data/prediction_scores.hpp"

#include <fmt/format.h>

#include "gate/core/probabilities.hpp"
#include "gate/core/score_rules.hpp"

namespace modelgate {
namespace {

template <class Score>
std::optional<ScoreRules::Flaw> find_flaw(const ScoreRules& rules, std::span<const Score> scores, std::size_t width) {
  const auto flaw = first_score_flaw(scores, {rules.task, rules.output.kind, width, rules.class_names.size()});
  if (!flaw) return std::nullopt;
  switch (flaw->fault) {
    case ScoreFault::non_finite:
      return ScoreRules::Flaw{flaw->index, "the prediction is not finite", Reason::non_finite};
    case ScoreFault::no_probability:
      return ScoreRules::Flaw{
          flaw->index,
          "the probability lies outside 0 to 1. Declare output: {kind: logit} or {kind: score} if that is what it is"};
    case ScoreFault::sum:
      return ScoreRules::Flaw{
          flaw->index, fmt::format("the {} class probabilities of the row do not sum to 1. Declare output: {{kind: "
                                   "logit}} or {{kind: score}} if that is what they are",
                                   width)};
    case ScoreFault::no_class: break;
  }
  return ScoreRules::Flaw{flaw->index, "the prediction is no class index or name of this task"};
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

Result<void> ScoreRules::accept_width(std::size_t width, const std::string& what) const {
  const bool spread = output.kind == OutputKind::probability || output.kind == OutputKind::logit;
  std::string wanted = "1";
  bool good = width == 1;
  if (task == Task::binary && spread) {
    good = width <= 2;
    wanted = "1 or 2";
  } else if (task == Task::multiclass && output.kind != OutputKind::klass) {
    good = class_names.empty() ? width >= 2 : width == class_names.size();
    wanted = class_names.empty() ? "one a class" : fmt::format("{} (one a class)", class_names.size());
  } else if (task == Task::multilabel) {
    good = class_names.empty() || width == class_names.size();
    wanted = fmt::format("{} (one a label)", class_names.size());
  }
  if (good) return {};
  return data_error(
      fmt::format("{} has {} prediction columns; this task and output kind need {}.", what, width, wanted),
      Reason::wrong_shape);
}

std::optional<ScoreRules::Flaw> ScoreRules::first_flaw(std::span<const float> scores, std::size_t width) const {
  return find_flaw(*this, scores, width);
}

std::optional<ScoreRules::Flaw> ScoreRules::first_flaw(std::span<const double> scores, std::size_t width) const {
  return find_flaw(*this, scores, width);
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
        if (output.kind == OutputKind::logit) logits_to_probabilities(std::span(values), width, task);
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
