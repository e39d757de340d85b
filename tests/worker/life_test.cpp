// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <set>
#include <thread>

#include "tests/worker/support.hpp"

namespace modelgate::test {
namespace {

using testing::HasSubstr;

bool gone(pid_t pid) {
  for (int i = 0; i < 500; ++i) {
    if (::kill(pid, 0) != 0) return true;
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string text;
    std::getline(stat, text);
    if (const std::size_t at = text.rfind(") "); at != std::string::npos && text[at + 2] == 'Z')
      return true;  // its new parent reaps late
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

TEST(WorkerLife, EndsWithAGateThatIsKilled) {
  int report[2];
  ASSERT_EQ(::pipe(report), 0);
  const pid_t gate = ::fork();
  if (gate == 0) {
    const auto client = start("sum");
    const bool ready = client && client->ready().has_value();
    const pid_t worker = ready ? client->pid() : -1;
    [[maybe_unused]] const ssize_t told = ::write(report[1], &worker, sizeof(worker));
    ::pause();
    ::_exit(0);
  }
  pid_t worker = -1;
  ASSERT_EQ(::read(report[0], &worker, sizeof(worker)), static_cast<ssize_t>(sizeof(worker)));
  ASSERT_GT(worker, 0);
  ASSERT_EQ(::kill(worker, 0), 0);
  ::kill(gate, SIGKILL);
  ::waitpid(gate, nullptr, 0);
  EXPECT_TRUE(gone(worker));
}

TEST(WorkerLife, LeavesNoProcessAndNoDescriptorBehind) {
  const auto open_fds = [] {
    const std::filesystem::directory_iterator folder("/proc/self/fd");
    return std::distance(begin(folder), end(folder));
  };
  const auto before = open_fds();
  pid_t pid = -1;
  {
    const auto client = start("sum");
    ASSERT_TRUE(client->ready().has_value());
    ASSERT_TRUE(client->attach(float_buffers(4, 2, 16)).has_value());
    pid = client->pid();
  }
  EXPECT_NE(::kill(pid, 0), 0);
  EXPECT_EQ(open_fds(), before);
}

TEST(WorkerLife, GetsNothingOfTheGatesButWhatItNeeds) {
  ::setenv("MODELGATE_TEST_SECRET", "token", 1);
  const auto client = start("sum");
  ASSERT_TRUE(client->ready().has_value());
  const std::string proc = "/proc/" + std::to_string(client->pid());
  std::ifstream file(proc + "/environ", std::ios::binary);
  const std::string environment{std::istreambuf_iterator<char>(file), {}};
  EXPECT_THAT(environment, HasSubstr("LC_ALL=C"));
  EXPECT_THAT(environment, testing::Not(HasSubstr("MODELGATE_TEST_SECRET")));
  std::set<std::string> links;
  for (const auto& entry : std::filesystem::directory_iterator(proc + "/fd"))
    links.insert(std::filesystem::read_symlink(entry.path()).string().substr(0, 6));
  EXPECT_EQ(links,
            (std::set<std::string>{"/dev/n", "pipe:[", "socket"}));  // the model's own is closed again after loading
}

TEST(WorkerLife, StaysOnTheCpusItWasGiven) {
  WorkerOptions options;
  cpu_set_t allowed;
  ASSERT_EQ(::sched_getaffinity(0, sizeof(allowed), &allowed), 0);
  int last = -1;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) last = CPU_ISSET(static_cast<std::size_t>(cpu), &allowed) ? cpu : last;
  options.cpus = {last};
  const auto client = start("sum", std::move(options));
  ASSERT_TRUE(client->ready().has_value());
  ASSERT_EQ(::sched_getaffinity(client->pid(), sizeof(allowed), &allowed), 0);
  EXPECT_EQ(CPU_COUNT(&allowed), 1);
  EXPECT_TRUE(CPU_ISSET(static_cast<std::size_t>(last), &allowed));
}

TEST(WorkerLife, MayKeepEveryCpuBusyUntilItsTimeout) {
  WorkerOptions options;
  options.runtime.timeout_s = 1000;
  options.runtime.threads = 1;  // packages bring a number of their own
  const auto client = start("sum", std::move(options));
  ASSERT_TRUE(client->ready().has_value());
  rlimit cpu{};
  ASSERT_EQ(::prlimit(client->pid(), RLIMIT_CPU, nullptr, &cpu), 0);
  EXPECT_GT(cpu.rlim_cur, 1000U * (static_cast<unsigned>(::sysconf(_SC_NPROCESSORS_ONLN)) + 1U));
}

TEST(WorkerLife, PeakMemoryIsTheWorkersNotTheForkingGates) {
  std::vector<char> ballast(600U << 20, 1);  // fork copies the page tables; wait4 would count this
  const auto client = start("sum");
  ASSERT_TRUE(client->ready().has_value());
  EXPECT_LT(client->peak_rss_bytes(), 500U << 20);
  EXPECT_GT(client->peak_rss_bytes(), 30U << 20);
  EXPECT_EQ(ballast[1000], 1);
}

TEST(WorkerLife, KilledBetweenRequestsIsACrashOfThatModel) {
  const auto client = start("sum");
  ASSERT_TRUE(client->ready().has_value());
  ASSERT_TRUE(client->attach(float_buffers(4, 1, 16)).has_value());
  ::kill(client->pid(), SIGKILL);
  OutputBlock block;
  const auto answered = client->request(0, 16, block);
  ASSERT_FALSE(answered.has_value());
  EXPECT_EQ(answered.error().reason, Reason::model_crashed);
  EXPECT_THAT(answered.error().message, HasSubstr("was killed by signal 9 (Killed)"));
}

}  // namespace
}  // namespace modelgate::test
