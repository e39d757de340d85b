// SPDX-License-Identifier: Apache-2.0
#include "gate/sandbox/spawn.hpp"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace modelgate {
namespace {

/// Everything the child needs, made before the fork: between fork and exec nothing may allocate or lock.
struct Prepared {
  const char* program = nullptr;
  std::vector<char*> argv;
  std::vector<char*> envp;
  std::vector<int> fds;  ///< 0, 1, 2, then the caller's; each numbered above the highest target
  int report = -1;       ///< close-on-exec; carries errno when exec fails
  cpu_set_t cpus{};
  bool pin = false;
  rlim_t data_bytes = RLIM_INFINITY;
  rlim_t address_bytes = RLIM_INFINITY;
  rlim_t file_bytes = RLIM_INFINITY;
  rlim_t open_files = RLIM_INFINITY;
  rlim_t cpu_s = RLIM_INFINITY;
  pid_t parent = -1;
};

std::vector<char*> pointers(const std::vector<std::string>& words, const std::string* first) {
  std::vector<char*> out;
  if (first != nullptr) out.push_back(const_cast<char*>(first->c_str()));
  for (const std::string& word : words) out.push_back(const_cast<char*>(word.c_str()));
  out.push_back(nullptr);
  return out;
}

void reset_signals() {
  for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// Never more than the gate itself may; RLIM_INFINITY: as inherited. grace: between the warning signal and the kill,
/// where there is one.
bool limit(decltype(RLIMIT_CORE) resource, rlim_t most, rlim_t grace = 0) {
  if (most == RLIM_INFINITY) return true;
  rlimit both{};
  if (::getrlimit(resource, &both) != 0) return false;
  both.rlim_cur = std::min(most, both.rlim_max);
  both.rlim_max = std::min(most + grace, both.rlim_max);
  return ::setrlimit(resource, &both) == 0;
}

bool limit_child(const Prepared& prepared) {
  constexpr rlim_t last_seconds = 5;
  if (!limit(RLIMIT_CORE, 0) || !limit(RLIMIT_DATA, prepared.data_bytes) || !limit(RLIMIT_AS, prepared.address_bytes) ||
      !limit(RLIMIT_FSIZE, prepared.file_bytes) || !limit(RLIMIT_NOFILE, prepared.open_files) ||
      !limit(RLIMIT_CPU, prepared.cpu_s, last_seconds))
    return false;
  return !prepared.pin || ::sched_setaffinity(0, sizeof(prepared.cpus), &prepared.cpus) == 0;
}

bool place_fds(const Prepared& prepared) {
  const int count = static_cast<int>(prepared.fds.size());
  for (int target = 0; target < count; ++target) {
    if (::dup2(prepared.fds[static_cast<std::size_t>(target)], target) < 0) return false;
  }
  if (::dup3(prepared.report, count, O_CLOEXEC) < 0) return false;
  return ::syscall(SYS_close_range, static_cast<unsigned>(count + 1), ~0U, 0U) == 0;
}

[[noreturn]] void run_child(const Prepared& prepared) {
  reset_signals();
  bool ready = ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && ::setsid() >= 0;
  if (::getppid() != prepared.parent) ::_exit(127);  // the gate died before the death signal was set
  ready = ready && limit_child(prepared);
  int report = prepared.report;
  if (ready && place_fds(prepared)) {
    report = static_cast<int>(prepared.fds.size());
    ::execve(prepared.program, prepared.argv.data(), prepared.envp.data());
  }
  const int cause = errno;
  [[maybe_unused]] const ssize_t told = ::write(report, &cause, sizeof(cause));
  ::_exit(127);
}

std::unexpected<Error> cannot_start(const std::string& program, int cause) {
  return internal_error("The program " + program + " could not be started: " + std::strerror(cause) + ".");
}

struct Pipe {
  UniqueFd read;
  UniqueFd write;
};

Result<Pipe> make_pipe(int flags) {
  int ends[2];
  if (::pipe2(ends, flags) != 0)
    return internal_error(std::string("No pipe could be made: ") + std::strerror(errno) + ".");
  return Pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

/// Copies above every target number, so that placing one never overwrites another.
Result<std::vector<UniqueFd>> lift(const std::vector<int>& fds) {
  std::vector<UniqueFd> lifted;
  for (const int fd : fds) {
    lifted.emplace_back(::fcntl(fd, F_DUPFD_CLOEXEC, static_cast<int>(fds.size()) + 4));
    if (!lifted.back())
      return internal_error(std::string("A descriptor could not be copied: ") + std::strerror(errno) + ".");
  }
  return lifted;
}

/// errno of a failed exec; 0 when the program runs (the pipe closed).
int read_exec_error(int fd) {
  int cause = 0;
  ssize_t got = -1;
  do got = ::read(fd, &cause, sizeof(cause));
  while (got < 0 && errno == EINTR);
  return got == sizeof(cause) ? cause : 0;
}

Prepared prepare(const LaunchSpec& spec) {
  Prepared prepared;
  prepared.program = spec.program.c_str();
  prepared.argv = pointers(spec.arguments, &spec.program);
  prepared.envp = pointers(spec.environment, nullptr);
  CPU_ZERO(&prepared.cpus);
  for (const int cpu : spec.cpus) CPU_SET(static_cast<std::size_t>(cpu), &prepared.cpus);
  prepared.pin = !spec.cpus.empty();
  if (spec.data_bytes != 0) prepared.data_bytes = spec.data_bytes;
  if (spec.address_bytes != 0) prepared.address_bytes = spec.address_bytes;
  if (spec.file_bytes != 0) prepared.file_bytes = spec.file_bytes;
  if (spec.open_files != 0) prepared.open_files = spec.open_files;
  if (spec.cpu_s != 0) prepared.cpu_s = spec.cpu_s;
  prepared.parent = ::getpid();
  return prepared;
}

}  // namespace

Result<Spawned> spawn(const LaunchSpec& spec) {
  const UniqueFd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  Result<Pipe> out = make_pipe(O_CLOEXEC);
  Result<Pipe> err = make_pipe(O_CLOEXEC);
  Result<Pipe> report = make_pipe(O_CLOEXEC);
  if (!null || !out || !err || !report) return cannot_start(spec.program, errno);
  std::vector<int> fds{null.get(), out->write.get(), err->write.get()};
  fds.insert(fds.end(), spec.fds.begin(), spec.fds.end());
  fds.push_back(report->write.get());
  Result<std::vector<UniqueFd>> lifted = lift(fds);
  if (!lifted) return std::unexpected(lifted.error());
  Prepared prepared = prepare(spec);
  for (const UniqueFd& fd : *lifted) prepared.fds.push_back(fd.get());
  prepared.report = prepared.fds.back();
  prepared.fds.pop_back();

  const pid_t pid = ::fork();
  if (pid < 0) return cannot_start(spec.program, errno);
  if (pid == 0) run_child(prepared);
  lifted->clear();
  report->write.reset();
  if (const int cause = read_exec_error(report->read.get()); cause != 0) {
    ::waitpid(pid, nullptr, 0);
    return cannot_start(spec.program, cause);
  }
  Spawned spawned{pid, UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))), std::move(out->read),
                  std::move(err->read)};
  if (!spawned.pidfd) {
    const int cause = errno;
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    return cannot_start(spec.program, cause);
  }
  for (const int fd : {spawned.standard_output.get(), spawned.standard_error.get()}) ::fcntl(fd, F_SETFL, O_NONBLOCK);
  return spawned;
}

}  // namespace modelgate
