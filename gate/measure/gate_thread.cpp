// SPDX-License-Identifier: Apache-2.0
#include "gate/measure/gate_thread.hpp"

namespace modelgate {

namespace {

bool set_policy(int policy) {
  const sched_param none{};
  return ::sched_setscheduler(0, policy, &none) == 0;
}

}  // namespace

GateThread::GateThread() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) == 0) home_ = set;
  policy_ = ::sched_getscheduler(0);
}

GateThread::~GateThread() {
  if (!moved_ || !home_) return;
  ::sched_setaffinity(0, sizeof *home_, &*home_);
  // Without privileges the kernel never takes reset-on-fork back; it changes nothing for children of an ordinary
  // thread.
  if (policy_ == SCHED_OTHER && !set_policy(SCHED_OTHER)) set_policy(SCHED_OTHER | SCHED_RESET_ON_FORK);
}

std::vector<int> GateThread::home() const {
  std::vector<int> cpus;
  if (!home_) return cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(static_cast<std::size_t>(cpu), &*home_)) cpus.push_back(cpu);
  }
  return cpus;
}

void GateThread::keep_off(std::span<const int> cpus) {
  if (cpus.empty() || !home_) return;
  cpu_set_t set = *home_;
  for (const int cpu : cpus) CPU_CLR(static_cast<std::size_t>(cpu), &set);
  if (CPU_COUNT(&set) == 0) return share(cpus);
  moved_ = ::sched_setaffinity(0, sizeof set, &set) == 0 || moved_;
}

void GateThread::share(std::span<const int> cpus) {
  if (cpus.empty() || !home_) return;
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int cpu : cpus) CPU_SET(cpu, &set);
  if (::sched_setaffinity(0, sizeof set, &set) != 0) return;
  // A batch thread does not preempt on waking; workers, its children, stay ordinary.
  if (policy_ == SCHED_OTHER && !moved_) set_policy(SCHED_BATCH | SCHED_RESET_ON_FORK);
  moved_ = true;
}

}  // namespace modelgate
