// SPDX-License-Identifier: Apache-2.0
#include "gate/model/proc_counters.hpp"

#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <numeric>
#include <vector>

namespace modelgate {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(ProcCounters, ReadTheStatusOfAUserOfManyGroupsToItsEnd) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root may join groups";
  std::array<int, 2> joined{};
  ASSERT_EQ(::pipe(joined.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    std::vector<gid_t> groups(1000);
    std::iota(groups.begin(), groups.end(), gid_t{1'000'000'000});
    const char done = ::setgroups(groups.size(), groups.data()) == 0 ? 'y' : 'n';
    if (::write(joined[1], &done, 1) == 1) ::pause();
    ::_exit(0);
  }
  char done = '?';
  EXPECT_EQ(::read(joined[0], &done, 1), 1);
  EXPECT_EQ(done, 'y');
  const auto counters = ProcCounters::open(child);
  ASSERT_TRUE(counters.has_value());
  EXPECT_THAT(counters->status(),
              AllOf(HasSubstr(" 1000000999 "), HasSubstr("\nSeccomp:"), HasSubstr("\nnonvoluntary_ctxt_switches:")));
  EXPECT_GT(counters->peak_rss_bytes(), 0U);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  for (const int end : joined) ::close(end);
}

}  // namespace
}  // namespace modelgate
