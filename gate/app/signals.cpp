// SPDX-License-Identifier: Apache-2.0
#include "gate/app/signals.hpp"

#include <fmt/format.h>

#include <csignal>

namespace modelgate {
namespace {

std::atomic<bool> cancelled{false};
std::atomic<int> signal_number{0};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free,
              "used in a signal handler");

extern "C" void remember_signal(int number) {
  signal_number = number;
  cancelled = true;
}

}  // namespace

void install_signal_handlers() {
  struct sigaction action{};
  action.sa_handler = remember_signal;  // without SA_RESTART: waits come back and see the flag
  sigemptyset(&action.sa_mask);
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on file sizes (ulimit -f) is then a write that fails, which is told
}

const std::atomic<bool>& cancel_flag() { return cancelled; }

std::optional<Error> cancellation() {
  if (!cancelled) return std::nullopt;
  return Error{ErrorKind::internal, Reason::cancelled,
               fmt::format("The run was cancelled by {} before this check was judged. Run it again.",
                           signal_number == SIGINT ? "SIGINT" : "SIGTERM")};
}

ExitCode cancellation_exit_code() { return signal_number == SIGINT ? ExitCode::sigint : ExitCode::sigterm; }

}  // namespace modelgate
