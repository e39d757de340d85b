// SPDX-License-Identifier: Apache-2.0
#include "gate/measure/machine_watch.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/unit/measure/fake_workers.hpp"

namespace modelgate {
namespace {

namespace fs = std::filesystem;

class FakeProc : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "modelgate-proc-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    fs::create_directory(folder_ / "pressure");
  }
  void TearDown() override { fs::remove_all(folder_); }
  void write(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name) << text; }

  fs::path folder_;
  fake::StillClock clock_;
};

TEST_F(FakeProc, TellsTheLowerOfTheMachinesAndTheControlGroupsMemory) {
  EXPECT_EQ(available_memory_bytes(folder_, folder_), 0U) << "nothing is told";
  write("meminfo", "MemTotal: 2000 kB\nMemAvailable:    1000 kB\n");
  EXPECT_EQ(available_memory_bytes(folder_, folder_), 1024000U);
  write("memory.max", "max\n");
  write("memory.current", "5\n");
  EXPECT_EQ(available_memory_bytes(folder_, folder_), 1024000U);
  write("memory.max", "4096\n");
  write("memory.current", "1096\n");
  EXPECT_EQ(available_memory_bytes(folder_, folder_), 3000U);
  write("memory.current", "5000\n");
  EXPECT_EQ(available_memory_bytes(folder_, folder_), 0U);
}

TEST_F(FakeProc, GivesStealAndPressureSinceItsConstruction) {
  write("stat", "cpu  100 0 100 700 0 0 0 100 55 0\ncpu0 1 2 3\n");
  write("pressure/cpu", "some avg10=9.00 avg60=9.00 avg300=9.00 total=1000000\nfull avg10=0 total=7\n");
  write("loadavg", "0.10 5.00 5.00 1/100 4711\n");
  const MachineWatch watch(clock_, folder_);
  clock_.pass(10.0);
  write("stat", "cpu  200 0 200 900 50 0 0 150 155 0\ncpu0 1 2 3\n");  // 500 ticks more, 50 of them stolen
  write("pressure/cpu", "some avg10=0.00 avg60=0.00 avg300=0.00 total=3500000\nfull avg10=0 total=7\n");
  write("loadavg", "6.25 5.00 5.00 1/100 4711\n");
  const MachineState state = watch.state();
  EXPECT_DOUBLE_EQ(state.load.value_or(-1), 6.25);
  EXPECT_DOUBLE_EQ(state.steal.value_or(-1), 0.10);
  EXPECT_DOUBLE_EQ(state.cpu_pressure.value_or(-1), 0.25);
}

TEST_F(FakeProc, LeavesEmptyWhatTheKernelDoesNotTell) {
  write("stat", "cpu  100 0 100 700\n");  // a kernel without steal
  const MachineWatch watch(clock_, folder_);
  clock_.pass(1.0);
  const MachineState state = watch.state();
  EXPECT_FALSE(state.load);
  EXPECT_FALSE(state.steal);
  EXPECT_FALSE(state.cpu_pressure);
}

TEST(MachineWatch, ReadsThisMachine) {
  const SteadyClock clock;
  EXPECT_TRUE(MachineWatch(clock).state().load);
}

}  // namespace
}  // namespace modelgate
