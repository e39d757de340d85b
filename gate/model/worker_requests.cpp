// SPDX-License-Identifier: Apache-2.0
// What passes between gate and worker after the start: requests, replies, and what goes wrong with them.
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstring>

#include "gate/model/failure_text.hpp"
#include "gate/model/worker_client.hpp"

namespace modelgate {
namespace {

constexpr double look_s = 0.2;  // how often a worker is looked at that is waited for
constexpr std::uint64_t most_threads = 1024;
constexpr double grace_after_hangup_s = 2.0;
constexpr std::chrono::milliseconds quick_reply{1};
constexpr std::uint32_t most_unwatched = 32;  // what a chatty model prints meanwhile fits its pipe

std::string_view hint(const ExitStatus& status) {
  if (status.kind != ExitStatus::Kind::signalled) return "";
  if (status.number == SIGKILL) return " Nobody but the system's out-of-memory killer or a person sends this signal.";
  if (status.number == SIGILL)
    return " The model holds machine code for another CPU than this one; export it on such a CPU as this, or for one "
           "that both have (torch._inductor.config.cpp.march).";
  if (status.number == SIGXFSZ)
    return " It wrote a file that is longer than runtime.memory, into which a package has to fit unpacked; raise it.";
  if (status.number == SIGABRT) return " The model's code gave up, often because memory ran out (runtime.memory).";
  return "";
}

/// Which limit was over and what becomes of it.
std::string_view limit_words(bool life_over, bool request_over) {
  if (life_over) return " (runtime.timeout, the worker's whole life). Raise it where the model rightly takes so long.";
  if (request_over)
    return " (runtime.request_timeout). Raise it where the model rightly takes so long, or lower runtime.chunk; a "
           "model that waits for something will not end under any limit.";
  return ".";
}

constexpr int loader_failed = 127;

constexpr std::string_view torch_words =
    "a live model needs torch, and none that fits this modelgate is installed beside it. Install modelgate's wheel "
    "with its extra, modelgate[torch], or in this environment: pip install torch==" MODELGATE_TORCH
    ". Recorded predictions need none.";

constexpr std::string_view denial_words =
    " Something was denied: a worker's sandbox leaves a model its own file, its inputs and its threads, no other file, "
    "process or connection.";

std::string memory_words(std::uint64_t bytes) {
  return fmt::format(
      " Memory could not be had: runtime.memory allows each worker {} MiB; raise it, or lower "
      "runtime.chunk.",
      bytes >> 20U);
}

}  // namespace

Result<void> WorkerClient::submit(std::size_t slot, std::size_t rows) {
  if (Result<void> ok = usable(); !ok) return ok;
  if (!inputs_ || slot >= inputs_->slots() || rows == 0 || rows > inputs_->max_rows() ||
      in_flight_.size() >= max_in_flight) {
    return internal_error("A request to a worker does not fit its inputs.");
  }
  // Here, too: whoever answers at once is never waited for, and so would never be cancelled.
  if (cancelled()) return fail_cancelled();
  const std::uint64_t sequence = ++sequence_;
  const std::size_t output_slot = sequence % max_in_flight;
  const RunOrder order{static_cast<std::uint32_t>(slot), static_cast<std::uint32_t>(output_slot), rows};
  Result<void> sent = send(MessageKind::run, sequence, encode(order));
  if (sent) in_flight_.push_back({sequence, rows, output_slot});
  return sent;
}

Result<void> WorkerClient::collect(OutputBlock& block) {
  if (Result<void> ok = usable(); !ok) return ok;
  if (in_flight_.empty()) return internal_error("No request to a worker is unanswered.");
  const Request request = in_flight_.front();
  Result<Message> reply =
      receive(MessageKind::result, request.sequence, options_.runtime.request_timeout_s, "computing predictions");
  if (!reply) return std::unexpected(reply.error());
  in_flight_.erase(in_flight_.begin());
  const Result<RunReply> claim = decode_reply(reply->body);
  if (!claim) return fail(Reason::model_crashed, claim.error().message);
  return copy_output(*claim, request, block);
}

Result<void> WorkerClient::request(std::size_t slot, std::size_t rows, OutputBlock& block) {
  if (Result<void> sent = submit(slot, rows); !sent) return sent;
  return collect(block);
}

Result<void> WorkerClient::copy_output(const RunReply& reply, const Request& request, OutputBlock& block) {
  if (reply.type > static_cast<std::uint8_t>(OutputBlock::Type::boolean))
    return fail(Reason::model_crashed, "the worker named an unknown output type.");
  if (reply.rank != 1 && reply.rank != 2) {
    return fail(Reason::wrong_shape,
                fmt::format("the model's output has {} dimensions; [rows], [rows, 1] or [rows, classes] is wanted.",
                            reply.rank));
  }
  if (reply.rows != request.rows) {
    return fail(Reason::wrong_shape,
                fmt::format("the model answered {} rows with an output of {} rows; each row needs its own.",
                            request.rows, reply.rows));
  }
  const auto type = static_cast<OutputBlock::Type>(reply.type);
  const std::uint64_t most_columns = output_slot_bytes_ / (request.rows * size_of(type));
  if (reply.columns == 0 || reply.columns > most_columns || (reply.rank == 1 && reply.columns != 1)) {
    return fail(Reason::wrong_shape,
                fmt::format("the model's output has {} columns; 1 to {} are possible.", reply.columns, most_columns));
  }
  if (const std::uint64_t before = columns_.value_or(reply.columns); before != reply.columns) {
    return fail(Reason::wrong_shape,
                fmt::format("the model's output had {} columns before and has {} now.", before, reply.columns));
  }
  columns_ = reply.columns;
  block.type = type;
  block.rows = request.rows;
  block.columns = reply.columns;
  const std::size_t bytes = request.rows * reply.columns * size_of(type);
  if (block.bytes.size() < bytes) block.bytes.resize(bytes);
  // Copied once: the model may go on writing to the shared memory, but what is judged is this copy.
  std::memcpy(block.bytes.data(), output_.bytes().data() + request.output_slot * output_slot_bytes_, bytes);
  return {};
}

Result<void> WorkerClient::usable() const {
  if (failure_) return std::unexpected(*failure_);
  if (process_.reaped()) return internal_error(options_.who + ": the worker has been ended already.");
  return {};
}

Result<void> WorkerClient::send(MessageKind kind, std::uint64_t sequence, std::string_view body,
                                const std::vector<int>& fds) {
  if (Result<void> ok = usable(); !ok) return ok;
  const Result<void> sent = send_message(socket_.get(), kind, sequence, body, fds);
  if (sent) return {};
  if (sent.error().reason != Reason::timeout) return died("taking an order");
  return fail(Reason::model_crashed, "the worker answers its orders without taking them.");
}

/// No limit of the kernel's holds the threads of one process, and they use up what numbers processes of the whole
/// machine.
Result<void> WorkerClient::count_threads() {
  const Deadline now = std::chrono::steady_clock::now();
  if (now - counted_ < std::chrono::duration<double>(look_s)) return {};
  counted_ = now;
  const std::uint64_t most = most_threads + 4 * static_cast<std::uint64_t>(options_.runtime.threads);
  const std::uint64_t threads = proc_.threads();
  if (threads <= most) return {};
  return fail(Reason::model_crashed,
              fmt::format("the worker runs {} threads; {} at most are let be, whatever the model.", threads, most));
}

Result<void> WorkerClient::wait_for_reply(Deadline deadline, double seconds, std::string_view during) {
  while (true) {
    if (Result<void> few = count_threads(); !few) return few;
    const Process::Event event = process_.wait_for(socket_.get(), std::min(deadline, deadline_in(look_s)));
    if (event == Process::Event::readable) return {};
    if (event == Process::Event::exited) return died(during);
    if (cancelled()) return fail_cancelled();
    if (std::chrono::steady_clock::now() < deadline) continue;
    const bool life_over = deadline >= life_;
    return fail(Reason::timeout, fmt::format("the worker was stopped after {} s while {}{}",
                                             life_over ? options_.runtime.timeout_s : seconds, during,
                                             limit_words(life_over, seconds == options_.runtime.request_timeout_s)));
  }
}

Result<Message> WorkerClient::receive(MessageKind expected, std::uint64_t sequence, double seconds,
                                      std::string_view during) {
  if (Result<void> ok = usable(); !ok) return std::unexpected(ok.error());
  const Deadline begin = std::chrono::steady_clock::now();
  const Deadline deadline = std::min(deadline_in(seconds), life_);
  // Waiting on all of the worker's descriptors costs a fifth of an empty request. Where replies come at once, one call
  // that blocks for a little waits for the reply alone; whatever keeps it that long is then waited for with care.
  const bool blindly = quick_ && unwatched_ < most_unwatched && begin + quick_wait < deadline;
  unwatched_ = blindly ? unwatched_ + 1 : 0;
  Result<std::optional<Message>> received = std::nullopt;
  if (blindly) received = receive_without_fds(socket_.get());
  if (!blindly || (!received && received.error().reason == Reason::timeout)) {
    if (Result<void> waited = wait_for_reply(deadline, seconds, during); !waited)
      return std::unexpected(waited.error());
    received = receive_without_fds(socket_.get());
  }
  quick_ = std::chrono::steady_clock::now() - begin < quick_reply;
  if (!received) return fail(Reason::model_crashed, received.error().message);
  std::optional<Message> message = std::move(*received);
  if (!message) return died(during);
  return check_reply(std::move(*message), expected, sequence, during);
}

Result<Message> WorkerClient::check_reply(Message message, MessageKind expected, std::uint64_t sequence,
                                          std::string_view during) {
  if (message.sequence != sequence || (message.kind != expected && message.kind != MessageKind::failed)) {
    return fail(Reason::model_crashed, fmt::format("the worker answered out of turn while {}.", during));
  }
  if (message.kind == expected) return message;
  const Result<FailReply> reply = decode_fail(message.body);
  if (!reply) return fail(Reason::model_crashed, reply.error().message);
  const Reason reason = reply->wrong_shape   ? Reason::wrong_shape
                        : during == loading_ ? Reason::model_unloadable
                                             : Reason::model_crashed;
  std::string advice;
  if (tells_of_memory(reply->text)) advice = memory_words(options_.runtime.memory_bytes);
  if (advice.empty() && confinement_ && tells_of_denial(reply->text)) advice = denial_words;
  return fail(reason, fmt::format("{} failed:{} {}", during, advice, cause_first(reply->text)));
}

std::unexpected<Error> WorkerClient::fail(Reason reason, std::string_view message) {
  peak_rss_bytes();
  process_.kill();
  std::string text = fmt::format("{}: {}", options_.who, message);
  if (const std::string words = printed(); !words.empty()) text += fmt::format(" It printed: {}", words);
  failure_ = Error{ErrorKind::model, reason, std::move(text)};
  return std::unexpected(*failure_);
}

bool WorkerClient::cancelled() const { return options_.cancel != nullptr && options_.cancel->load(); }

std::unexpected<Error> WorkerClient::fail_cancelled() { return fail(Reason::cancelled, "the run was cancelled."); }

std::unexpected<Error> WorkerClient::died(std::string_view during) {
  peak_rss_bytes();
  const bool ended = process_.wait_for(-1, deadline_in(grace_after_hangup_s)) == Process::Event::exited;
  const ExitStatus status = process_.kill();
  const std::string how = ended ? status.text() : "closed its connection";
  const Reason reason = during == loading_ ? Reason::model_unloadable : Reason::model_crashed;
  // Before its first answer: the order to load, the first of all, may find the worker dead already.
  if (sequence_ <= 1 && status.kind == ExitStatus::Kind::exited && status.number == loader_failed) {
    complaint_ = loader_complaint(printed());
    if (!complaint_.empty()) return fail(Reason::model_unloadable, fmt::format("{} ({}.)", torch_words, complaint_));
  }
  std::string advice(ended ? hint(status) : "");
  if (tells_of_memory(printed())) advice = memory_words(options_.runtime.memory_bytes);
  return fail(reason, fmt::format("the worker {} while {}.{}", how, during, advice));
}

}  // namespace modelgate
