// SPDX-License-Identifier: Apache-2.0
// The real worker shuts itself in; what it lets through stands in tests/unit/sandbox.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "tests/unit/sandbox/deny.hpp"
#include "tests/worker/support.hpp"

namespace modelgate::test {
namespace {

using testing::HasSubstr;

bool has_landlock() { return ::syscall(SYS_landlock_create_ruleset, nullptr, 0UL, 1U) > 0; }

std::unique_ptr<WorkerClient> start_at(Isolation least, const std::string& name) {
  WorkerOptions options;
  options.runtime.isolation = least;
  return start(name, std::move(options));
}

TEST(WorkerIsolation, IsFullWhereTheKernelHasBothWallsAndTheModelAnswersAllTheSame) {
  if (!has_landlock()) GTEST_SKIP() << "this kernel has no Landlock";
  WorkerOptions options;
  options.runtime.isolation = Isolation::full;
  options.runtime.threads = 4;  // OpenMP starts its threads inside
  const auto client = start("parity", std::move(options));
  const auto ready = client->ready();
  ASSERT_TRUE(ready.has_value()) << ready.error().message;
  ASSERT_TRUE(client->confinement().has_value());
  const Confinement held = client->confinement().value_or(Confinement{});
  EXPECT_EQ(level_of(held), Isolation::full);
  EXPECT_TRUE(held.capabilities_dropped);
  const auto buffers = float_buffers(32, 1, 1000);
  write_floats(*buffers, 0, read_floats("parity.in"));
  ASSERT_TRUE(client->attach(buffers).has_value());
  EXPECT_EQ(ask(*client, 0, 1000).size(), 1000U);
}

TEST(WorkerIsolation, LetsNoModelWriteAFile) {
  const std::filesystem::path mark = std::filesystem::path(MODELGATE_TEST_MODELS) / "written_by_a_model";
  std::filesystem::remove(mark);
  const auto client = start_at(Isolation::partial, "writes");
  ASSERT_TRUE(client->ready().has_value());
  ASSERT_TRUE(client->attach(float_buffers(2, 1, 4)).has_value());
  OutputBlock block;
  const auto answered = client->request(0, 4, block);  // torch.save may fail in silence
  EXPECT_FALSE(std::filesystem::exists(mark));
  if (!answered) {
    EXPECT_EQ(answered.error().reason, Reason::model_crashed);
  }
}

/// What a gate finds that lives without a wall: 0 as wanted, else the line that was not.
int without(const char* wall, Isolation least) {
  const pid_t gate = ::fork();
  if (gate == 0) {
    if (!deny(wall)) ::_exit(2);
    const auto client = start_at(least, "sum");
    if (!client) ::_exit(3);
    const auto ready = client->ready();
    const auto held = client->confinement();
    if (!held) ::_exit(4);
    if (level_of(*held) < least) ::_exit(!ready && ready.error().reason == Reason::isolation_insufficient ? 0 : 5);
    ::_exit(ready ? 10 + static_cast<int>(level_of(*held)) : 6);
  }
  int status = 0;
  ::waitpid(gate, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

constexpr int opened_at_none = 10;
constexpr int opened_at_partial = 11;

TEST(WorkerIsolation, BelowTheLeastAcceptedNoModelIsOpened) {
  EXPECT_EQ(without("landlock", Isolation::full), 0);
  EXPECT_EQ(without("seccomp", Isolation::full), 0);
  EXPECT_EQ(without("both", Isolation::partial), 0);
}

TEST(WorkerIsolation, AtTheLeastAcceptedTheModelIsOpened) {
  EXPECT_EQ(without("landlock", Isolation::partial), opened_at_partial);
  if (has_landlock()) {
    EXPECT_EQ(without("seccomp", Isolation::partial), opened_at_partial);
  }
  EXPECT_EQ(without("both", Isolation::none), opened_at_none);
}

}  // namespace
}  // namespace modelgate::test
