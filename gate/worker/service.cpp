// SPDX-License-Identifier: Apache-2.0
#include "gate/worker/service.hpp"

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "gate/sandbox/confine.hpp"
#include "gate/sandbox/isolation.hpp"
#include "gate/wire/message.hpp"
#include "gate/wire/shared_memory.hpp"
#include "gate/worker/aoti_model.hpp"
#include "gate/worker/input_slots.hpp"
#include "gate/worker/slowdown.hpp"
#include "gate/worker/torch_model.hpp"

namespace modelgate {
namespace {

/// What an order came to: a reply's kind and body.
struct Answer {
  MessageKind kind = MessageKind::failed;
  std::string body;
};

Answer failed(std::string text, bool wrong_shape = false) {
  return {MessageKind::failed, encode(FailReply{wrong_shape, std::move(text)})};
}

class Service {
 public:
  /// Shuts this process in before a byte of the model is read, and tells the gate what holds. False where that is less
  /// than the order accepts: then the model stays closed, and the gate ends us.
  bool shut_in(const Message& message, int socket) {
    const Result<LoadOrder> order = decode_load(message.body);
    if (!order || message.fds.size() != 1) return true;  // load() refuses it
    if (!order->scratch.empty() && ::setenv("TMPDIR", order->scratch.c_str(), 1) != 0) return false;
    const Confinement held = confine({.model = message.fds[0].get(), .scratch = order->scratch, .gpu = order->cuda});
    filtered_ = held.seccomp;
    return send_message(socket, MessageKind::confined, message.sequence, encode(held)).has_value() &&
           level_of(held) >= order->least;
  }

  Answer load(const Message& message) {
    const Result<LoadOrder> order = decode_load(message.body);
    if (!order || message.fds.size() != 1) return failed("The order to load is malformed.");
    const int fd = message.fds[0].get();
    auto model = order->native ? load_aotinductor(fd, *order, filtered_) : load_torchscript(fd, *order);
    if (!model) return failed(model.error().text, model.error().wrong_shape);
    model_ = std::move(*model);
    if (order->instrumented) slowdown_.emplace(order->slowdown);
    return {MessageKind::ready, torch_version()};
  }

  Answer attach(const Message& message) {
    Result<AttachOrder> order = decode_attach(message.body);
    if (!order || message.fds.size() != 2) return failed("The order to attach is malformed.");
    output_slots_ = order->output_slots;
    output_slot_bytes_ = order->output_slot_bytes;
    const Result<std::size_t> size = sealed_size(message.fds[1].get());
    if (!size || *size < output_slots_ * output_slot_bytes_) return failed("The outputs' shared memory is too small.");
    Result<Mapping> output = Mapping::map(message.fds[1].get(), *size, Mapping::Access::shared_write);
    if (!output) return failed(output.error().message);
    Result<InputSlots> inputs = InputSlots::attach(message.fds[0].get(), std::move(*order));
    if (!inputs) return failed(inputs.error().message);
    output_ = std::move(*output);
    inputs_ = std::move(*inputs);
    return {MessageKind::attached, {}};
  }

  Answer describe() const {
    if (!model_) return failed("There is no model to describe.");
    const auto description = model_->describe();
    if (!description) return failed(description.error().text);
    return {MessageKind::description, encode(*description)};
  }

  Answer run(const Message& message) {
    const Result<RunOrder> order = decode_run(message.body);
    if (!order || !model_ || !inputs_ || order->output_slot >= output_slots_)
      return failed("The order to run is malformed.");
    const auto views = inputs_->view(order->slot, order->rows);
    if (!views) return failed(views.error().message);
    const auto output = output_.bytes().subspan(order->output_slot * output_slot_bytes_, output_slot_bytes_);
    const auto reply = model_->run(*views, order->rows, output);
    if (slowdown_) slowdown_->pay();
    if (!reply) return failed(reply.error().text, reply.error().wrong_shape);
    return {MessageKind::result, encode(*reply)};
  }

  /// After the answer has left, so that nobody waits for it.
  void tidy() {
    if (inputs_) inputs_->release();
  }

 private:
  bool filtered_ = false;
  std::unique_ptr<LoadedModel> model_;
  std::optional<Slowdown> slowdown_;
  std::optional<InputSlots> inputs_;
  Mapping output_;
  std::size_t output_slots_ = 0;
  std::size_t output_slot_bytes_ = 0;
};

Answer obey(Service& service, const Message& message) {
  switch (message.kind) {
    case MessageKind::load: return service.load(message);
    case MessageKind::attach: return service.attach(message);
    case MessageKind::run: return service.run(message);
    case MessageKind::describe: return service.describe();
    case MessageKind::ping: return {MessageKind::pong, {}};
    default: return failed("An order of an unknown kind.");
  }
}

}  // namespace

int serve(int socket, const TorchSettings& settings) {
  Service service;
  bool configured = false;
  while (true) {
    Result<std::optional<Message>> received = receive_message(socket);
    if (!received) return 1;
    std::optional<Message> message = std::move(*received);
    if (!message || message->kind == MessageKind::quit) return 0;
    if (message->kind == MessageKind::load) {
      if (!service.shut_in(*message, socket)) continue;
      if (!std::exchange(configured, true)) configure_torch(settings.threads, settings.profiling);
    }
    const Answer answer = obey(service, *message);
    message->fds.clear();  // mapped or read by now
    if (!send_message(socket, answer.kind, message->sequence, answer.body)) return 1;
    service.tidy();
  }
}

}  // namespace modelgate
