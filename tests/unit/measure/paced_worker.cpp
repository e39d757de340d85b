// SPDX-License-Identifier: Apache-2.0
// A worker whose model is a line of text, "BURN_US SLEEP_US THREADS STALL_AT": each request burns so much CPU time on
// so many threads, then sleeps; the request with the number STALL_AT (0: none) is never answered.
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "gate/wire/message.hpp"

using namespace modelgate;

namespace {

struct Pace {
  long burn_us = 0;
  long sleep_us = 0;
  int threads = 1;
  long stall_at = 0;
};

double thread_cpu_us() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return 1e6 * static_cast<double>(now.tv_sec) + 1e-3 * static_cast<double>(now.tv_nsec);
}

void burn(long microseconds) {
  const double end = thread_cpu_us() + static_cast<double>(microseconds);
  while (thread_cpu_us() < end) {
  }
}

Pace pace_of(int model) {
  std::array<char, 256> text{};
  const ssize_t got = ::pread(model, text.data(), text.size() - 1, 0);
  std::istringstream words(std::string(text.data(), got > 0 ? static_cast<std::size_t>(got) : 0));
  Pace pace;
  words >> pace.burn_us >> pace.sleep_us >> pace.threads >> pace.stall_at;
  return pace;
}

void work(const Pace& pace, long number) {
  if (number == pace.stall_at) ::pause();
  std::vector<std::jthread> others;
  for (int i = 1; i < pace.threads; ++i) others.emplace_back(burn, pace.burn_us);
  burn(pace.burn_us);
  others.clear();
  if (pace.sleep_us > 0) std::this_thread::sleep_for(std::chrono::microseconds(pace.sleep_us));
}

}  // namespace

int main() {
  Pace pace;
  long requests = 0;
  while (true) {
    const auto message = receive_message(worker_socket_fd);
    if (!message || !*message) return 0;
    const Message& order = **message;
    const auto answer = [&](MessageKind kind, const std::string& body) {
      static_cast<void>(send_message(worker_socket_fd, kind, order.sequence, body));
    };
    switch (order.kind) {
      case MessageKind::load:
        pace = pace_of(order.fds.at(0).get());
        answer(MessageKind::confined, encode(Confinement{}));
        answer(MessageKind::ready, "paced");
        break;
      case MessageKind::attach: answer(MessageKind::attached, {}); break;
      case MessageKind::ping: answer(MessageKind::pong, {}); break;
      case MessageKind::run: {
        work(pace, ++requests);
        const auto run = decode_run(order.body);
        answer(MessageKind::result, encode(RunReply{0, 1, run ? run->rows : 0, 1}));
        break;
      }
      case MessageKind::quit: return 0;
      default: break;
    }
  }
}
