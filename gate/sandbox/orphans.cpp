// SPDX-License-Identifier: Apache-2.0
#include "gate/sandbox/orphans.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gate/sandbox/proc_text.hpp"
#include "gate/wire/fd.hpp"

namespace modelgate {
namespace {

constexpr int most_rounds = 500;
constexpr useconds_t between_rounds_us = 2000;

struct Children {
  std::mutex mutex;
  std::vector<pid_t> known;
};

Children& children() {
  static Children all;
  return all;
}

std::optional<pid_t> number(std::string_view text) {
  pid_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc{}) return std::nullopt;
  return value;
}

struct Lineage {
  pid_t parent = -1;
  pid_t session = -1;
};

Lineage lineage_of(const std::string& pid) {
  const UniqueFd file(::open(("/proc/" + pid + "/stat").c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 1024> buffer{};
  const ssize_t got = file ? ::read(file.get(), buffer.data(), buffer.size()) : -1;
  const std::string_view stat(buffer.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  return {number(proc_stat_field(stat, 4)).value_or(-1), number(proc_stat_field(stat, 6)).value_or(-1)};
}

std::vector<pid_t> orphans_now(const std::vector<pid_t>& known) {
  std::vector<pid_t> orphans;
  const std::unique_ptr<DIR, int (*)(DIR*)> processes(::opendir("/proc"), ::closedir);
  const pid_t self = ::getpid();
  const pid_t session = ::getsid(0);
  while (const dirent* entry = processes ? ::readdir(processes.get()) : nullptr) {
    const auto pid = number(entry->d_name);
    if (!pid || std::ranges::find(known, *pid) != known.end()) continue;
    const Lineage lineage = lineage_of(entry->d_name);
    if (lineage.parent == self && lineage.session != session) orphans.push_back(*pid);
  }
  return orphans;
}

}  // namespace

void guard_gate() {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

std::unique_lock<std::mutex> children_lock() { return std::unique_lock(children().mutex); }

void know_child(pid_t child) { children().known.push_back(child); }

void forget_child(pid_t child) {
  const std::scoped_lock lock(children().mutex);
  std::erase(children().known, child);
}

void end_orphans() {
  const std::scoped_lock lock(children().mutex);
  for (int round = 0; round < most_rounds; ++round) {
    const std::vector<pid_t> orphans = orphans_now(children().known);
    if (orphans.empty()) return;
    for (const pid_t orphan : orphans) ::kill(orphan, SIGKILL);
    ::usleep(between_rounds_us);
    for (const pid_t orphan : orphans) ::waitpid(orphan, nullptr, WNOHANG);
  }
}

}  // namespace modelgate
