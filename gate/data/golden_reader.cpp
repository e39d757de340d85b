// SPDX-License-Identifier: Apache-2.0
#include "gate/data/golden_reader.hpp"

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

#include "gate/data/golden_binding.hpp"
#include "gate/data/prediction_columns.hpp"
#include "gate/data/row_cursor.hpp"

namespace modelgate {
namespace {

constexpr std::size_t most_reserved = std::size_t{1} << 32;  // rows

bool same_type(const arrow::DataType& first, const arrow::DataType& other) {
  return first.Equals(other) || (is_text(first) && is_text(other));
}

class Reader final : public GoldenReader {
 public:
  explicit Reader(const GoldenRequest& request)
      : dataset_(request.dataset),
        task_(request.task),
        categories_(request.category_columns),
        keep_ids_(request.keep_ids),
        keep_id_text_(request.keep_id_text),
        cursor_(request.shard, request.shards) {}

  Result<void> start(const GoldenRequest& request) {
    constexpr std::array formats{DataFormat::parquet, DataFormat::csv, DataFormat::npz};
    auto found = find_data_files("The dataset", dataset_.path, dataset_.written, formats);
    if (!found) return std::unexpected(found.error());
    files_ = std::move(*found);
    std::unique_ptr<TableSource> first;
    for (std::size_t i = 0; i < files_.paths.size(); ++i) {
      auto source = check_file(request, i);
      if (!source) return std::unexpected(source.error());
      if (i == 0) first = std::move(*source);
    }
    cursor_.open(files_, binding_.columns.needs(), std::move(first));
    if (auto made = make_inputs(request); !made) return made;
    return make_rows(request);
  }

  const std::vector<std::vector<InputLayout>>& layouts() const override { return layouts_; }
  const std::vector<std::vector<std::vector<std::string>>>& expanded_columns() const override { return expanded_; }
  std::optional<std::size_t> total_rows() const override {
    return total_ ? std::optional(cursor_.share(*total_)) : std::nullopt;
  }
  const std::vector<std::string>& files() const override { return files_.paths; }
  Result<void> check_unchanged() const override { return modelgate::check_unchanged(files_); }
  IdValues take_ids() override { return std::exchange(ids_, {}); }

  Result<std::size_t> next(std::size_t max_rows, const ChunkBuffers& buffers, RowColumns& rows,
                           std::vector<Scores>& dataset_scores) override {
    if (auto begun = begin_chunk(max_rows, buffers, rows, dataset_scores); !begun)
      return std::unexpected(begun.error());
    std::size_t done = 0;
    while (done < max_rows) {
      const auto more = cursor_.advance();
      if (!more) return std::unexpected(more.error());
      if (!*more) break;
      Run run = cursor_.run(max_rows - done);
      for (const auto& input : inputs_) run.count = std::min(run.count, input->fitting(run));
      if (run.count == 0 && done == 0) {
        return data_error(
            fmt::format("{}, row {}: the row's texts are larger than a chunk; set runtime.chunk: 1 or shorten them.",
                        run.file, run.file_row + 1));
      }
      if (run.count == 0) break;
      if (auto decoded = decode(run, done, rows, dataset_scores); !decoded) return std::unexpected(decoded.error());
      done += static_cast<std::size_t>(run.count);
      cursor_.skip(run.count);
    }
    for (const auto& input : inputs_) input->end(done);
    return done;
  }

  Result<void> finish(RowColumns& rows) override {
    if (cursor_.row() == 0)
      return data_error(fmt::format("{} has zero rows; nothing can be judged on it.", dataset_words(dataset_)));
    if (total_ && rows.rows != cursor_.share(*total_)) {
      return data_error(fmt::format("{} says it has {} rows, but {} could be read; the file is damaged. Write it anew.",
                                    dataset_words(dataset_), cursor_.share(*total_), rows.rows));
    }
    if (cursor_.row() < dataset_.min_rows) {
      return data_error(fmt::format("{} has {} rows; dataset.min_rows asks for {}.", dataset_words(dataset_),
                                    cursor_.row(), dataset_.min_rows));
    }
    for (const auto& decoder : row_decoders_) {
      if (auto finished = decoder->finish(rows); !finished) return finished;
    }
    const auto twice = HashIndex(rows.id_hash).duplicate();
    if (!twice) return {};
    return data_error(fmt::format("Column {}: {} and {} have the same id. Give every golden row an id of its own.",
                                  dataset_.id, cursor_.row_words(twice->first), cursor_.row_words(twice->second)));
  }

 private:
  /// The file with its columns selected, where they are those of the first one.
  Result<std::unique_ptr<TableSource>> check_file(const GoldenRequest& request, std::size_t index) {
    const auto& path = files_.paths[index];
    auto source = TableSource::open(path, files_.format);
    if (!source) return std::unexpected(source.error());
    auto binding = GoldenBinding::of(request, column_names((*source)->schema()), path);
    if (!binding) return std::unexpected(binding.error());
    if (index == 0) {
      binding_ = std::move(*binding);
      expanded_ = binding_.input_names();
    } else if (binding->input_names() != expanded_) {
      return data_error(
          fmt::format("{}: its input patterns match other columns, or another order of them, than in {}. Give all "
                      "files the same columns.",
                      path, files_.paths.front()));
    }
    const auto types = (*source)->select(binding_.columns.needs());
    if (!types) return std::unexpected(types.error());
    for (std::size_t i = 0; index > 0 && i < types->size(); ++i) {
      const auto& need = binding_.columns.needs()[i];
      if (same_type(*need.type, *(*types)[i])) continue;
      return data_error(
          fmt::format("{}, column {}: its type is {}, but in {} it is {}. Write all files with one schema.", path,
                      need.name, type_name(*(*types)[i]), files_.paths.front(), type_name(*need.type)));
    }
    const auto rows = (*source)->rows();
    total_ = rows && (index == 0 || total_) ? std::optional(total_.value_or(0) + *rows) : std::nullopt;
    if (index == 0) binding_.columns.fix_types(*types);
    return source;
  }

  Result<void> make_inputs(const GoldenRequest& request) {
    for (std::size_t set = 0; set < request.input_sets.size(); ++set) {
      const auto specs = with_mask_lengths(request.input_sets[set]);
      if (!specs) return std::unexpected(specs.error());
      layouts_.emplace_back();
      for (std::size_t i = 0; i < specs->size(); ++i) {
        auto made =
            make_input({(*specs)[i], binding_.bound(binding_.inputs[set][i]), files_.format, files_.paths.front()});
        if (!made) return std::unexpected(made.error());
        layouts_.back().push_back((*made)->layout());
        inputs_.push_back(std::move(*made));
      }
    }
    return {};
  }

  Result<void> make_rows(const GoldenRequest& request) {
    BoundRows bound{binding_.bound(binding_.label),
                    binding_.bound(binding_.weight),
                    binding_.bound(binding_.cluster),
                    binding_.bound(binding_.query),
                    binding_.bound(binding_.id),
                    binding_.bound(binding_.categories),
                    files_.format,
                    files_.paths.front()};
    std::vector<RowDecoderResult> made;
    if (!bound.label.empty()) made.push_back(make_label_decoder(request, bound));
    if (!bound.weight.empty()) made.push_back(make_weight_decoder(bound, dataset_.weight_kind));
    if (!bound.cluster.empty())
      made.push_back(make_unit_decoder(bound.cluster.front(), &RowColumns::cluster, "dataset.cluster", bound));
    if (!bound.query.empty())
      made.push_back(make_unit_decoder(bound.query.front(), &RowColumns::query, "dataset.query", bound));
    for (std::size_t i = 0; i < bound.categories.size(); ++i) {
      made.push_back(make_category_decoder(bound.categories[i], i, bound));
    }
    for (auto& one : made) {
      if (!one) return std::unexpected(one.error());
      row_decoders_.push_back(std::move(*one));
    }
    if (!bound.id.empty()) {
      id_ = bound.id.front();
      if (!is_text(*id_->type) && !is_whole(*id_->type)) {
        return data_error(fmt::format("{}, column {}: an id must be text or a whole number; it is {}.", bound.file,
                                      id_->name, type_name(*id_->type)));
      }
    }
    return make_predictions(request);
  }

  Result<void> make_predictions(const GoldenRequest& request) {
    const auto texts = ClassTexts::of(request.task, request.dataset.label, request.class_names);
    for (std::size_t i = 0; i < binding_.predictions.size(); ++i) {
      const bool klass = i >= request.prediction_kinds.size() || request.prediction_kinds[i] == OutputKind::klass;
      auto columns = PredictionColumns::make(binding_.bound(binding_.predictions[i]), klass ? texts : ClassTexts{},
                                             files_.format, files_.paths.front());
      if (!columns) return std::unexpected(columns.error());
      predictions_.push_back({std::move(*columns), klass});
    }
    return {};
  }

  Result<void> begin_chunk(std::size_t max_rows, const ChunkBuffers& buffers, RowColumns& rows,
                           std::vector<Scores>& dataset_scores) {
    std::size_t index = 0;
    if (buffers.size() != layouts_.size()) return internal_error("The chunk has another number of input sets.");
    for (std::size_t set = 0; set < buffers.size(); ++set) {
      if (buffers[set].size() != layouts_[set].size()) return internal_error("The chunk has another number of inputs.");
      for (const auto& buffer : buffers[set]) {
        if (auto begun = inputs_[index++]->begin(buffer, max_rows); !begun) return begun;
      }
    }
    if (cursor_.row() > 0 || rows.rows > 0) return {};
    rows.categories.resize(categories_.size());
    for (std::size_t i = 0; i < categories_.size(); ++i) rows.categories[i].name = categories_[i];
    dataset_scores.assign(predictions_.size(), {});
    for (std::size_t i = 0; i < predictions_.size(); ++i) {
      if (predictions_[i].klass || !predictions_[i].columns.single_precision())
        dataset_scores[i] = std::vector<double>();
    }
    reserve(rows, dataset_scores);
    return {};
  }

  void reserve(RowColumns& rows, std::vector<Scores>& dataset_scores) const {
    // Exact reservations, so that no column is copied while it grows. Unused addresses cost no memory: a file that
    // lies about its rows gains nothing.
    if (!total_) return;
    try {
      reserve(rows, dataset_scores, std::min<std::size_t>(cursor_.share(*total_), most_reserved));
    } catch (const std::exception&) {  // no addresses: the columns grow as they need
      return;
    }
  }

  void reserve(RowColumns& rows, std::vector<Scores>& dataset_scores, std::size_t expected) const {
    if (id_) rows.id_hash.reserve(expected);
    reserve_labels(rows, expected);
    if (!binding_.weight.empty()) rows.weight.reserve(expected);
    for (auto& category : rows.categories) category.codes.reserve(expected);
    for (std::size_t i = 0; i < predictions_.size(); ++i) {
      std::visit([&](auto& scores) { scores.reserve(expected * predictions_[i].columns.width()); }, dataset_scores[i]);
    }
  }

  void reserve_labels(RowColumns& rows, std::size_t expected) const {
    if (binding_.label.empty()) return;
    const bool classes = task_ == Task::binary || task_ == Task::multiclass;
    if (classes) rows.label_class.reserve(expected);
    if (task_ == Task::regression || task_ == Task::ranking) rows.label_value.reserve(expected);
    if (task_ == Task::multilabel) rows.label_bits.reserve(expected * binding_.label.size());
  }

  Result<void> decode(const Run& run, std::size_t row, RowColumns& rows, std::vector<Scores>& dataset_scores) {
    for (const auto& input : inputs_) {
      if (auto decoded = input->decode(run, row); !decoded) return decoded;
    }
    for (const auto& decoder : row_decoders_) {
      if (auto decoded = decoder->decode(run, rows); !decoded) return decoded;
    }
    if (id_) {
      if (auto decoded =
              decode_ids(run, *id_, rows.id_hash, keep_ids_ ? &ids_ : nullptr, keep_id_text_ ? &rows.id_text : nullptr);
          !decoded)
        return decoded;
    } else if (keep_ids_) {
      for (std::size_t i = 0; i < static_cast<std::size_t>(run.count); ++i) {
        ids_.integers.push_back(static_cast<std::int64_t>(cursor_.row() + i));
      }
    }
    for (std::size_t i = 0; i < predictions_.size(); ++i) {
      const auto into = [&](auto& scores) { return predictions_[i].columns.decode(run, scores); };
      if (auto decoded = std::visit(into, dataset_scores[i]); !decoded) return decoded;
    }
    rows.rows += static_cast<std::size_t>(run.count);
    return {};
  }

  DatasetSpec dataset_;
  Task task_;
  std::vector<std::string> categories_;
  bool keep_ids_;
  bool keep_id_text_;
  RowCursor cursor_;
  DataFiles files_;
  GoldenBinding binding_;
  std::vector<std::vector<std::vector<std::string>>> expanded_;
  std::vector<std::vector<InputLayout>> layouts_;
  std::vector<std::unique_ptr<InputDecoder>> inputs_;
  std::vector<std::unique_ptr<RowDecoder>> row_decoders_;
  struct DatasetPredictions {
    PredictionColumns columns;
    bool klass;
  };
  std::vector<DatasetPredictions> predictions_;
  std::optional<BoundColumn> id_;
  std::optional<std::size_t> total_;
  IdValues ids_;
};

}  // namespace

Result<std::unique_ptr<GoldenReader>> GoldenReader::open(const GoldenRequest& request) {
  auto reader = std::make_unique<Reader>(request);
  if (auto started = reader->start(request); !started) return std::unexpected(started.error());
  return reader;
}

}  // namespace modelgate
