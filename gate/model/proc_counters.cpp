// SPDX-License-Identifier: Apache-2.0
#include "gate/model/proc_counters.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <string>
#include <string_view>

#include "gate/sandbox/proc_text.hpp"

namespace modelgate {
namespace {

std::unexpected<Error> unreadable(const char* what) {
  return internal_error(std::string("The worker's ") + what + " cannot be read; it has probably ended.");
}

/// In one read but for the status of a user of hundreds of groups, which stand in the middle of it.
std::string read_all(int fd) {
  std::array<char, 4096> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): read before every use
  std::string text;
  ssize_t got = 0;
  do {
    got = ::pread(fd, buffer.data(), buffer.size(), static_cast<off_t>(text.size()));
    if (got > 0) text.append(buffer.data(), static_cast<std::size_t>(got));
  } while (got == static_cast<ssize_t>(buffer.size()));
  return text;
}

std::uint64_t number_at(std::string_view text) {
  const std::size_t start = text.find_first_of("0123456789");
  std::uint64_t value = 0;
  if (start != std::string_view::npos) std::from_chars(text.data() + start, text.data() + text.size(), value);
  return value;
}

}  // namespace

Result<ProcCounters> ProcCounters::open(pid_t pid) {
  ProcCounters counters;
  if (::clock_getcpuclockid(pid, &counters.clock_) != 0) return unreadable("CPU clock");
  const std::string folder = "/proc/" + std::to_string(pid);
  counters.stat_ = UniqueFd(::open((folder + "/stat").c_str(), O_RDONLY | O_CLOEXEC));
  counters.status_ = UniqueFd(::open((folder + "/status").c_str(), O_RDONLY | O_CLOEXEC));
  if (!counters.stat_ || !counters.status_) return unreadable("counters");
  counters.schedstat_ = UniqueFd(::open((folder + "/schedstat").c_str(), O_RDONLY | O_CLOEXEC));
  return counters;
}

Result<double> ProcCounters::cpu_s() const {
  timespec now{};
  if (::clock_gettime(clock_, &now) != 0) return unreadable("CPU clock");
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

Result<WorkerCounters> ProcCounters::read() const {
  const Result<double> cpu = cpu_s();
  if (!cpu) return std::unexpected(cpu.error());
  const std::string stat = read_all(stat_.get());
  const std::string status = read_all(status_.get());
  if (stat.empty() || status.empty()) return unreadable("counters");
  WorkerCounters counters;
  counters.cpu_s = *cpu;
  counters.faults = number_at(proc_stat_field(stat, 10)) + number_at(proc_stat_field(stat, 12));
  counters.voluntary_switches = number_at(proc_status_value(status, "voluntary_ctxt_switches"));
  counters.involuntary_switches = number_at(proc_status_value(status, "nonvoluntary_ctxt_switches"));
  return counters;
}

std::optional<double> ProcCounters::queued_s() const {
  const std::string text = schedstat_ ? read_all(schedstat_.get()) : std::string();
  const std::size_t second = text.find(' ');
  if (second == std::string::npos) return std::nullopt;
  return 1e-9 * static_cast<double>(number_at(std::string_view(text).substr(second)));
}

std::string ProcCounters::status() const { return status_ ? read_all(status_.get()) : std::string(); }

std::uint64_t ProcCounters::threads() const { return number_at(proc_status_value(status(), "Threads")); }

std::uint64_t ProcCounters::peak_rss_bytes() const { return number_at(proc_status_value(status(), "VmHWM")) * 1024; }

}  // namespace modelgate
