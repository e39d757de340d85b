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

namespace modelgate {
namespace {

// Rows go to the shards in turn, this many at a time: even shares without knowing the number of rows.
constexpr std::size_t shard_rows = 64;
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
        shard_(request.shard),
        shards_(request.shards) {}

  Result<void> start(const GoldenRequest& request) {
    constexpr std::array formats{DataFormat::parquet, DataFormat::csv, DataFormat::npz};
    auto found = find_data_files("The dataset", dataset_.path, dataset_.written, formats);
    if (!found) return std::unexpected(found.error());
    files_ = std::move(*found);
    for (std::size_t i = 0; i < files_.paths.size(); ++i) {
      if (auto checked = check_file(request, i); !checked) return checked;
    }
    if (auto made = make_inputs(request); !made) return made;
    return make_rows(request);
  }

  const std::vector<std::vector<InputLayout>>& layouts() const override { return layouts_; }
  const std::vector<std::vector<std::vector<std::string>>>& expanded_columns() const override { return expanded_; }
  std::optional<std::size_t> total_rows() const override {
    return total_ ? std::optional(share(*total_)) : std::nullopt;
  }
  const std::vector<std::string>& files() const override { return files_.paths; }
  IdValues take_ids() override { return std::exchange(ids_, {}); }

  Result<std::size_t> next(std::size_t max_rows, const ChunkBuffers& buffers, RowColumns& rows,
                           std::vector<Scores>& dataset_scores) override {
    if (auto begun = begin_chunk(max_rows, buffers, rows, dataset_scores); !begun)
      return std::unexpected(begun.error());
    std::size_t done = 0;
    while (done < max_rows) {
      const auto more = advance();
      if (!more) return std::unexpected(more.error());
      if (!*more) break;
      const auto count = next_run(max_rows - done);
      Run run{*batch_, position_, count, files_.paths[file_], files_.format, file_row_};
      for (const auto& input : inputs_) run.count = std::min(run.count, input->fitting(run));
      if (run.count == 0 && done == 0) {
        return data_error(
            fmt::format("{}, row {}: the row's texts are larger than a chunk; set runtime.chunk: 1 or shorten them.",
                        run.file, file_row_ + 1));
      }
      if (run.count == 0) break;
      if (auto decoded = decode(run, done, rows, dataset_scores); !decoded) return std::unexpected(decoded.error());
      done += static_cast<std::size_t>(run.count);
      skip(run.count);
    }
    for (const auto& input : inputs_) input->end(done);
    return done;
  }

  Result<void> finish(RowColumns& rows) override {
    if (row_ == 0)
      return data_error(fmt::format("{} has zero rows; nothing can be judged on it.", dataset_words(dataset_)));
    if (total_ && rows.rows != share(*total_)) {
      return data_error(fmt::format("{} says it has {} rows, but {} could be read; the file is damaged. Write it anew.",
                                    dataset_words(dataset_), share(*total_), rows.rows));
    }
    if (row_ < dataset_.min_rows) {
      return data_error(fmt::format("{} has {} rows; dataset.min_rows asks for {}.", dataset_words(dataset_), row_,
                                    dataset_.min_rows));
    }
    for (const auto& decoder : row_decoders_) {
      if (auto finished = decoder->finish(rows); !finished) return finished;
    }
    const auto twice = HashIndex(rows.id_hash).duplicate();
    if (!twice) return {};
    return data_error(fmt::format("Column {}: {} and {} have the same id. Give every golden row an id of its own.",
                                  dataset_.id, row_words(twice->first), row_words(twice->second)));
  }

 private:
  Result<void> check_file(const GoldenRequest& request, std::size_t index) {
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
    if (index > 0) return {};
    binding_.columns.fix_types(*types);
    source_ = std::move(*source);
    return {};
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
    if (row_ > 0 || rows.rows > 0) return {};
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
      reserve(rows, dataset_scores, std::min<std::size_t>(share(*total_), most_reserved));
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

  /// Makes position_ point at a row to give, or says that there is none left.
  Result<bool> advance() {
    while (true) {
      while (!batch_ || position_ == batch_->num_rows()) {
        auto next_batch = read_batch();
        if (!next_batch) return std::unexpected(next_batch.error());
        if (!*next_batch) return false;
      }
      const auto block = row_ / shard_rows;
      if (shards_ == 0 || block % shards_ == shard_ - 1) return true;
      const auto rest = static_cast<std::int64_t>((block + 1) * shard_rows - row_);
      skip(std::min(rest, batch_->num_rows() - position_));
    }
  }

  Result<bool> read_batch() {
    if (!source_ && file_ + 1 == files_.paths.size()) return false;
    if (!source_) {
      ++file_;
      file_row_ = 0;
      auto source = TableSource::open(files_.paths[file_], files_.format);
      if (!source) return std::unexpected(source.error());
      if (auto types = (*source)->select(binding_.columns.needs()); !types) return std::unexpected(types.error());
      source_ = std::move(*source);
    }
    if (file_starts_.size() == file_) file_starts_.push_back(row_);
    auto batch = source_->next();
    if (!batch) return std::unexpected(batch.error());
    batch_ = std::move(*batch);
    position_ = 0;
    if (!batch_) source_.reset();
    return batch_ || file_ + 1 < files_.paths.size();
  }

  std::int64_t next_run(std::size_t most) const {
    auto count = std::min(most, static_cast<std::size_t>(batch_->num_rows() - position_));
    if (shards_ > 0) count = std::min(count, shard_rows - row_ % shard_rows);
    return static_cast<std::int64_t>(count);
  }

  void skip(std::int64_t count) {
    position_ += count;
    file_row_ += static_cast<std::size_t>(count);
    row_ += static_cast<std::size_t>(count);
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
        ids_.integers.push_back(static_cast<std::int64_t>(row_ + i));
      }
    }
    for (std::size_t i = 0; i < predictions_.size(); ++i) {
      const auto into = [&](auto& scores) { return predictions_[i].columns.decode(run, scores); };
      if (auto decoded = std::visit(into, dataset_scores[i]); !decoded) return decoded;
    }
    rows.rows += static_cast<std::size_t>(run.count);
    return {};
  }

  /// Of so many golden rows, those that this shard gives.
  std::size_t share(std::size_t rows) const {
    if (shards_ == 0) return rows;
    const auto cycle = shards_ * shard_rows;
    const auto rest = rows % cycle;
    const auto before = (shard_ - 1) * shard_rows;
    return rows / cycle * shard_rows + (rest > before ? std::min(rest - before, shard_rows) : 0);
  }

  /// "a.parquet, row 17" for the index-th row given.
  std::string row_words(std::size_t index) const {
    auto row = index;
    if (shards_ > 0) row = ((index / shard_rows) * shards_ + shard_ - 1) * shard_rows + index % shard_rows;
    const auto file = static_cast<std::size_t>(std::ranges::upper_bound(file_starts_, row) - file_starts_.begin()) - 1;
    return fmt::format("{}, row {}", files_.paths[file], row - file_starts_[file] + 1);
  }

  DatasetSpec dataset_;
  Task task_;
  std::vector<std::string> categories_;
  bool keep_ids_;
  bool keep_id_text_;
  std::size_t shard_;
  std::size_t shards_;
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
  std::unique_ptr<TableSource> source_;
  std::shared_ptr<arrow::RecordBatch> batch_;
  std::int64_t position_ = 0;  // next row of batch_
  std::size_t file_ = 0;
  std::size_t file_row_ = 0;  // next row of the file
  std::size_t row_ = 0;       // next golden row
  std::vector<std::size_t> file_starts_;
};

}  // namespace

Result<std::unique_ptr<GoldenReader>> GoldenReader::open(const GoldenRequest& request) {
  auto reader = std::make_unique<Reader>(request);
  if (auto started = reader->start(request); !started) return std::unexpected(started.error());
  return reader;
}

}  // namespace modelgate
