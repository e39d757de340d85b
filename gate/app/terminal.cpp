// SPDX-License-Identifier: Apache-2.0
#include "gate/app/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "gate/report/progress_bar.hpp"

namespace modelgate {

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
  if (quiet || (ci != nullptr && *ci != '\0') || isatty(STDERR_FILENO) == 0) return std::make_unique<SilentProgress>();
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
