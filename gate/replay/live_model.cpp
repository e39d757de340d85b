// SPDX-License-Identifier: Apache-2.0
#include "gate/replay/live_model.hpp"

#include <fmt/format.h>

#include <exception>

namespace modelgate {

LiveModel::LiveModel(const Plan& plan, Role role, const std::string& worker_program, const std::atomic<bool>& stop)
    : spec_(plan.model(role)), role_(role), rule_{plan.task, spec_.output, spec_.output.classes.size()} {
  predictions_.present = true;
  record_ = {true, spec_.written, {}, spec_.version, std::string(model_origin(spec_.path))};
  note(open(plan, worker_program, stop));
}

Result<void> LiveModel::open(const Plan& plan, const std::string& worker_program, const std::atomic<bool>& stop) {
  Result<ModelFile> file = open_model(spec_.path);
  if (!file) return std::unexpected(file.error());
  file_ = std::move(*file);
  WorkerOptions options;
  options.who = to_string(role_);
  options.runtime = plan.runtime;
  options.program = worker_program;
  options.profiling = false;
  options.cancel = &stop;
  Result<std::unique_ptr<WorkerClient>> client = WorkerClient::start(std::move(options));
  if (!client) return std::unexpected(client.error());
  client_ = std::move(*client);
  return {};
}

void LiveModel::order_load() {
  if (!failed()) note(check_and_load());
}

Result<void> LiveModel::check_and_load() {
  stamp_ = stamp_of(file_.fd.get());
  Result<std::string> digest = pinned_digest(file_, spec_, role_);
  if (!digest) return std::unexpected(digest.error());
  record_.sha256 = *digest;
  Result<std::string> signer = checked_signer(spec_, role_, *digest);
  if (!signer) return std::unexpected(signer.error());
  record_.signed_by = std::move(*signer);
  return client_->load(file_, spec_.output);
}

void LiveModel::feed(ChunkRing& ring, std::size_t reader, const std::shared_ptr<InputBuffers>& inputs) {
  try {
    if (!failed()) note(run(ring, reader, inputs));
  } catch (const std::exception& error) {  // no memory for this model's outputs: the other model's results stand
    note(model_error(Reason::internal,
                     fmt::format("{}: the gate could not take in its outputs: {}.", to_string(role_), error.what())));
  }
  if (client_) {
    facts_.confinement = client_->confinement();
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
  OutputBlock block;
  std::size_t unanswered = 0;
  while (true) {
    // A second request waits in the worker's socket while it computes the first, so that it never idles.
    std::optional<ChunkRing::Chunk> chunk;
    if (unanswered < WorkerClient::max_in_flight)
      chunk = unanswered == 0 ? ring.next(reader) : ring.next_if_ready(reader);
    if (chunk) {
      if (Result<void> sent = client_->submit(chunk->slot, chunk->rows); !sent) return sent;
      ++unanswered;
      continue;
    }
    if (unanswered == 0) return {};
    if (Result<void> answered = client_->collect(block); !answered) return answered;
    --unanswered;
    ring.done(reader);
    if (Result<void> read = append_outputs(block, rule_, who, predictions_); !read) return read;
  }
}

void LiveModel::note(const Result<void>& result) {
  if (!result && !predictions_.error) predictions_.error = result.error();
}

}  // namespace modelgate
