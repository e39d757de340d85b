// SPDX-License-Identifier: Apache-2.0
#include "gate/measure/precise_sleep.hpp"

#include <sys/prctl.h>

#include <algorithm>
#include <cmath>
#include <ctime>

#include "gate/core/clock.hpp"

namespace modelgate {

namespace {

constexpr double cancel_check_s = 0.2;

timespec instant_of(double seconds) {
  const double whole = std::floor(seconds);
  return {static_cast<time_t>(whole), static_cast<long>((seconds - whole) * 1e9)};
}

}  // namespace

Result<void> sleep_until(double instant_s, const std::atomic<bool>* cancel) {
  const SteadyClock clock;
  const int slack = ::prctl(PR_GET_TIMERSLACK);
  ::prctl(PR_SET_TIMERSLACK, 1UL);
  bool cancelled = false;
  double now = clock.now_s();
  while (now < instant_s && !cancelled) {
    const timespec until = instant_of(std::min(instant_s, now + cancel_check_s));
    ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);  // a signal only makes it look again
    cancelled = cancel != nullptr && cancel->load();
    now = clock.now_s();
  }
  if (slack > 0) ::prctl(PR_SET_TIMERSLACK, static_cast<unsigned long>(slack));
  if (!cancelled) return {};
  return std::unexpected(Error{ErrorKind::internal, Reason::cancelled, "The run was cancelled."});
}

}  // namespace modelgate
