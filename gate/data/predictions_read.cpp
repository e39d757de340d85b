// SPDX-License-Identifier: Apache-2.0
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "gate/data/csv_cells.hpp"
#include "gate/data/numbers.hpp"
#include "gate/data/prediction_columns.hpp"
#include "gate/data/prediction_scores.hpp"
#include "gate/data/predictions_file.hpp"
#include "gate/data/predictions_metadata.hpp"

namespace modelgate {
namespace {

constexpr std::string_view row_column = "row";  // stands for the id where the golden data have none

class PredictionsReader {
 public:
  PredictionsReader(const ModelSpec& model, const DatasetSpec& dataset, Task task,
                    const std::vector<std::string>& class_names)
      : model_(model),
        id_name_(dataset.id.empty() ? row_column : dataset.id),
        by_row_(dataset.id.empty()),
        texts_(ClassTexts::of(task, dataset.label, class_names)),
        rules_{task, model.output, class_names} {}

  Result<RecordedPredictions> read() {
    constexpr std::array formats{DataFormat::parquet, DataFormat::csv};
    auto files = find_data_files("The predictions file", model_.path, model_.written, formats);
    if (!files) return std::unexpected(files.error());
    format_ = files->format;
    read_.files = std::move(*files);
    for (const auto& path : read_.files.paths) {
      if (auto done = read_file(path); !done) return std::unexpected(done.error());
    }
    if (auto sound = check_shards(read_.files.paths, read_.origins); !sound) return std::unexpected(sound.error());
    if (read_.id_hash.empty()) {
      return data_error(fmt::format("The predictions file {} has zero rows.", model_.path));
    }
    if (const auto twice = HashIndex(read_.id_hash).duplicate()) {
      return data_error(fmt::format("Column {}: {} and {} are predictions for the same id. Keep one prediction an id.",
                                    id_name_, row_words(twice->first), row_words(twice->second)));
    }
    if (holds_classes()) {
      return data_error(fmt::format("{}, column {}: the column holds whole numbers, not scores; write output: {{kind: "
                                    "class}}.",
                                    read_.files.paths.front(), chosen_.front()),
                        Reason::wrong_shape);
    }
    read_.predictions = rules_.predictions(std::move(scores_), width_);
    return std::move(read_);
  }

 private:
  Result<void> read_file(const std::string& path) {
    auto source = TableSource::open(path, format_);
    if (!source) return std::unexpected(source.error());
    if (auto bound = bind((*source)->schema(), path); !bound) return bound;
    auto types = (*source)->select(columns_.needs());
    if (!types) return std::unexpected(types.error());
    if (auto checked = check_types(path, *types); !checked) return checked;
    read_.origins.push_back(origin_of((*source)->metadata().get()));
    if (auto fits = rules_.accept_kind(kind_of((*source)->metadata().get()), path); !fits) return fits;
    file_starts_.push_back(read_.id_hash.size());
    std::size_t row = 0;
    while (true) {
      auto batch = (*source)->next();
      if (!batch) return std::unexpected(batch.error());
      if (!*batch) return {};
      const Run run{**batch, 0, (*batch)->num_rows(), path, format_, row};
      if (auto decoded = decode(run); !decoded) return decoded;
      row += static_cast<std::size_t>(run.count);
    }
  }

  /// Finds the columns in the first file, and the same again in each further file.
  Result<void> bind(const arrow::Schema& schema, const std::string& path) {
    const auto names = column_names(schema);
    const auto id = expand_columns(std::array{id_name_}, names, path,
                                   by_row_ ? "the golden row's number, from 0, as the golden data have no id"
                                           : "the golden id, by which predictions are joined");
    if (!id) return std::unexpected(id.error());
    auto chosen = choose(schema, names, path);
    if (!chosen) return std::unexpected(chosen.error());
    if (!chosen_.empty() && *chosen != chosen_) {
      return data_error(
          fmt::format("{} has prediction columns {}, but {} has {}. Write all files with the same columns.", path,
                      fmt::join(*chosen, ", "), read_.files.paths.front(), fmt::join(chosen_, ", ")));
    }
    for (const auto& name : *chosen) whole_ = whole_ && is_whole(*schema.GetFieldByName(name)->type());
    if (!chosen_.empty()) return {};
    chosen_ = std::move(*chosen);
    columns_.add(id_name_, by_row_ ? ColumnUse::integer : ColumnUse::text);
    const bool klass = model_.output.kind == OutputKind::klass;
    for (const auto& name : chosen_) {
      columns_.add(name, !klass                   ? ColumnUse::decimal
                         : texts_.numeric_names() ? ColumnUse::few_texts
                                                  : ColumnUse::integer);
    }
    return {};
  }

  Result<std::vector<std::string>> choose(const arrow::Schema& schema, const std::vector<std::string>& names,
                                          const std::string& path) const {
    if (!model_.columns.empty()) return expand_columns(model_.columns, names, path, "predictions columns");
    std::vector<std::string> chosen;
    for (std::size_t k = 0; std::ranges::find(names, fmt::format("prediction_{}", k)) != names.end(); ++k) {
      chosen.push_back(fmt::format("prediction_{}", k));
    }
    if (!chosen.empty()) return chosen;
    const bool klass = model_.output.kind == OutputKind::klass;
    for (const auto& field : schema.fields()) {
      if (field->name() == id_name_) continue;
      if (is_number(*field->type()) || (klass && is_text(*field->type()))) chosen.push_back(field->name());
    }
    if (chosen.size() == 1) return chosen;
    if (chosen.empty() && format_ == DataFormat::csv) {
      if (has_only_a_header(path)) return data_error(fmt::format("The predictions file {} has zero rows.", path));
      if (const auto where = only_spoilt_column(schema, path)) {
        return data_error(fmt::format("{} is no number, but a prediction must be one. Correct the cell.", *where));
      }
    }
    return data_error(
        fmt::format("{} has {} that could be the prediction{}{}; its columns: {}. Name them in the gate file "
                    "(columns: [score]) or call them prediction_0, prediction_1, ….",
                    path, chosen.empty() ? "no column" : fmt::format("{} columns", chosen.size()),
                    chosen.empty() ? "" : ": ", fmt::join(chosen, ", "), fmt::join(names, ", ")));
  }

  /// Where the only text column that holds numbers, too, has its first cell that is none.
  std::optional<std::string> only_spoilt_column(const arrow::Schema& schema, const std::string& path) const {
    std::optional<std::string> only;
    for (const auto& field : schema.fields()) {
      if (field->name() == id_name_ || !is_text(*field->type())) continue;
      auto where = place_of_no_number(path, field->name());
      if (where && only) return std::nullopt;
      if (where) only = std::move(where);
    }
    return only;
  }

  Result<void> check_types(const std::string& path, const std::vector<std::shared_ptr<arrow::DataType>>& types) {
    if (decoder_) {
      for (std::size_t i = 0; i < types.size(); ++i) {
        const auto& first = *columns_.needs()[i].type;
        if (first.Equals(*types[i]) || (is_text(first) && is_text(*types[i]))) continue;
        return data_error(
            fmt::format("{}, column {}: its type is {}, but in {} it is {}. Write all files with one schema.", path,
                        columns_.needs()[i].name, type_name(*types[i]), read_.files.paths.front(), type_name(first)));
      }
      return {};
    }
    columns_.fix_types(types);
    id_ = columns_.bound(0);
    const auto& id_type = *id_.type;
    if (by_row_ ? !is_whole(id_type) : !is_text(id_type) && !is_whole(id_type)) {
      return data_error(fmt::format("{}, column {}: an id must be {}; it is {}.", path, id_.name,
                                    by_row_ ? "a whole number" : "text or a whole number", type_name(id_type)));
    }
    std::vector<BoundColumn> bound;
    for (std::size_t i = 1; i < types.size(); ++i) bound.push_back(columns_.bound(i));
    width_ = bound.size();
    const bool klass = model_.output.kind == OutputKind::klass;  // a score is never read from a class text
    auto made = PredictionColumns::make(std::move(bound), klass ? texts_ : ClassTexts{}, format_, path);
    if (!made) return std::unexpected(made.error());
    decoder_ = std::move(*made);
    if (decoder_->single_precision() && !klass) {
      scores_ = std::vector<float>();
    } else {
      scores_ = std::vector<double>();
    }
    return rules_.accept_width(width_, path);
  }

  Result<void> decode(const Run& run) {
    auto ids = by_row_ ? decode_row_numbers(run) : decode_ids(run, id_, read_.id_hash, nullptr);
    if (!ids) return ids;
    return std::visit(
        [&](auto& scores) -> Result<void> {
          const auto before = scores.size();
          if (auto decoded = decoder_->decode(run, scores); !decoded) return decoded;
          const auto flaw = rules_.first_flaw(std::span(std::as_const(scores)).subspan(before), width_);
          if (!flaw) return {};
          const auto& column = decoder_->columns()[flaw->index % width_].name;
          return data_error(
              fmt::format("{}: {}.", place(run, column, static_cast<std::int64_t>(flaw->index / width_)), flaw->what),
              flaw->reason);
        },
        scores_);
  }

  Result<void> decode_row_numbers(const Run& run) {
    const Numbers numbers(*run.batch.column(0), run.begin, run.count);
    if (const auto flaw = modelgate::first_flaw(numbers, DType::int64, NullPolicy{})) {
      return data_error(
          fmt::format("{}: the golden row's number is null or no whole number.", place(run, id_.name, flaw->index)));
    }
    const auto before = read_.id_hash.size();
    read_.id_hash.resize(before + static_cast<std::size_t>(run.count));
    // A negative number becomes a huge one, which no golden row has.
    store(numbers, 0, run.count, DType::int64, NullPolicy{},
          reinterpret_cast<std::byte*>(read_.id_hash.data() + before), 1);
    return {};
  }

  std::string row_words(std::size_t index) const {
    const auto file =
        static_cast<std::size_t>(std::ranges::upper_bound(file_starts_, index) - file_starts_.begin()) - 1;
    return fmt::format("{}, row {}", read_.files.paths[file], index - file_starts_[file] + 1);
  }

  /// A CSV's first rows may be whole by chance; only when all are do they look like classes.
  bool holds_classes() const {
    if (!whole_ || rules_.output.kind != OutputKind::probability) return false;
    const auto all_whole = [](const auto& scores) {
      return std::ranges::all_of(scores, [](auto score) { return score == std::trunc(score); });
    };
    return std::visit(all_whole, scores_);
  }

  const ModelSpec& model_;
  std::string id_name_;
  bool by_row_;
  ClassTexts texts_;
  ScoreRules rules_;
  DataFormat format_ = DataFormat::parquet;
  ColumnSet columns_;
  std::vector<std::string> chosen_;
  BoundColumn id_;
  std::optional<PredictionColumns> decoder_;
  std::size_t width_ = 1;
  bool whole_ = true;  // no file types its prediction columns as anything but whole numbers
  Scores scores_;
  std::vector<std::size_t> file_starts_;
  RecordedPredictions read_;
};

}  // namespace

Result<RecordedPredictions> read_predictions(const ModelSpec& model, const DatasetSpec& dataset, Task task,
                                             const std::vector<std::string>& class_names) {
  return PredictionsReader(model, dataset, task, class_names).read();
}

}  // namespace modelgate
