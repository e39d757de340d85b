// SPDX-License-Identifier: Apache-2.0
#include "gate/measure/pin_process.hpp"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <set>
#include <string>
#include <system_error>

namespace modelgate {
namespace {

namespace fs = std::filesystem;

std::set<pid_t> threads_of(pid_t pid) {
  std::set<pid_t> threads;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(fmt::format("/proc/{}/task", pid), failed)) {
    const std::string name = entry.path().filename().string();
    pid_t thread = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), thread).ec == std::errc{}) threads.insert(thread);
  }
  return threads;
}

/// The memory node of a CPU as the kernel names it ("node0"); empty where it tells none.
std::string node_of(int cpu) {
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(fmt::format("/sys/devices/system/cpu/cpu{}", cpu), failed)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("node")) return name;
  }
  return {};
}

}  // namespace

Result<void> pin_process(pid_t pid, std::span<const int> cpus) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int cpu : cpus) CPU_SET(static_cast<std::size_t>(cpu), &set);
  std::set<pid_t> moved;
  // A thread started meanwhile inherits the CPUs of the one that started it: look until nothing new is there.
  while (true) {
    const std::set<pid_t> threads = threads_of(pid);
    std::size_t fresh = 0;
    for (const pid_t thread : threads) {
      if (!moved.insert(thread).second) continue;
      if (::sched_setaffinity(thread, sizeof set, &set) == 0) {
        ++fresh;
      } else if (errno != ESRCH) {  // ESRCH: that thread has ended
        return internal_error(
            fmt::format("A worker could not be moved to CPU {}: {}.", cpus.front(), std::strerror(errno)));
      }
    }
    if (fresh == 0) break;
  }
  if (moved.empty()) return internal_error("A worker's threads cannot be seen in /proc, so it cannot be pinned.");
  return {};
}

std::vector<int> cpus_apart(std::span<const int> cpus, std::span<const int> allowed, std::span<const int> busy) {
  std::vector<int> apart;
  if (cpus.empty()) return apart;
  const std::string node = node_of(cpus.front());
  std::ranges::copy_if(allowed, std::back_inserter(apart),
                       [&](int cpu) { return std::ranges::find(busy, cpu) == busy.end() && node_of(cpu) == node; });
  return apart;
}

std::vector<int> cpus_beside(std::span<const int> cpus, std::span<const int> allowed) {
  std::vector<int> beside = cpus_apart(cpus, allowed, cpus);
  const auto next = std::ranges::find_if(beside, [&](int cpu) { return cpu > cpus.back(); });
  std::ranges::rotate(beside, next);
  if (beside.size() > cpus.size()) beside.resize(cpus.size());
  return beside;
}

}  // namespace modelgate
