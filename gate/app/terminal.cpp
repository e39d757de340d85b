// SPDX-License-Identifier: Apache-2.0
#include "gate/app/terminal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>

#include "gate/measure/machine_lock.hpp"
#include "gate/report/progress_bar.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

/// For a log, which a bar would fill: only whom the gate waits for, once each. Nothing ends that waiting but the
/// other's end, and a job that stands still must say why.
class LogProgress final : public Progress {
 public:
  void update(std::string_view phase, std::size_t, std::optional<std::size_t>) override {
    if (!phase.starts_with(waiting_phase) || phase == told_) return;
    told_ = phase;
    print_err(fmt::format("modelgate: {} (MODELGATE_LATENCY_LOCK names the lock)\n", log_safe(phase)));
  }
  void finish(std::string_view) override {}

 private:
  std::string told_;
};

}  // namespace

bool hold_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) >= 0) continue;
    if (::open("/dev/null", O_RDWR) != stream) return false;  // the lowest free number, as those below are taken
  }
  return true;
}

std::size_t terminal_width() {
  winsize size{};
  if (isatty(STDOUT_FILENO) == 0 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

bool terminal_color() {
  const char* terminal = std::getenv("TERM");
  const bool dumb = terminal == nullptr || std::string_view(terminal) == "dumb";
  return isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr && !dumb;
}

std::unique_ptr<Progress> make_progress(bool quiet, const Clock& clock) {
  const char* ci = std::getenv("CI");
  if (quiet) return std::make_unique<SilentProgress>();
  if ((ci != nullptr && *ci != '\0') || isatty(STDERR_FILENO) == 0) return std::make_unique<LogProgress>();
  return std::make_unique<ProgressBar>(std::cerr, clock, terminal_width());
}

void print_out(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

void print_err(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace modelgate
