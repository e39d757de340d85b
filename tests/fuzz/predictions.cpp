// SPDX-License-Identifier: Apache-2.0
// Any bytes as recorded predictions, Parquet where they begin as it does and else CSV: a sound score or class for every
// id, each once, or an error that says something.
#include <cmath>
#include <unordered_set>

#include "gate/data/predictions_file.hpp"
#include "tests/fuzz/target.hpp"

namespace modelgate {
namespace {

using fuzz::require;

void require_sound(const RecordedPredictions& read, Task task) {
  const std::size_t rows = read.id_hash.size();
  require(rows > 0 && std::unordered_set(read.id_hash.begin(), read.id_hash.end()).size() == rows);
  const Predictions& predictions = read.predictions;
  if (predictions.kind == OutputKind::klass) return require(predictions.classes.size() == rows * predictions.width);
  std::visit(
      [&](const auto& scores) {
        require(scores.size() == rows * predictions.width);
        for (const auto score : scores)
          require(std::isfinite(score) && (task == Task::regression || (score >= 0 && score <= 1)));
      },
      predictions.scores);
}

void read(const std::string& path, Task task, OutputKind kind, const std::string& id) {
  ModelSpec model;
  model.path = model.written = path;
  model.output.kind = kind;
  DatasetSpec dataset;
  dataset.id = id;
  const auto predictions = read_predictions(model, dataset, task, {});
  if (!predictions) return fuzz::require_words(predictions.error());
  require_sound(*predictions, task);
}

}  // namespace
}  // namespace modelgate

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace modelgate;
  static const fuzz::Folder folder;
  const std::string_view bytes = fuzz::text_of(data, size);
  const fuzz::NamedFile file(folder, bytes.starts_with("PAR1") ? "scores.parquet" : "scores.csv", bytes);
  const std::string id = bytes.contains("id") ? "id" : "";
  read(file.path(), Task::binary, OutputKind::probability, id);
  read(file.path(), Task::binary, OutputKind::logit, id);
  read(file.path(), Task::binary, OutputKind::klass, id);
  read(file.path(), Task::regression, OutputKind::value, id);
  return 0;
}
