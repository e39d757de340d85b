// SPDX-License-Identifier: Apache-2.0
#include "gate/model/interpret.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>

#include "gate/core/exact_whole.hpp"
#include "gate/core/probabilities.hpp"
#include "gate/core/score_rules.hpp"

namespace modelgate {
namespace {

std::unexpected<Error> wrong_shape(std::string_view who, const std::string& message) {
  return model_error(Reason::wrong_shape, fmt::format("{}: {}", who, message));
}

ScoreRule score_rule(const OutputRule& rule, OutputKind kind, std::size_t width) {
  return {rule.task, kind, width, rule.classes};
}

template <class T>
std::unexpected<Error> not_finite(std::span<const T> scores, std::size_t first_row, std::size_t row,
                                  std::string_view who) {
  const auto count = std::ranges::count_if(scores, [](T score) { return !std::isfinite(score); });
  // Later rows are not read any more: how many they would add is unknown.
  return model_error(Reason::non_finite,
                     fmt::format("{}: at least {} {} NaN or infinite ({} of the {} read in the rows from {} on), the "
                                 "first in row {}; a model that gives no number cannot be judged.",
                                 who, count, count == 1 ? "prediction is" : "predictions are", count, scores.size(),
                                 first_row + 1, row + 1));
}

/// Refuses scores (rows × rule.width) with a flaw; first_row is the golden row of the first, for messages.
template <class T>
Result<void> check_scores(std::span<const T> scores, const ScoreRule& rule, std::size_t first_row,
                          std::string_view who) {
  const auto flaw = first_score_flaw(scores, rule);
  if (!flaw) return {};
  const std::size_t row = first_row + flaw->index / rule.width;
  switch (flaw->fault) {
    case ScoreFault::non_finite: return not_finite(scores, first_row, row, who);
    case ScoreFault::no_probability:
      return model_error(Reason::data_invalid,
                         fmt::format("{}: the prediction of row {} is {:.6g}, no probability; is output.kind logit or "
                                     "value?",
                                     who, row + 1, flaw->value));
    case ScoreFault::sum:
      return model_error(Reason::data_invalid,
                         fmt::format("{}: the {} class probabilities of row {} sum to {:.4g}, not to 1; is output.kind "
                                     "logit or score?",
                                     who, rule.width, row + 1, flaw->value));
    case ScoreFault::no_class: break;
  }
  return model_error(Reason::data_invalid,
                     fmt::format("{}: the prediction of row {} is {:.6g}, no class index from 0 to {}; is output.kind "
                                 "right?",
                                 who, row + 1, flaw->value, last_class(rule)));
}

/// Makes scores what the checks expect, in place: finite, logits as probabilities, probabilities sound.
template <class T>
Result<void> normalise(std::span<T> scores, std::size_t width, const OutputRule& rule, std::size_t first_row,
                       std::string_view who) {
  const std::span<const T> read = scores;
  const OutputKind kind = rule.output.kind;
  if (Result<void> sound = check_scores(read, score_rule(rule, kind, width), first_row, who); !sound) return sound;
  if (kind != OutputKind::logit) return {};
  logits_to_probabilities(scores, width, rule.task);
  return check_scores(read, score_rule(rule, OutputKind::probability, width), first_row, who);
}

template <class T>
std::span<const T> values_of(const OutputBlock& block) {
  return {reinterpret_cast<const T*>(block.bytes.data()),
          block.rows * block.columns};  // vector storage is aligned for any T here
}

template <class T>
std::vector<double> as_doubles(std::span<const T> values) {
  std::vector<double> doubles;
  doubles.reserve(values.size());
  for (const T value : values) doubles.push_back(static_cast<double>(value));
  return doubles;
}

std::vector<double> as_doubles(const OutputBlock& block) {
  switch (block.type) {
    case OutputBlock::Type::float32: return as_doubles(values_of<float>(block));
    case OutputBlock::Type::float64: return as_doubles(values_of<double>(block));
    case OutputBlock::Type::int64: return as_doubles(values_of<std::int64_t>(block));
    case OutputBlock::Type::int32: return as_doubles(values_of<std::int32_t>(block));
    case OutputBlock::Type::boolean: break;
  }
  return as_doubles(values_of<std::uint8_t>(block));
}

constexpr std::size_t most_labels = 1600;  // as many as classes

/// Scores kept a row, given the columns the model gave; nothing where the columns cannot be.
std::optional<std::size_t> width_for(const OutputBlock& block, const OutputRule& rule) {
  switch (rule.task) {
    case Task::binary: return block.columns <= 2 ? std::optional<std::size_t>(1) : std::nullopt;
    case Task::multiclass: {
      constexpr std::size_t most_scores = 1600;  // more cannot be judged, and would fill the gate's memory
      const bool fits =
          block.columns >= 2 && block.columns <= most_scores && (rule.classes == 0 || block.columns == rule.classes);
      return fits ? std::optional(block.columns) : std::nullopt;
    }
    case Task::regression:
    case Task::ranking: return block.columns == 1 ? std::optional<std::size_t>(1) : std::nullopt;
    case Task::multilabel: break;
  }
  return block.columns <= most_labels && (rule.classes == 0 || block.columns == rule.classes)
             ? std::optional(block.columns)
             : std::nullopt;
}

std::unexpected<Error> columns_do_not_fit(const OutputBlock& block, const OutputRule& rule, std::string_view who) {
  const std::string wanted =
      rule.task == Task::binary ? "one score a row, or two classes"
      : rule.task == Task::multiclass
          ? (rule.classes != 0 ? fmt::format("{} classes", rule.classes) : "a score for each class")
      : rule.task == Task::multilabel
          ? (rule.classes != 0 ? fmt::format("{} labels", rule.classes) : "a score for each label")
          : "one value a row";
  return wrong_shape(who, fmt::format("the model's output has {} columns; task {} wants {}.", block.columns,
                                      to_string(rule.task), wanted));
}

/// Two columns of a binary model become the positive class's one; the negative one must be sound, too.
template <class T>
Result<std::vector<T>> positive_column(std::span<const T> pairs, const OutputRule& rule, std::size_t first_row,
                                       std::string_view who) {
  std::vector<T> both(pairs.begin(), pairs.end());
  if (Result<void> sound = normalise(std::span<T>(both), 2, rule, first_row, who); !sound)
    return std::unexpected(sound.error());
  std::vector<T> positive(both.size() / 2);
  for (std::size_t i = 0; i < positive.size(); ++i) positive[i] = both[2 * i + 1];
  return positive;
}

template <class T>
Result<void> append_scores(const OutputBlock& block, const OutputRule& rule, std::string_view who, Predictions& into) {
  const std::optional<std::size_t> width = width_for(block, rule);
  if (!width) return columns_do_not_fit(block, rule, who);
  const std::size_t first_row = rows_of(into);
  if (first_row == 0) {
    into.scores = std::vector<T>();
    into.width = *width;
  }
  auto* scores = std::get_if<std::vector<T>>(&into.scores);
  if (scores == nullptr || into.width != *width)
    return wrong_shape(who, "the model's output changed its type or columns between rows.");
  const std::span<const T> values = values_of<T>(block);
  if (block.columns != *width) {
    Result<std::vector<T>> positive = positive_column(values, rule, first_row, who);
    if (!positive) return std::unexpected(positive.error());
    scores->insert(scores->end(), positive->begin(), positive->end());
    return {};
  }
  const std::size_t before = scores->size();
  scores->insert(scores->end(), values.begin(), values.end());
  return normalise(std::span<T>(*scores).subspan(before), *width, rule, first_row, who);
}

}  // namespace

std::size_t size_of(OutputBlock::Type type) {
  switch (type) {
    case OutputBlock::Type::float32:
    case OutputBlock::Type::int32: return 4;
    case OutputBlock::Type::float64:
    case OutputBlock::Type::int64: return 8;
    case OutputBlock::Type::boolean: break;
  }
  return 1;
}

namespace {

Result<void> append_classes(const OutputBlock& block, const OutputRule& rule, std::string_view who, Predictions& into) {
  const bool fits = rule.task == Task::multilabel ? width_for(block, rule).has_value()
                                                  : block.columns == 1 && rule.task != Task::ranking;
  if (!fits) return columns_do_not_fit(block, rule, who);
  const std::size_t first_row = rows_of(into);
  if (first_row == 0) into.width = block.columns;
  if (into.width != block.columns) return wrong_shape(who, "the model's output changed its columns between rows.");
  const std::vector<double> values = as_doubles(block);
  const ScoreRule held = score_rule(rule, OutputKind::klass, block.columns);
  if (Result<void> sound = check_scores(std::span(values), held, first_row, who); !sound) return sound;
  for (const double value : values) into.classes.push_back(static_cast<std::int32_t>(value));
  return {};
}

}  // namespace

Result<void> append_outputs(const OutputBlock& block, const OutputRule& rule, std::string_view who, Predictions& into) {
  into.present = true;
  into.kind = rule.output.kind == OutputKind::logit ? OutputKind::probability : rule.output.kind;
  into.positive_threshold = rule.output.positive_threshold.value_or(0.5);
  if (rule.output.kind == OutputKind::klass) return append_classes(block, rule, who, into);
  if (block.type == OutputBlock::Type::float32) return append_scores<float>(block, rule, who, into);
  if (block.type == OutputBlock::Type::float64) return append_scores<double>(block, rule, who, into);
  if (rule.output.kind != OutputKind::value && rule.output.kind != OutputKind::score) {
    return wrong_shape(who, "the model gives whole numbers, not scores; write output: {kind: class}.");
  }
  OutputBlock converted{OutputBlock::Type::float64, block.rows, block.columns, {}};
  const std::vector<double> values = as_doubles(block);
  if (std::ranges::any_of(values, [](double value) { return std::abs(value) > largest_exact_whole; }))
    return model_error(
        Reason::data_invalid,
        fmt::format("{}: the model gives whole numbers of 2^53 or more, of which the gate's numbers hold "
                    "no last digits, so that two that differ could pass as equal. Let it give float64 if "
                    "those digits mean nothing.",
                    who));
  converted.bytes.resize(values.size() * sizeof(double));
  std::memcpy(converted.bytes.data(), values.data(), converted.bytes.size());
  return append_scores<double>(converted, rule, who, into);
}

std::size_t rows_of(const Predictions& predictions) {
  if (predictions.kind == OutputKind::klass)
    return predictions.classes.size() / std::max<std::size_t>(1, predictions.width);
  const std::size_t scores = std::visit([](const auto& values) { return values.size(); }, predictions.scores);
  return predictions.width == 0 ? 0 : scores / predictions.width;
}

}  // namespace modelgate
