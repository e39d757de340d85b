// SPDX-License-Identifier: Apache-2.0
#include "gate/sandbox/launch.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "gate/sandbox/orphans.hpp"
#include "gate/sandbox/spawn.hpp"

namespace modelgate {
namespace {

constexpr double ten_years_s = 3.2e8;

/// Reads what is there; at most 1 MiB a call, so that a flood never keeps the gate from its deadlines. Closes fd at its
/// end.
void drain_into(UniqueFd& fd, OutputTail& tail) {
  std::array<char, OutputTail::capacity> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): 64 KiB a call
  for (int round = 0; fd && round < 16; ++round) {
    const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
    if (got > 0) {
      tail.append({buffer.data(), static_cast<std::size_t>(got)});
    } else if (got == 0) {
      fd.reset();
    } else if (errno != EINTR) {
      return;
    }
  }
}

int poll_timeout_ms(Deadline deadline) {
  using std::chrono::milliseconds;
  const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
}

ExitStatus translate(int status, const rusage& usage) {
  ExitStatus exit;
  exit.peak_rss_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
  if (WIFEXITED(status)) {
    exit.kind = ExitStatus::Kind::exited;
    exit.number = WEXITSTATUS(status);
  } else if (WIFSIGNALED(status)) {
    exit.kind = ExitStatus::Kind::signalled;
    exit.number = WTERMSIG(status);
  }
  return exit;
}

}  // namespace

Deadline deadline_in(double seconds) {
  const double bounded = seconds > 0 ? std::min(seconds, ten_years_s) : 0.0;
  return std::chrono::steady_clock::now() +
         std::chrono::duration_cast<std::chrono::steady_clock::duration>(std::chrono::duration<double>(bounded));
}

std::string ExitStatus::text() const {
  if (kind == Kind::exited) return "exited with code " + std::to_string(number);
  if (kind == Kind::unknown) return "ended in a way the system did not tell";
  const char* name = ::sigdescr_np(number);
  return "was killed by signal " + std::to_string(number) + (name != nullptr ? std::string(" (") + name + ")" : "");
}

Result<Process> Process::launch(const LaunchSpec& spec) {
  guard_gate();
  const auto lock = children_lock();
  Result<Spawned> spawned = spawn(spec);
  if (!spawned) return std::unexpected(spawned.error());
  know_child(spawned->pid);
  Process process;
  process.pid_ = spawned->pid;
  process.pidfd_ = std::move(spawned->pidfd);
  process.out_ = std::move(spawned->standard_output);
  process.err_ = std::move(spawned->standard_error);
  return process;
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      reaped_(other.reaped_),
      may_leave_orphans_(other.may_leave_orphans_),
      status_(other.status_),
      pidfd_(std::move(other.pidfd_)),
      out_(std::move(other.out_)),
      err_(std::move(other.err_)),
      out_tail_(std::move(other.out_tail_)),
      err_tail_(std::move(other.err_tail_)) {}

Process& Process::operator=(Process&& other) noexcept {
  if (this != &other) {
    kill();
    pid_ = std::exchange(other.pid_, -1);
    reaped_ = other.reaped_;
    may_leave_orphans_ = other.may_leave_orphans_;
    status_ = other.status_;
    pidfd_ = std::move(other.pidfd_);
    out_ = std::move(other.out_);
    err_ = std::move(other.err_);
    out_tail_ = std::move(other.out_tail_);
    err_tail_ = std::move(other.err_tail_);
  }
  return *this;
}

Process::~Process() { kill(); }

Process::Event Process::wait_for(int fd, Deadline deadline) {
  while (true) {
    // poll ignores negative descriptors: closed pipes, and fd when there is none to wait for.
    std::array<pollfd, 4> polled{
        {{fd, POLLIN, 0}, {pidfd_.get(), POLLIN, 0}, {out_.get(), POLLIN, 0}, {err_.get(), POLLIN, 0}}};
    const int ready = ::poll(polled.data(), polled.size(), reaped_ ? 0 : poll_timeout_ms(deadline));
    if (polled[2].revents != 0 || polled[3].revents != 0) drain();
    if (ready > 0 && polled[0].revents != 0) return Event::readable;
    if (reaped_ || (ready > 0 && polled[1].revents != 0)) return Event::exited;
    if (std::chrono::steady_clock::now() >= deadline) return Event::timeout;
  }
}

ExitStatus Process::kill() {
  if (pid_ < 0 || reaped_) return status_;
  ::kill(-pid_, SIGKILL);
  ::kill(pid_, SIGKILL);
  reap();
  return status_;
}

ExitStatus Process::finish(Deadline deadline) {
  if (pid_ >= 0 && !reaped_) wait_for(-1, deadline);
  return kill();
}

void Process::drain() {
  drain_into(out_, out_tail_);
  drain_into(err_, err_tail_);
}

void Process::reap() {
  int status = 0;
  rusage usage{};
  pid_t got = -1;
  do got = ::wait4(pid_, &status, 0, &usage);
  while (got < 0 && errno == EINTR);
  reaped_ = true;
  forget_child(pid_);
  if (may_leave_orphans_) end_orphans();
  if (got == pid_) status_ = translate(status, usage);
  drain();
  out_.reset();
  err_.reset();
}

}  // namespace modelgate
