// SPDX-License-Identifier: Apache-2.0
// A worker as a hostile model could make it: its name (a link to this program) says how it misbehaves.
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "gate/wire/message.hpp"

using namespace modelgate;

namespace {

/// Threads that need next to no memory, and no end of them.
void swarm() {
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, std::size_t{64} * 1024);
  const auto sleeps = [](void*) -> void* {
    while (true) ::pause();
  };
  pthread_t thread{};
  for (int i = 0; i < 3000; ++i) pthread_create(&thread, &small, sleeps, nullptr);
  ::pause();
}

void answer_run(std::string_view mode, const Message& message) {
  const auto order = decode_run(message.body);
  const std::uint64_t rows = order ? order->rows : 0;
  std::uint64_t sequence = message.sequence;
  RunReply reply{0, 1, rows, 1};
  if (mode == "sequence") ++sequence;
  if (mode == "columns") reply = {0, 2, rows, 1ULL << 62};
  if (mode == "overflow") reply = {1, 2, rows, (1ULL << 61) / (rows + 1)};
  if (mode == "type") reply.type = 99;
  if (mode == "rows") reply.rows = rows + 1;
  if (mode == "kind") return static_cast<void>(send_message(worker_socket_fd, MessageKind::pong, sequence, {}));
  if (mode == "body") return static_cast<void>(send_message(worker_socket_fd, MessageKind::result, sequence, "short"));
  if (mode == "noise") return static_cast<void>(::send(worker_socket_fd, "not a message at all, but noise", 31, 0));
  if (mode == "empty") {
    ::shutdown(worker_socket_fd, SHUT_RDWR);
    ::pause();
  }
  if (mode == "stalls") {
    static int requests = 0;
    if (++requests % 250 == 0) ::usleep(200'000);
  }
  if (mode == "swarms") swarm();
  if (mode == "exit") std::exit(3);
  if (mode == "segv") std::raise(SIGSEGV);
  if (mode == "longfile") std::raise(SIGXFSZ);
  if (mode == "flood") {
    for (int i = 0; i < 200'000; ++i) std::fputs("0123456789 0123456789 0123456789 0123456789 01234\n", stderr);
    std::fputs("last words\n", stderr);
    std::exit(4);
  }
  if (mode == "ignores") {
    std::signal(SIGTERM, SIG_IGN);
    while (true) ::pause();
  }
  static_cast<void>(send_message(worker_socket_fd, MessageKind::result, sequence, encode(reply)));
}

/// Answers as the gate will expect it, over and over, and never again reads what it is told.
void answer_unasked(std::uint64_t sequence, std::uint64_t rows) {
  while (send_message(worker_socket_fd, MessageKind::result, ++sequence, encode(RunReply{0, 1, rows, 1}))) {
  }
}

}  // namespace

int main(int, char** argv) {
  std::string_view mode = argv[0];
  mode.remove_prefix(mode.rfind('-') + 1);
  while (true) {
    const auto message = receive_message(worker_socket_fd);
    if (!message || !*message) return 0;
    const Message& order = **message;
    if (order.kind == MessageKind::load) {
      const Confinement claim{.no_new_privs = true, .seccomp = true, .landlock = 7};
      if (mode != "unconfined")
        static_cast<void>(send_message(worker_socket_fd, MessageKind::confined, order.sequence, encode(claim)));
      static_cast<void>(send_message(worker_socket_fd, MessageKind::ready, order.sequence, "fake\x1b[1m"));
    }
    if (order.kind == MessageKind::attach)
      static_cast<void>(send_message(worker_socket_fd, MessageKind::attached, order.sequence, {}));
    if (order.kind == MessageKind::attach && mode == "deaf") answer_unasked(order.sequence, 16);
    if (order.kind == MessageKind::run) answer_run(mode, order);
    if (order.kind == MessageKind::quit && mode == "lingers") ::pause();
    if (order.kind == MessageKind::quit) return 0;
  }
}
