// SPDX-License-Identifier: Apache-2.0
#include "gate/replay/replay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <thread>

#include "gate/integrity/digest.hpp"
#include "gate/model/input_buffers.hpp"
#include "gate/replay/chunk_ring.hpp"
#include "gate/replay/live_model.hpp"
#include "gate/replay/other_sources.hpp"
#include "gate/replay/pins.hpp"

namespace modelgate {
namespace {

constexpr std::size_t ring_bytes = std::size_t{32} << 20;  // decoding goes on while the workers start; fresh pages cost
constexpr std::size_t least_slots = 3;
constexpr std::size_t most_slots = 128;
constexpr std::size_t rows_without_inputs = 65'536;
constexpr double wait_s = 0.1;
constexpr std::string_view again_phase = "asking again";

std::unexpected<Error> cancelled() {
  return std::unexpected(Error{ErrorKind::internal, Reason::cancelled, "The run was cancelled."});
}

DatasetSpec inputs_and_ids(DatasetSpec dataset) {
  dataset.label.columns.clear();
  dataset.weight.clear();
  dataset.cluster.clear();
  dataset.query.clear();
  return dataset;
}

/// One replay from the first fork to the last row.
class Replay {
 public:
  Replay(const Plan& plan, const ReplayNeeds& needs, Progress& progress, const ReplayHost& host)
      : plan_(plan), needs_(needs), progress_(progress), host_(host), dataset_(plan.dataset) {
    if (!needs.labels) dataset_ = inputs_and_ids(std::move(dataset_));
  }

  Result<ReplayResult> run() {
    start_models();  // first of all: a worker takes longer to start than the gate to open the data
    Result<void> opened = open_data();
    if (!opened) return std::unexpected(opened.error());
    auto digest = std::async(std::launch::async, [files = reader_->files()] { return sha256_files(files); });
    for (LiveModel& model : live_) model.order_load();
    auto recorded = read_recorded_models();
    Result<void> streamed = stream();
    if (streamed && !needs_.repeat.empty()) streamed = repeat_again();
    const Result<std::string> sha256 = digest.get();
    if (!streamed) return std::unexpected(streamed.error());
    if (!sha256) return std::unexpected(sha256.error());
    if (Result<void> same = reader_->check_unchanged(); !same) return std::unexpected(same.error());
    result_.dataset_sha256 = *sha256;
    if (Result<void> pinned = check_dataset_pin(dataset_, *sha256); !pinned) return std::unexpected(pinned.error());
    collect_models(std::move(recorded));
    return std::move(result_);
  }

 private:
  struct Recorded {
    Role role = Role::candidate;
    ModelRecord record;
    Result<RecordedPredictions> predictions;
  };

  bool wanted(Role role, ModelSource source) const {
    return plan_.model(role).source == source && (!needs_.only || *needs_.only == role);
  }

  void start_models() {
    live_.reserve(both_roles.size());  // threads keep addresses
    for (const Role role : both_roles) {
      if (!wanted(role, ModelSource::live)) continue;
      live_.emplace_back(plan_, role, host_.worker_program, stop_);
      input_set_.push_back(set_of(plan_.model(role).inputs));
    }
  }

  std::size_t set_of(const std::vector<InputSpec>& inputs) {
    const auto known = std::ranges::find(input_sets_, inputs);
    const auto index = static_cast<std::size_t>(known - input_sets_.begin());
    if (known == input_sets_.end()) input_sets_.push_back(inputs);
    return index;
  }

  Result<void> open_data() {
    GoldenRequest request{dataset_, plan_.task, {}, needs_.category_columns, input_sets_, {}};
    request.keep_ids = needs_.keep_ids;
    request.keep_id_text = needs_.labels && plan_.reports.row_evidence == RowEvidence::plain;
    request.shard = needs_.shard;
    request.shards = needs_.shards;
    for (const Role role : both_roles) {
      if (request.class_names.empty()) request.class_names = plan_.model(role).output.classes;
      if (!wanted(role, ModelSource::dataset)) continue;
      request.prediction_columns.push_back(plan_.model(role).columns);
      request.prediction_kinds.push_back(plan_.model(role).output.kind);
    }
    Result<std::unique_ptr<GoldenReader>> reader = host_.open_reader(request);
    if (!reader) return std::unexpected(reader.error());
    reader_ = std::move(*reader);
    result_.dataset_files = reader_->files();
    result_.table.task = plan_.task;
    dataset_scores_.resize(request.prediction_columns.size());
    return make_buffers();
  }

  Result<void> make_buffers() {
    const auto& layouts = reader_->layouts();
    chunk_rows_ = plan_.runtime.chunk != 0 ? plan_.runtime.chunk : auto_chunk_rows(layouts);
    if (live_.empty() && plan_.runtime.chunk == 0) chunk_rows_ = rows_without_inputs;
    if (const auto total = reader_->total_rows()) chunk_rows_ = std::min(chunk_rows_, std::max<std::size_t>(*total, 1));
    std::size_t row_of_slots = 1;
    for (const auto& set : layouts) row_of_slots += plan_slot(set, chunk_rows_).slot_bytes;
    slots_ = std::clamp(ring_bytes / row_of_slots, least_slots, most_slots);
    for (const auto& set : layouts) {
      Result<std::shared_ptr<InputBuffers>> buffers = InputBuffers::create(set, slots_, chunk_rows_);
      if (!buffers) return std::unexpected(buffers.error());
      inputs_.push_back(std::move(*buffers));
    }
    return {};
  }

  std::vector<std::future<Recorded>> read_recorded_models() {
    std::vector<std::future<Recorded>> reading;
    for (const Role role : both_roles) {
      if (!wanted(role, ModelSource::recorded)) continue;
      reading.push_back(std::async(std::launch::async, [this, role] {
        const ModelSpec& spec = plan_.model(role);
        ModelRecord record{true, spec.written, {}, spec.version, "recorded predictions"};
        Result<RecordedPredictions> predictions = read_recorded(plan_, role, record);
        return Recorded{role, std::move(record), std::move(predictions)};
      }));
    }
    return reading;
  }

  Result<void> stream() {
    ChunkRing ring(slots_, live_.size());
    if (!needs_.repeat.empty()) {
      for (LiveModel& model : live_) model.ask_twice(slots_, chunk_rows_, needs_.repeat);
    }
    std::vector<std::jthread> threads;
    // Destroyed before the threads are joined: an exception on the way, be it that one of them could not be started,
    // must not leave them waiting for rows.
    struct Release {
      ChunkRing& ring;
      std::atomic<bool>& stop;
      ~Release() {
        stop = true;
        ring.abandon();
      }
    } const release{ring, stop_};
    threads.reserve(live_.size());
    for (std::size_t i = 0; i < live_.size(); ++i) {
      threads.emplace_back([this, &ring, i] { live_[i].feed(ring, i, inputs_[input_set_[i]]); });
    }
    Result<void> decoded = decode(ring);
    if (decoded) {
      ring.close();
      decoded = reader_->finish(result_.table.rows);
    }
    if (!decoded) ring.abandon();
    stop_ = !decoded;  // workers need not answer any more
    while (!ring.wait_for_readers(wait_s)) {
      tell_progress(ring.rows_done());
      if (is_cancelled()) stop_ = true;
    }
    if (decoded && is_cancelled()) decoded = cancelled();
    progress_.finish("replay");
    return decoded;
  }

  void tell_progress(std::size_t rows_done) {
    const bool answered = result_.table.rows.rows > 0 && rows_done == result_.table.rows.rows;
    if (answered && !needs_.repeat.empty())
      progress_.update(again_phase, rows_done, std::nullopt);
    else
      progress_.update("replay", rows_done, reader_->total_rows());
  }

  /// A second worker for each model: what the first one answers over and over may still be chance or its own past.
  Result<void> repeat_again() {
    stop_ = false;
    for (LiveModel& model : live_) model.start_again();
    std::vector<std::future<void>> running;
    running.reserve(live_.size());
    for (std::size_t i = 0; i < live_.size(); ++i)
      running.push_back(std::async(std::launch::async, [this, i] { live_[i].repeat_again(inputs_[input_set_[i]]); }));
    for (std::future<void>& one : running) {
      while (one.wait_for(std::chrono::duration<double>(wait_s)) != std::future_status::ready) {
        tell_progress(result_.table.rows.rows);
        if (is_cancelled()) stop_ = true;
      }
    }
    progress_.finish(again_phase);
    return is_cancelled() ? cancelled() : Result<void>{};
  }

  Result<void> decode(ChunkRing& ring) {
    ChunkBuffers buffers(inputs_.size());
    while (true) {
      const std::optional<std::size_t> slot = ring.acquire(wait_s);
      if (is_cancelled()) return cancelled();
      progress_.update("replay", ring.rows_done(), reader_->total_rows());
      if (!slot) continue;
      for (std::size_t set = 0; set < inputs_.size(); ++set) buffers[set] = inputs_[set]->slot(*slot);
      const Result<std::size_t> rows = reader_->next(chunk_rows_, buffers, result_.table.rows, dataset_scores_);
      if (!rows) return std::unexpected(rows.error());
      if (*rows == 0) return {};
      ring.publish(*rows);
    }
  }

  void collect_models(std::vector<std::future<Recorded>> recorded) {
    for (LiveModel& model : live_) {
      const std::size_t index = index_of(model.role());
      result_.models[index] = model.record();
      result_.workers[index] = model.worker();
      result_.table.repeated[index] = model.repeated();
      result_.table.models[index] = model.take_predictions();
    }
    for (std::future<Recorded>& reading : recorded) {
      Recorded read = reading.get();
      place(read.role, join_recorded(std::move(read.predictions), std::move(read.record), result_.table.rows,
                                     result_.dataset_sha256, plan_.model(read.role).written));
    }
    std::size_t next = 0;
    for (const Role role : both_roles) {
      if (wanted(role, ModelSource::dataset))
        place(role, from_dataset(plan_, role, std::move(dataset_scores_[next++]), result_.table.rows.rows));
    }
    if (needs_.labels) align_classes(plan_, result_.table);  // else there is no order but each model's own
    if (needs_.keep_ids) result_.ids = reader_->take_ids();
    for (const Role role : both_roles) {
      auto warning = unproven_warning(role, result_.table.models[index_of(role)], result_.models[index_of(role)]);
      if (warning) result_.warnings.push_back(std::move(*warning));
    }
  }

  void place(Role role, SourcedPredictions sourced) {
    result_.table.models[index_of(role)] = std::move(sourced.predictions);
    result_.models[index_of(role)] = std::move(sourced.record);
  }

  bool is_cancelled() const { return host_.cancel != nullptr && host_.cancel->load(); }

  const Plan& plan_;
  const ReplayNeeds& needs_;
  Progress& progress_;
  const ReplayHost& host_;
  DatasetSpec dataset_;
  std::atomic<bool> stop_ = false;
  std::vector<LiveModel> live_;
  std::vector<std::size_t> input_set_;  // of live_[i]
  std::vector<std::vector<InputSpec>> input_sets_;
  std::unique_ptr<GoldenReader> reader_;
  std::vector<std::shared_ptr<InputBuffers>> inputs_;  // by input set
  std::size_t chunk_rows_ = 0;
  std::size_t slots_ = 0;
  std::vector<Scores> dataset_scores_;
  ReplayResult result_;
};

}  // namespace

Result<ReplayResult> replay(const Plan& plan, const ReplayNeeds& needs, Progress& progress, const ReplayHost& host) {
  return Replay(plan, needs, progress, host).run();
}

}  // namespace modelgate
