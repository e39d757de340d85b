// SPDX-License-Identifier: Apache-2.0
#include "checks/multilabel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>
#include <variant>

namespace modelgate {
namespace {

std::unexpected<Error> not_covered(Role role, std::size_t labels) {
  return model_error(Reason::wrong_shape,
                     fmt::format("The {} model does not give one output for each of the {} labels in every row.",
                                 to_string(role), labels));
}

/// Checks that labels and outputs of this model are rows × labels.
std::optional<Error> misfit(const ScoreTable& table, Role role) {
  const std::size_t labels = label_count(table);
  if (labels == 0)
    return Error{ErrorKind::data, Reason::data_invalid, "The golden rows carry no labels of a multilabel task."};
  if (std::ranges::any_of(table.rows.label_bits, [](std::uint8_t bit) { return bit > 1; }))
    return Error{ErrorKind::data, Reason::data_invalid, "A label of a multilabel task is neither 0 nor 1."};
  const Predictions& model = table.model(role);
  const std::size_t outputs = model.kind == OutputKind::klass
                                  ? model.classes.size()
                                  : std::visit([](const auto& scores) { return scores.size(); }, model.scores);
  if (outputs != table.rows.label_bits.size() || (model.kind != OutputKind::klass && model.width != labels))
    return not_covered(role, labels).error();
  return std::nullopt;
}

template <class Value>
std::vector<Value> column(const std::vector<Value>& cells, std::size_t at, std::size_t width) {
  std::vector<Value> values;
  if (width == 0) return values;
  values.reserve(cells.size() / width);
  for (std::size_t cell = at; cell < cells.size(); cell += width) values.push_back(cells[cell]);
  return values;
}

}  // namespace

std::size_t label_count(const ScoreTable& table) {
  const std::size_t rows = table.rows.rows;
  const std::size_t bits = table.rows.label_bits.size();
  return rows == 0 || bits % rows != 0 ? 0 : bits / rows;
}

std::string label_name(const ScoreTable& table, std::size_t label) {
  return label < table.rows.class_names.size() ? table.rows.class_names[label] : fmt::format("label {}", label);
}

Result<std::vector<std::uint8_t>> label_decisions(const ScoreTable& table, Role role) {
  if (auto trouble = misfit(table, role)) return std::unexpected(*std::move(trouble));
  const Predictions& model = table.model(role);
  std::vector<std::uint8_t> decided(table.rows.label_bits.size());
  if (model.kind == OutputKind::klass) {
    std::ranges::transform(model.classes, decided.begin(), [](std::int32_t bit) { return bit == 1 ? 1 : 0; });
    return decided;
  }
  std::visit(
      [&](const auto& scores) {
        const auto own = static_cast<typename std::decay_t<decltype(scores)>::value_type>(model.positive_threshold);
        std::ranges::transform(scores, decided.begin(), [own](auto score) { return score >= own ? 1 : 0; });
      },
      model.scores);
  return decided;
}

Result<std::vector<std::uint8_t>> all_labels_right(const ScoreTable& table, Role role) {
  const Result<std::vector<std::uint8_t>> decided = label_decisions(table, role);
  if (!decided) return std::unexpected(decided.error());
  const auto labels = static_cast<std::ptrdiff_t>(label_count(table));
  std::vector<std::uint8_t> right(table.rows.rows);
  auto truth = table.rows.label_bits.begin();
  auto said = decided->begin();
  for (std::uint8_t& row : right) {
    row = std::equal(truth, truth + labels, said) ? 1 : 0;
    truth += labels;
    said += labels;
  }
  return right;
}

Result<ScoreTable> table_of_label(const ScoreTable& table, std::size_t label) {
  const std::size_t labels = label_count(table);
  ScoreTable one;
  one.task = Task::binary;
  one.rows = table.rows;
  one.rows.class_names.clear();
  one.rows.label_bits.clear();
  const std::vector<std::uint8_t> bits = column(table.rows.label_bits, label, labels);
  one.rows.label_class.assign(bits.begin(), bits.end());
  for (const Role role : both_roles) {
    const Predictions& whole = table.model(role);
    Predictions& model = one.models[index_of(role)];
    model = {.kind = whole.kind,
             .positive_threshold = whole.positive_threshold,
             .error = whole.error,
             .present = whole.present};
    if (!whole.usable()) continue;
    if (auto trouble = misfit(table, role)) return std::unexpected(*std::move(trouble));
    if (whole.kind == OutputKind::klass)
      model.classes = column(whole.classes, label, labels);
    else
      std::visit([&](const auto& scores) { model.scores = column(scores, label, labels); }, whole.scores);
  }
  return one;
}

}  // namespace modelgate
