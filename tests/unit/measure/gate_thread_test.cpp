// SPDX-License-Identifier: Apache-2.0
#include "gate/measure/gate_thread.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace modelgate {
namespace {

cpu_set_t allowed() {
  cpu_set_t set;
  CPU_ZERO(&set);
  EXPECT_EQ(::sched_getaffinity(0, sizeof set, &set), 0);
  return set;
}

int first_of(const cpu_set_t& set) {
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &set)) return cpu;
  }
  return -1;
}

int policy() { return ::sched_getscheduler(0) & ~SCHED_RESET_ON_FORK; }

TEST(GateThread, SharesTheRoundsCpuAndComesHome) {
  const cpu_set_t home = allowed();
  const int home_policy = policy();
  const std::array cpus{first_of(home)};
  {
    GateThread gate;
    gate.share(cpus);
    const cpu_set_t shared = allowed();
    EXPECT_EQ(CPU_COUNT(&shared), 1);
    EXPECT_TRUE(CPU_ISSET(cpus[0], &shared));
    if (home_policy == SCHED_OTHER) {
      EXPECT_EQ(policy(), SCHED_BATCH);
    }
  }
  const cpu_set_t after = allowed();
  EXPECT_TRUE(CPU_EQUAL(&after, &home));
  EXPECT_EQ(policy(), home_policy);
}

TEST(GateThread, KeepsOffTheRoundsCpuWhereThereIsAnother) {
  const cpu_set_t home = allowed();
  const std::array cpus{first_of(home)};
  {
    GateThread gate;
    gate.keep_off(cpus);
    const cpu_set_t apart = allowed();
    EXPECT_EQ(CPU_COUNT(&apart), std::max(CPU_COUNT(&home) - 1, 1));
    if (CPU_COUNT(&home) > 1) {
      EXPECT_FALSE(CPU_ISSET(static_cast<std::size_t>(cpus[0]), &apart));
    }
  }
  const cpu_set_t after = allowed();
  EXPECT_TRUE(CPU_EQUAL(&after, &home));
}

TEST(GateThread, StaysWhereItIsWithoutCpus) {
  const cpu_set_t home = allowed();
  const int home_policy = policy();
  GateThread gate;
  gate.share({});
  const cpu_set_t after = allowed();
  EXPECT_TRUE(CPU_EQUAL(&after, &home));
  EXPECT_EQ(policy(), home_policy);
}

}  // namespace
}  // namespace modelgate
