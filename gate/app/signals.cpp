// SPDX-License-Identifier: Apache-2.0
#include "gate/app/signals.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>

namespace modelgate {
namespace {

std::atomic<bool> cancelled{false};
std::atomic<int> signal_number{0};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free,
              "used in a signal handler");

constexpr unsigned orderly_s = 5;  // GitHub kills 7.5 s after the first signal, a worker may take 2 s to quit

extern "C" void remember_signal(int number) {
  signal_number = number;
  if (!cancelled.exchange(true)) ::alarm(orderly_s);
}

/// Something did not come back to look at the flag: the reports that stand there block, and workers die with the gate.
extern "C" void end_at_once(int) { ::_exit(static_cast<int>(cancellation_exit_code())); }

void on_signal(int number, void (*handler)(int)) {
  struct sigaction action{};
  action.sa_handler = handler;  // without SA_RESTART: waits come back and see the flag
  sigemptyset(&action.sa_mask);
  sigaction(number, &action, nullptr);
}

}  // namespace

void install_signal_handlers() {
  on_signal(SIGALRM, end_at_once);
  on_signal(SIGTERM, remember_signal);
  on_signal(SIGINT, remember_signal);
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
