// SPDX-License-Identifier: Apache-2.0
#include "gate/worker/slowdown.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>

namespace modelgate {
namespace {

/// A system call, about a quarter of a microsecond.
double thread_cpu_s() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// The steady clock is read in 25 ns, so that less than a microsecond can be burnt to a few per cent.
void burn(double seconds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  while (std::chrono::steady_clock::now() < end) {
  }
}

/// The least of a few readings; an interruption only makes one dearer.
double cost_of_reading_s() {
  double least = 1.0;
  double last = thread_cpu_s();
  for (int i = 0; i < 32; ++i) {
    const double now = thread_cpu_s();
    least = std::min(least, now - last);
    last = now;
  }
  return least;
}

}  // namespace

Slowdown::Slowdown(double share) : share_(share), clock_cost_s_(cost_of_reading_s()) {}

void Slowdown::pay() {
  const double now = thread_cpu_s();
  // Between the instants that the two readings told lie one half of each; the other halves belong to a request, too.
  const double wanted = paid_ ? share_ * (now - *paid_ + clock_cost_s_) : 0.0;
  burn(wanted);
  double paid = thread_cpu_s();
  // Another process may have had the CPU while this one counted wall time: what it took is still owed.
  while (wanted - (paid - now) > 0.1 * wanted) {
    burn(wanted - (paid - now));
    paid = thread_cpu_s();
  }
  paid_ = paid;
}

}  // namespace modelgate
