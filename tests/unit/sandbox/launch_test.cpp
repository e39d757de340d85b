// SPDX-License-Identifier: Apache-2.0
#include "gate/sandbox/launch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>

namespace modelgate {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

LaunchSpec shell(const std::string& script) {
  LaunchSpec spec;
  spec.program = "/bin/sh";
  spec.arguments = {"-c", script};
  return spec;
}

Process launched(const LaunchSpec& spec) {
  auto process = Process::launch(spec);
  EXPECT_TRUE(process.has_value()) << process.error().message;
  return std::move(*process);
}

TEST(Launch, TellsHowTheChildEnded) {
  Process exits = launched(shell("exit 7"));
  EXPECT_EQ(exits.finish(deadline_in(10)).text(), "exited with code 7");
  Process dies = launched(shell("kill -SEGV $$"));
  EXPECT_EQ(dies.finish(deadline_in(10)).text(), "was killed by signal 11 (Segmentation fault)");
  EXPECT_EQ(dies.kill().text(), "was killed by signal 11 (Segmentation fault)");  // told again
}

TEST(Launch, KeepsWhatTheChildSaid) {
  Process child = launched(shell("echo out; echo err >&2; cat; echo done"));  // cat: standard input is empty
  EXPECT_EQ(child.finish(deadline_in(10)).number, 0);
  EXPECT_EQ(child.standard_output().text(), "out\ndone\n");
  EXPECT_EQ(child.standard_error().text(), "err\n");
}

TEST(Launch, NamesAProgramItCannotExecute) {
  LaunchSpec spec;
  spec.program = "/dev/null";
  const auto process = Process::launch(spec);
  ASSERT_FALSE(process.has_value());
  EXPECT_THAT(process.error().message,
              AllOf(HasSubstr("/dev/null could not be started"), HasSubstr("Permission denied")));
}

TEST(Launch, KillsAtTheDeadlineWhoeverIgnoresSignals) {
  Process child = launched(shell("trap '' TERM INT HUP; while :; do sleep 1000; done"));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(child.wait_for(-1, deadline_in(0.2)), Process::Event::timeout);
  EXPECT_EQ(child.kill().number, SIGKILL);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

TEST(Launch, KillsTheChildsChildrenWithIt) {
  Process child = launched(shell("sleep 1000 & echo $!; wait"));
  while (child.standard_output().text().empty()) child.wait_for(-1, deadline_in(0.05));
  const pid_t grandchild = std::stoi(child.standard_output().text());
  ASSERT_EQ(::kill(grandchild, 0), 0);
  child.kill();
  for (int i = 0; i < 200 && ::kill(grandchild, 0) == 0; ++i) ::usleep(10'000);  // its new parent may be slow to reap
  std::string state = "gone";
  if (FILE* stat = std::fopen(("/proc/" + std::to_string(grandchild) + "/stat").c_str(), "r")) {
    char letter = '?';
    if (std::fscanf(stat, "%*d %*s %c", &letter) == 1) state = letter == 'Z' ? "gone" : "alive";
    std::fclose(stat);
  }
  EXPECT_EQ(state, "gone");
}

TEST(Launch, EndsWhatTheChildForkedIntoASessionOfItsOwn) {
  Process child = launched(shell("setsid sh -c 'sleep 1000 & echo $!; wait' & wait"));
  while (child.standard_output().text().find('\n') == std::string::npos) child.wait_for(-1, deadline_in(0.05));
  const pid_t grandchild = std::stoi(child.standard_output().text());
  ASSERT_EQ(::kill(grandchild, 0), 0);
  child.kill();
  EXPECT_NE(::kill(grandchild, 0), 0) << "neither alive nor a zombie";
}

TEST(Launch, LeavesTheCallersOtherChildrenAlone) {
  const pid_t bystander = ::fork();
  if (bystander == 0) {
    ::pause();
    ::_exit(0);
  }
  Process child = launched(shell("setsid sleep 1000 & exit 0"));
  child.finish(deadline_in(10));
  EXPECT_EQ(::kill(bystander, 0), 0);
  EXPECT_EQ(::waitpid(bystander, nullptr, WNOHANG), 0) << "it still runs";
  ::kill(bystander, SIGKILL);
  ::waitpid(bystander, nullptr, 0);
}

TEST(Launch, LimitsFilesDescriptorsAndCpuTime) {
  LaunchSpec spec = shell("ulimit -v; ulimit -f; ulimit -n; ulimit -t");
  spec.address_bytes = 4ULL << 30;
  spec.file_bytes = 1 << 20;
  spec.open_files = 77;
  spec.cpu_s = 99;
  Process child = launched(spec);
  child.finish(deadline_in(10));
  EXPECT_EQ(child.standard_output().text(), "4194304\n2048\n77\n99\n");  // in KiB; files in blocks of 512
}

TEST(Launch, BoundsAFloodAndStillSeesTheEnd) {
  Process child = launched(shell("head -c 10000000 /dev/zero | tr '\\0' 'x' >&2; echo end >&2; exit 3"));
  EXPECT_EQ(child.finish(deadline_in(30)).number, 3);
  EXPECT_EQ(child.standard_error().total(), 10'000'004U);
  EXPECT_EQ(child.standard_error().text().size(), OutputTail::capacity);
  EXPECT_TRUE(child.standard_error().text().ends_with("xend\n"));
}

TEST(Launch, GivesTheChildItsOwnWorld) {
  ::setenv("LAUNCH_SECRET", "token", 1);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);  // not close-on-exec, and yet not inherited
  LaunchSpec spec =
      shell("env; ls /proc/self/fd | tr '\\n' ' '; echo given >&3; ulimit -c; ps -o sid= -p $$ 2>/dev/null || true");
  spec.environment = {"PATH=/usr/bin:/bin", "ONLY=this"};
  spec.fds = {ends[1]};
  Process child = launched(spec);
  EXPECT_EQ(child.finish(deadline_in(10)).number, 0);
  const std::string out = child.standard_output().text();
  EXPECT_THAT(out, AllOf(HasSubstr("ONLY=this"), Not(HasSubstr("LAUNCH_SECRET")), HasSubstr("0 1 2 3 "),
                         Not(HasSubstr(" 5 "))));
  char given[8] = {};
  EXPECT_EQ(::read(ends[0], given, sizeof(given)), 6);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(Launch, AReadableDescriptorWinsOverTheExit) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ASSERT_EQ(::write(ends[1], "x", 1), 1);
  Process child = launched(shell("exit 0"));
  EXPECT_EQ(child.wait_for(-1, deadline_in(10)), Process::Event::exited);
  EXPECT_EQ(child.wait_for(ends[0], deadline_in(10)), Process::Event::readable);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(Launch, DestructionLeavesNoProcess) {
  pid_t pid = -1;
  {
    const Process child = launched(shell("sleep 1000"));
    pid = child.pid();
    ASSERT_EQ(::kill(pid, 0), 0);
  }
  EXPECT_NE(::kill(pid, 0), 0);
}

TEST(Launch, LimitsTheChildsMemory) {
  LaunchSpec spec = shell("x=x; while :; do x=$x$x; done");
  spec.data_bytes = 64 << 20;
  Process child = launched(spec);
  const ExitStatus status = child.finish(deadline_in(30));
  EXPECT_NE(status.text(), "exited with code 0");
  EXPECT_NE(status.number, SIGKILL);  // it ended by itself
}

TEST(PrintableTail, NeutralisesWhatALogOrTerminalWouldObey) {
  EXPECT_EQ(printable_tail("a\x1b[31mb\x07\r\x7f"), "a\\x1b[31mb\\x07\\x0d\\x7f");
  EXPECT_THAT(printable_tail("::add-mask::x ##vso[task] ##[error] ::::"),
              AllOf(Not(HasSubstr("::")), Not(HasSubstr("##")), Not(HasSubstr("#["))));
  EXPECT_EQ(printable_tail("\xff\xc0\x80 \xe2\x80\xae \xed\xa0\x80"),
            "\\xff\\xc0\\x80 \\xe2\\x80\\xae \\xed\\xa0\\x80");
  EXPECT_EQ(printable_tail("héllo ☃ 日本"), "héllo ☃ 日本");
  EXPECT_EQ(printable_tail(std::string("nul\0", 4)), "nul\\x00");
}

TEST(PrintableTail, KeepsTheLastLinesAndBytes) {
  EXPECT_EQ(printable_tail("1\n2\n3\n4\n", 100, 2), "… 3\n4");
  EXPECT_EQ(printable_tail("abcdefgh", 3), "… fgh");
  EXPECT_EQ(printable_tail("1\n2", 100, 2), "1\n2");
  EXPECT_EQ(printable_tail(""), "");
  EXPECT_LE(printable_tail(std::string(1'000'000, '\x01')).size(), 2004U);
}

}  // namespace
}  // namespace modelgate
