// SPDX-License-Identifier: Apache-2.0
#include "gate/measure/pin_process.hpp"

#include <gmock/gmock.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>

namespace modelgate {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<int> cpus_of(pid_t thread) {
  cpu_set_t set;
  CPU_ZERO(&set);
  EXPECT_EQ(::sched_getaffinity(thread, sizeof set, &set), 0);
  std::vector<int> cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  }
  return cpus;
}

TEST(PinProcess, MovesEveryThread) {
  const std::vector<int> before = cpus_of(0);
  const std::array target{before.back()};
  std::atomic<bool> pinned = false;
  std::vector<int> seen;
  std::thread other([&] {
    pinned.wait(false);
    seen = cpus_of(0);
  });
  const auto moved = pin_process(::getpid(), target);
  pinned = true;
  pinned.notify_all();
  other.join();
  EXPECT_TRUE(moved.has_value());
  EXPECT_THAT(seen, ElementsAre(before.back()));
  EXPECT_THAT(cpus_of(0), ElementsAre(before.back()));
  EXPECT_TRUE(pin_process(::getpid(), before).has_value());
}

TEST(PinProcess, RefusesAProcessThatHasEnded) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ::waitpid(child, nullptr, 0);
  const std::vector<int> cpus = cpus_of(0);
  const auto moved = pin_process(child, cpus);
  ASSERT_FALSE(moved.has_value());
  EXPECT_THAT(moved.error().message, HasSubstr("cannot be"));
}

TEST(CpusBeside, AreOthersOfTheSameNodeAndAsManyOrFewer) {
  const std::vector<int> one = cpus_beside(std::array{0}, std::array{0, 1});
  EXPECT_THAT(one, testing::AnyOf(IsEmpty(), ElementsAre(1)));  // by the nodes of this machine
  EXPECT_THAT(cpus_beside(std::array{0}, std::array{0}), IsEmpty());
  EXPECT_THAT(cpus_beside({}, std::array{0, 1}), IsEmpty());
  // CPUs that no machine has lie on no node, all alike.
  EXPECT_THAT(cpus_beside(std::array{100001}, std::array{100000, 100001, 100002}), ElementsAre(100002));
  EXPECT_THAT(cpus_beside(std::array{100002}, std::array{100000, 100001, 100002}), ElementsAre(100000));
  EXPECT_THAT(cpus_beside(std::array{100000, 100001}, std::array{100000, 100001, 100002}), ElementsAre(100002));
}

}  // namespace
}  // namespace modelgate
