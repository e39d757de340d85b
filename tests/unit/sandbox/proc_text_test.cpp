// SPDX-License-Identifier: Apache-2.0
#include "gate/sandbox/proc_text.hpp"

#include <gtest/gtest.h>

namespace modelgate {
namespace {

TEST(ProcStatus, GivesTheValueOfTheLineOfThatVeryName) {
  constexpr std::string_view status =
      "Name:\tworker\nnonvoluntary_x:\t7\nvoluntary_x:\t5\nVmHWM:\t  12 kB\nSeccomp_filters:\t1";
  EXPECT_EQ(proc_status_value(status, "Name"), "worker");
  EXPECT_EQ(proc_status_value(status, "voluntary_x"), "5");
  EXPECT_EQ(proc_status_value(status, "VmHWM"), "12 kB");
  EXPECT_EQ(proc_status_value(status, "Seccomp"), "");
  EXPECT_EQ(proc_status_value(status, "Seccomp_filters"), "1");
  EXPECT_EQ(proc_status_value("", "Name"), "");
}

TEST(ProcStat, CountsItsFieldsBehindWhateverTheProgramIsCalled) {
  constexpr std::string_view stat = "42 (a) S 1 (b) R 7 8 9 10 last\n";
  EXPECT_EQ(proc_stat_field(stat, 3), "R");
  EXPECT_EQ(proc_stat_field(stat, 4), "7");
  EXPECT_EQ(proc_stat_field(stat, 6), "9");
  EXPECT_EQ(proc_stat_field(stat, 8), "last");
  EXPECT_EQ(proc_stat_field(stat, 9), "");
  EXPECT_EQ(proc_stat_field(stat, 10), "");
  EXPECT_EQ(proc_stat_field("no stat line", 4), "");
}

}  // namespace
}  // namespace modelgate
