// SPDX-License-Identifier: Apache-2.0
#include "gate/replay/other_sources.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "gate/integrity/digest.hpp"
#include "gate/model/interpret.hpp"

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

void reorder(Predictions& predictions, const std::vector<std::size_t>& order) {
  for (std::int32_t& klass : predictions.classes) {
    klass = static_cast<std::int32_t>(std::ranges::find(order, static_cast<std::size_t>(klass)) - order.begin());
  }
  std::visit(
      [&](auto& scores) {
        auto row = std::remove_cvref_t<decltype(scores)>(order.size());
        for (std::size_t start = 0; start + order.size() <= scores.size(); start += order.size()) {
          for (std::size_t i = 0; i < order.size(); ++i) row[i] = scores[start + order[i]];
          std::ranges::copy(row, scores.begin() + static_cast<std::ptrdiff_t>(start));
        }
      },
      predictions.scores);
}

/// Same names in another order: reordered. Other names, or fewer columns than classes: an error.
void align_model(const Plan& plan, Role role, const std::vector<std::string>& class_names, Predictions& predictions) {
  const std::vector<std::string>& own = plan.model(role).output.classes;
  if (!own.empty() && !std::ranges::is_permutation(own, class_names)) {
    predictions.error = Error{
        ErrorKind::model, Reason::wrong_shape,
        fmt::format(
            "{}: output.classes names other classes than the labels'; both models must tell the same classes apart.",
            to_string(role))};
    return;
  }
  if (predictions.kind != OutputKind::klass && predictions.width != class_names.size()) {
    predictions.error =
        Error{ErrorKind::model, Reason::wrong_shape,
              fmt::format("{}: the model scores {} classes, but there are {}; name them in output.classes.",
                          to_string(role), predictions.width, class_names.size())};
    return;
  }
  if (const std::vector<std::size_t> order = columns_in_label_order(own, class_names); !order.empty())
    reorder(predictions, order);
}

}  // namespace

Result<RecordedPredictions> read_recorded(const Plan& plan, Role role, ModelRecord& record) {
  const ModelSpec& spec = plan.model(role);
  Result<RecordedPredictions> recorded = read_predictions(spec, plan.dataset, plan.task, spec.output.classes);
  if (!recorded) return recorded;
  Result<std::string> digest = model_digest(*recorded, role, spec.written);
  if (!digest) return std::unexpected(digest.error());
  record.origin = digest->empty() ? "recorded predictions, origin unproven" : "recorded predictions";
  if (digest->empty()) digest = sha256_files(recorded->files);
  if (!digest) return std::unexpected(digest.error());
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

SourcedPredictions from_dataset(const Plan& plan, Role role, std::vector<double> scores, std::size_t rows) {
  const ModelSpec& spec = plan.model(role);
  SourcedPredictions sourced;
  sourced.record = {true, spec.written, {}, spec.version, "dataset columns"};
  const OutputRule rule{plan.task, spec.output, spec.output.classes.size()};
  // Patterns expand to several columns: the values tell how many.
  OutputBlock block{OutputBlock::Type::float64, rows, rows == 0 ? 1 : scores.size() / rows, {}};
  const auto bytes = std::as_bytes(std::span(scores));
  block.bytes.assign(bytes.begin(), bytes.end());
  if (Result<void> read = append_outputs(block, rule, to_string(role), sourced.predictions); !read) {
    sourced.predictions = failed_predictions(read.error());
  }
  return sourced;
}

void align_classes(const Plan& plan, ScoreTable& table) {
  if (plan.task != Task::multiclass) return;
  std::vector<std::string>& names = table.rows.class_names;
  const bool named =
      std::ranges::any_of(plan.models, [](const ModelSpec& spec) { return !spec.output.classes.empty(); });
  for (const Predictions& predictions : table.models) {
    // Labels 0…k−1 may lack the last classes, which a model still scores.
    while (!named && predictions.usable() && predictions.kind != OutputKind::klass &&
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
