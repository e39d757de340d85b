// SPDX-License-Identifier: Apache-2.0
#include "gate/replay/live_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <exception>

namespace modelgate {

LiveModel::LiveModel(const Plan& plan, Role role, const std::string& worker_program, const std::atomic<bool>& stop)
    : spec_(plan.model(role)),
      role_(role),
      rule_{plan.task, spec_.output, spec_.output.classes.size()},
      seed_(plan.runtime.seed) {
  predictions_.present = true;
  record_ = {true, spec_.written, {}, spec_.version, std::string(model_origin(spec_.path))};
  options_.who = to_string(role_);
  options_.runtime = plan.runtime;
  options_.program = worker_program;
  options_.profiling = false;
  options_.cancel = &stop;
  note(open());
}

Result<void> LiveModel::open() {
  Result<ModelFile> file = open_model(spec_.path);
  if (!file) return std::unexpected(file.error());
  file_ = std::move(*file);
  started_s_ = clock_.now_s();
  Result<std::unique_ptr<WorkerClient>> client = WorkerClient::start(options_);
  if (!client) return std::unexpected(client.error());
  client_ = std::move(*client);
  return {};
}

void LiveModel::order_load() {
  if (!failed()) note(check_and_load());
}

Result<void> LiveModel::check_and_load() {
  stamp_ = stamp_of(file_.fd.get());
  if (Result<void> held = hold_to_pins(file_, spec_, role_, record_); !held) return held;
  return client_->load(file_, spec_.output);
}

void LiveModel::ask_twice(std::size_t slots, std::size_t rows, std::span<const SameWithin> same) {
  repeater_.emplace(slots, rows, same, seed_);
}

void LiveModel::feed(ChunkRing& ring, std::size_t reader, const std::shared_ptr<InputBuffers>& inputs) {
  try {
    if (!failed()) note(run(ring, reader, inputs));
    if (!failed()) repeat({}, false);
    if (!failed()) note(check_unchanged(file_, stamp_, spec_, role_));  // a package may have been read anew meanwhile
  } catch (const std::exception& error) {  // no memory for this model's outputs: the other model's results stand
    note(model_error(Reason::internal,
                     fmt::format("{}: the gate could not take in its outputs: {}.", to_string(role_), error.what())));
  }
  if (client_) {
    facts_.confinement = client_->opened_in();
    facts_.busy_s = client_->cpu_s().value_or(0.0);
    client_->quit();
    facts_.peak_rss_bytes = client_->peak_rss_bytes();
    facts_.printed = client_->printed();
    client_.reset();
  }
  ring.leave(reader);
}

Result<void> LiveModel::run(ChunkRing& ring, std::size_t reader, const std::shared_ptr<InputBuffers>& inputs) {
  const Result<WorkerReady> ready = client_->ready();
  if (!ready) return std::unexpected(ready.error());
  if (Result<void> same = check_unchanged(file_, stamp_, spec_, role_); !same) return same;
  facts_.start_s = ready->start_s;
  facts_.load_s = ready->load_s;
  facts_.runtime = ready->runtime;
  if (Result<void> attached = client_->attach(inputs); !attached) return attached;
  const std::string who(to_string(role_));
  const double begin = clock_.now_s();
  OutputBlock block;
  std::deque<std::size_t> unanswered;  // their slots, oldest first
  while (true) {
    // A second request waits in the worker's socket while it computes the first, so that it never idles.
    std::optional<ChunkRing::Chunk> chunk;
    if (unanswered.size() < WorkerClient::max_in_flight)
      chunk = unanswered.empty() ? wait_for_chunk(ring, reader) : ring.next_if_ready(reader);
    if (chunk) {
      if (Result<void> sent = client_->submit(chunk->slot, chunk->rows); !sent) return sent;
      unanswered.push_back(chunk->slot);
      continue;
    }
    fed_s_ = clock_.now_s() - begin;
    if (unanswered.empty()) return {};
    if (Result<void> answered = client_->collect(block); !answered) return answered;
    if (repeater_) repeater_->first(unanswered.front(), block);
    unanswered.pop_front();
    ring.done(reader);
    if (Result<void> read = append_outputs(block, rule_, who, predictions_); !read) return read;
  }
}

/// The ring gives no rows while the other model is behind: one that hangs is not to use up this one's life, too.
std::optional<ChunkRing::Chunk> LiveModel::wait_for_chunk(ChunkRing& ring, std::size_t reader) {
  const double begin = clock_.now_s();
  auto chunk = ring.next(reader);
  const double waited_s = clock_.now_s() - begin;
  client_->prolong(waited_s);
  started_s_ += waited_s;
  return chunk;
}

void LiveModel::repeat(const RepeatBounds& wanted, bool fresh) {
  if (!repeater_) return;
  constexpr double least_s = 5.0;
  constexpr double most_s = 60.0;
  // Half of what the worker still has to live, so that no repetition ends by its death.
  const double left = (options_.runtime.timeout_s - (clock_.now_s() - started_s_)) / 2.0;
  RepeatBounds bounds = wanted;
  bounds.seconds = std::min(std::clamp(fed_s_, least_s, most_s), left);
  bounds.most_seconds = left;
  const auto ask = [this](std::size_t slot, std::size_t rows, OutputBlock& answer) {
    return client_->request(slot, rows, answer);
  };
  try {
    repeater_->repeat(ask, bounds, clock_, fresh);
  } catch (const std::exception& error) {  // no memory: what the first answers were worth stands
    not_repeated_ =
        Error{ErrorKind::model, Reason::internal,
              fmt::format("{}: the gate could not take in its repeated outputs: {}.", to_string(role_), error.what())};
  }
}

void LiveModel::start_again() {
  if (failed() || !repeater_ || repeater_->failed() || not_repeated_) return;
  started_s_ = clock_.now_s();
  Result<std::unique_ptr<WorkerClient>> client = WorkerClient::start(options_);
  const Result<void> ordered = client ? (*client)->load(file_, spec_.output) : std::unexpected(client.error());
  if (!ordered) not_repeated_ = ordered.error();
  if (client) client_ = std::move(*client);
}

Result<void> LiveModel::attach_again(const std::shared_ptr<InputBuffers>& inputs) {
  const Result<WorkerReady> ready = client_->ready();
  if (!ready) return std::unexpected(ready.error());
  if (Result<void> same = check_unchanged(file_, stamp_, spec_, role_); !same) return same;
  return client_->attach(inputs);
}

void LiveModel::repeat_again(const std::shared_ptr<InputBuffers>& inputs) {
  if (!client_) return;
  if (!not_repeated_) {
    if (const Result<void> attached = attach_again(inputs); attached)
      repeat({.passes = 1, .least_answers = 1}, true);
    else
      not_repeated_ = attached.error();
    if (const Result<void> same = check_unchanged(file_, stamp_, spec_, role_); !same && !not_repeated_)
      not_repeated_ = same.error();
  }
  client_->quit();
  client_.reset();
}

std::vector<RepeatedOutputs> LiveModel::repeated() const {
  if (failed() || !repeater_) return {};
  std::vector<RepeatedOutputs> found = repeater_->found();
  for (RepeatedOutputs& one : found)
    if (!one.error) one.error = not_repeated_;
  return found;
}

void LiveModel::note(const Result<void>& result) {
  if (!result && !predictions_.error) predictions_.error = result.error();
}

}  // namespace modelgate
