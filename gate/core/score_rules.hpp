// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "gate/core/plan.hpp"

namespace modelgate {

/// What a model's numbers are held to, whether it ran just now or its predictions were recorded.
struct ScoreRule {
  Task task = Task::binary;
  OutputKind kind = OutputKind::probability;
  std::size_t width = 1;    ///< numbers a row, as the model gives them
  std::size_t classes = 0;  ///< multiclass: number of classes where known, else 0
};

/// no_probability: outside [0, 1]; sum: the class probabilities of a row do not sum to 1 within 0.01; no_class: no
/// whole number from 0 to the last class.
enum class ScoreFault : std::uint8_t { non_finite, no_probability, sum, no_class };

struct ScoreFlaw {
  ScoreFault fault = ScoreFault::non_finite;
  std::size_t index = 0;  ///< of the number; sum: of the row's first number
  double value = 0.0;     ///< the number; sum: what the row sums to
};

inline constexpr double probability_sum_tolerance = 0.01;  ///< float16 scores of 1,000 classes stay within it
inline constexpr std::size_t most_classes = 10'000;        ///< labels and predictions may tell apart

/// The last class index a prediction of kind class may be.
constexpr std::size_t last_class(const ScoreRule& rule) {
  if (rule.task == Task::binary || rule.task == Task::multilabel) return 1;
  return (rule.classes == 0 ? most_classes : rule.classes) - 1;
}

/// True where the numbers of a row are the probabilities of classes of which one is right.
constexpr bool sums_to_one(const ScoreRule& rule) {
  return rule.kind == OutputKind::probability && rule.width > 1 && rule.task != Task::multilabel;
}

namespace detail {

template <class Score, class Sound>
std::optional<ScoreFlaw> first_unsound(std::span<const Score> scores, ScoreFault fault, Sound sound) {
  const auto found = std::ranges::find_if_not(scores, sound);
  if (found == scores.end()) return std::nullopt;
  return ScoreFlaw{fault, static_cast<std::size_t>(found - scores.begin()), static_cast<double>(*found)};
}

template <class Score>
std::optional<ScoreFlaw> first_bad_sum(std::span<const Score> scores, std::size_t width) {
  for (std::size_t start = 0; start + width <= scores.size(); start += width) {
    double sum = 0.0;
    for (const Score score : scores.subspan(start, width)) sum += static_cast<double>(score);
    if (!(std::abs(sum - 1.0) <= probability_sum_tolerance)) return ScoreFlaw{ScoreFault::sum, start, sum};
  }
  return std::nullopt;
}

}  // namespace detail

/// The first number (rows × width, row-major) that is not finite, else the first that is no probability or class, else
/// the first row with a wrong sum; nothing when all are sound. Logits have only to be finite.
template <class Score>
std::optional<ScoreFlaw> first_score_flaw(std::span<const Score> scores, const ScoreRule& rule) {
  const auto finite = [](Score score) { return std::isfinite(score); };
  if (const auto flaw = detail::first_unsound(scores, ScoreFault::non_finite, finite)) return flaw;
  if (rule.kind == OutputKind::klass) {
    const auto last = static_cast<Score>(last_class(rule));
    return detail::first_unsound(scores, ScoreFault::no_class, [last](Score score) {
      return score >= Score{0} && score <= last && score == std::floor(score);
    });
  }
  if (rule.kind != OutputKind::probability) return std::nullopt;
  const auto probable = [](Score score) { return score >= Score{0} && score <= Score{1}; };
  if (const auto flaw = detail::first_unsound(scores, ScoreFault::no_probability, probable)) return flaw;
  return sums_to_one(rule) ? detail::first_bad_sum(scores, rule.width) : std::nullopt;
}

}  // namespace modelgate
