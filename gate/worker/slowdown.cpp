// SPDX-License-Identifier: Apache-2.0
#include "gate/worker/slowdown.hpp"

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

}  // namespace

void Slowdown::work_begins() { begin_s_ = thread_cpu_s(); }

void Slowdown::work_ended() {
  const double worked = thread_cpu_s();
  const double wanted = share_ * (worked - begin_s_);
  burn(wanted);
  // Another process may have had the CPU while this one counted wall time: what it took is still owed.
  double owed = wanted - (thread_cpu_s() - worked);
  while (owed > 0.1 * wanted) {
    burn(owed);
    owed = wanted - (thread_cpu_s() - worked);
  }
}

}  // namespace modelgate
