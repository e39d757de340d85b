// SPDX-License-Identifier: Apache-2.0
#include "gate/replay/other_sources.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "gate/data/prediction_scores.hpp"
#include "gate/integrity/digest.hpp"

namespace modelgate {
namespace {

Result<void> check_pin(const ModelSpec& spec, Role role, const std::string& digest) {
  if (spec.sha256.empty() || spec.sha256 == digest) return {};
  return model_error(Reason::digest_mismatch,
                     fmt::format("{}: the predictions in {} come from SHA-256 {}, but the gate file pins {}.",
                                 to_string(role), spec.written, digest, spec.sha256));
}

Result<std::string> model_digest(const RecordedPredictions& recorded, Role role, const std::string& written) {
  std::string digest;
  for (const PredictionsOrigin& origin : recorded.origins) {
    if (origin.model_sha256.empty()) return std::string();
    if (!is_sha256_hex(origin.model_sha256)) {
      return model_error(Reason::digest_mismatch,
                         fmt::format("{}: the predictions in {} name the model they come from by what is no SHA-256 "
                                     "(modelgate.model_sha256 in their metadata); record them anew with predict.",
                                     to_string(role), written));
    }
    if (!digest.empty() && digest != origin.model_sha256) {
      return model_error(
          Reason::digest_mismatch,
          fmt::format(
              "{}: the prediction files in {} come from different models ({} and {}); record all of them with one.",
              to_string(role), written, digest, origin.model_sha256));
    }
    digest = origin.model_sha256;
  }
  return digest;
}

Predictions failed_predictions(Error error) {
  Predictions predictions;
  predictions.present = true;
  predictions.error = std::move(error);
  return predictions;
}

/// For every class of the labels, the column of the model that scores it; empty when they agree already.
std::vector<std::size_t> columns_in_label_order(const std::vector<std::string>& own,
                                                const std::vector<std::string>& labels) {
  std::vector<std::size_t> order;
  if (own.empty() || own == labels) return order;
  for (const std::string& name : labels)
    order.push_back(static_cast<std::size_t>(std::ranges::find(own, name) - own.begin()));
  return order;
}

template <class Value>
void reorder_rows(std::vector<Value>& values, const std::vector<std::size_t>& order) {
  std::vector<Value> row(order.size());
  for (std::size_t start = 0; start + order.size() <= values.size(); start += order.size()) {
    for (std::size_t i = 0; i < order.size(); ++i) row[i] = values[start + order[i]];
    std::ranges::copy(row, values.begin() + static_cast<std::ptrdiff_t>(start));
  }
}

void reorder(Predictions& predictions, const std::vector<std::size_t>& order, Task task) {
  if (task == Task::multilabel) {
    reorder_rows(predictions.classes, order);
  } else {
    for (std::int32_t& klass : predictions.classes)
      klass = static_cast<std::int32_t>(std::ranges::find(order, static_cast<std::size_t>(klass)) - order.begin());
  }
  std::visit([&](auto& scores) { reorder_rows(scores, order); }, predictions.scores);
}

Error misfit(std::string message) { return {ErrorKind::model, Reason::wrong_shape, std::move(message)}; }

/// Same names in another order: reordered. Other names, or fewer columns than classes: an error.
void align_model(const Plan& plan, Role role, const std::vector<std::string>& class_names, Predictions& predictions) {
  const std::vector<std::string>& own = plan.model(role).output.classes;
  const bool labels = plan.task == Task::multilabel;
  if (!own.empty() && !std::ranges::is_permutation(own, class_names)) {
    predictions.error = misfit(
        fmt::format("{}: output.classes names other {} than the labels'; both models must tell the same {} apart.",
                    to_string(role), labels ? "labels" : "classes", labels ? "labels" : "classes"));
    return;
  }
  if ((labels || predictions.kind != OutputKind::klass) && predictions.width != class_names.size()) {
    predictions.error = misfit(
        labels ? fmt::format("{}: the model scores {} labels, but the golden rows have {} ({}).", to_string(role),
                             predictions.width, class_names.size(), fmt::join(class_names, ", "))
               : fmt::format("{}: the model scores {} classes, but there are {}; name them in output.classes.",
                             to_string(role), predictions.width, class_names.size()));
    return;
  }
  if (const std::vector<std::size_t> order = columns_in_label_order(own, class_names); !order.empty())
    reorder(predictions, order, plan.task);
}

}  // namespace

Result<RecordedPredictions> read_recorded(const Plan& plan, Role role, ModelRecord& record) {
  const ModelSpec& spec = plan.model(role);
  Result<RecordedPredictions> recorded = read_predictions(spec, plan.dataset, plan.task, spec.output.classes);
  if (!recorded) return recorded;
  Result<std::string> digest = model_digest(*recorded, role, spec.written);
  if (!digest) return std::unexpected(digest.error());
  record.origin = digest->empty() ? "recorded predictions, origin unproven" : "recorded predictions";
  if (digest->empty()) digest = sha256_files(recorded->files.paths);
  if (!digest) return std::unexpected(digest.error());
  if (Result<void> same = check_unchanged(recorded->files); !same) return std::unexpected(same.error());
  record.sha256 = *digest;
  if (Result<void> pinned = check_pin(spec, role, *digest); !pinned) return std::unexpected(pinned.error());
  return recorded;
}

SourcedPredictions join_recorded(Result<RecordedPredictions> recorded, ModelRecord record, const RowColumns& rows,
                                 const std::string& dataset_sha256, const std::string& path) {
  if (!recorded) return {failed_predictions(recorded.error()), std::move(record)};
  for (const PredictionsOrigin& origin : recorded->origins) {
    if (origin.dataset_sha256.empty() || origin.dataset_sha256 == dataset_sha256) continue;
    return {failed_predictions(
                {ErrorKind::model, Reason::digest_mismatch,
                 fmt::format(
                     "{}: these predictions were made from golden data with SHA-256 {}, but this run's have {}; record "
                     "them again with modelgate predict.",
                     path, origin.dataset_sha256, dataset_sha256)}),
            std::move(record)};
  }
  Result<Predictions> joined = join_predictions(std::move(*recorded), rows, path);
  if (!joined) return {failed_predictions(joined.error()), std::move(record)};
  return {std::move(*joined), std::move(record)};
}

std::optional<std::string> unproven_warning(Role role, const Predictions& predictions, const ModelRecord& record) {
  if (predictions.error || !record.origin.ends_with("origin unproven")) return std::nullopt;
  return fmt::format("The {}'s recorded predictions do not say which model and data they come from (origin unproven).",
                     to_string(role));
}

SourcedPredictions from_dataset(const Plan& plan, Role role, Scores scores, std::size_t rows) {
  const ModelSpec& spec = plan.model(role);
  SourcedPredictions sourced;
  sourced.record = {true, spec.written, {}, spec.version, "dataset columns"};
  const ScoreRules rules{plan.task, spec.output, spec.output.classes, {}};
  // Patterns expand to several columns: the values tell how many.
  const std::size_t values = std::visit([](const auto& read) { return read.size(); }, scores);
  const std::size_t width = rows == 0 ? 1 : values / rows;
  if (Result<void> fits = rules.accept_width(width, fmt::format("{}: the dataset", to_string(role))); !fits) {
    sourced.predictions = failed_predictions(fits.error());
    return sourced;
  }
  const auto flaw = std::visit([&](const auto& read) { return rules.first_flaw(std::span(read), width); }, scores);
  if (flaw) {
    const std::string column =
        spec.columns.size() == width ? fmt::format(", column {}", spec.columns[flaw->index % width]) : "";
    sourced.predictions = failed_predictions(
        Error{ErrorKind::model, flaw->reason,
              fmt::format("{}: golden row {}{}: {}.", to_string(role), flaw->index / width + 1, column, flaw->what)});
    return sourced;
  }
  sourced.predictions = rules.predictions(std::move(scores), width);
  return sourced;
}

void align_classes(const Plan& plan, ScoreTable& table) {
  if (plan.task != Task::multiclass && plan.task != Task::multilabel) return;
  std::vector<std::string>& names = table.rows.class_names;
  const bool named =
      std::ranges::any_of(plan.models, [](const ModelSpec& spec) { return !spec.output.classes.empty(); });
  for (const Predictions& predictions : table.models) {
    // Labels 0…k−1 may lack the last classes, which a model still scores.
    while (plan.task == Task::multiclass && !named && predictions.usable() && predictions.kind != OutputKind::klass &&
           names.size() < predictions.width) {
      names.push_back(std::to_string(names.size()));
    }
  }
  for (const Role role : both_roles) {
    Predictions& predictions = table.models[index_of(role)];
    if (predictions.usable()) align_model(plan, role, names, predictions);
  }
}

}  // namespace modelgate
