// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "gate/core/error.hpp"
#include "gate/sandbox/tail.hpp"
#include "gate/wire/fd.hpp"

namespace modelgate {

/// A point on the machine's monotonic clock.
using Deadline = std::chrono::steady_clock::time_point;

/// The instant this many seconds from now; capped at ten years.
Deadline deadline_in(double seconds);

/// What a child process is started with. It gets this environment, these descriptors and /dev/null, nothing else.
struct LaunchSpec {
  std::string program;                   ///< path of the executable
  std::vector<std::string> arguments;    ///< without the program's own name
  std::vector<std::string> environment;  ///< NAME=value; the whole environment
  std::vector<int> fds;                  ///< become 3, 4, 5, … in the child; the caller keeps its own copies
  std::vector<int> cpus;                 ///< allowed CPUs; empty: as inherited
  std::uint64_t data_bytes = 0;          ///< RLIMIT_DATA; 0: none
  std::uint64_t address_bytes = 0;       ///< RLIMIT_AS; 0: none
  std::uint64_t file_bytes = 0;          ///< RLIMIT_FSIZE; 0: none
  std::uint64_t open_files = 0;          ///< RLIMIT_NOFILE; 0: none
  std::uint64_t cpu_s = 0;               ///< RLIMIT_CPU, of all threads; 0: none
};

/// How a child ended.
struct ExitStatus {
  enum class Kind { exited, signalled, unknown } kind = Kind::unknown;
  int number = 0;                    ///< exit code or signal
  std::uint64_t peak_rss_bytes = 0;  ///< wait4; includes the forked copy of the gate before exec, so an upper bound

  /// "exited with code 3", "was killed by signal 9 (Killed)".
  std::string text() const;
};

/// A child in a session of its own that dies with the thread which started it: start children from the main thread
/// only. Standard input is /dev/null; standard output and error are drained whenever the gate waits, the last 64 KiB of
/// each kept. Destruction kills the child's process group and reaps the child, and ends what it forked into sessions of
/// their own. Not thread-safe; may be used from any one thread.
class Process {
 public:
  /// fork and exec. Errors name the program and why it could not be executed.
  static Result<Process> launch(const LaunchSpec& spec);

  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  enum class Event { readable, exited, timeout };

  /// Waits until fd can be read, the child has exited or the deadline has passed, draining the child's output
  /// meanwhile. A readable fd wins over an exit. fd −1: waits for the exit alone.
  Event wait_for(int fd, Deadline deadline);

  /// SIGKILL to the whole process group, then reaps; idempotent.
  ExitStatus kill();
  /// Waits for a voluntary exit until the deadline, then kills; reads the last output.
  ExitStatus finish(Deadline deadline);

  /// The child can no longer fork: nobody need be looked for when it has ended.
  void expect_no_orphans() { may_leave_orphans_ = false; }

  pid_t pid() const { return pid_; }
  bool reaped() const { return reaped_; }
  const OutputTail& standard_output() const { return out_tail_; }
  const OutputTail& standard_error() const { return err_tail_; }

 private:
  Process() = default;
  void drain();
  void reap();

  pid_t pid_ = -1;
  bool reaped_ = false;
  bool may_leave_orphans_ = true;
  ExitStatus status_;
  UniqueFd pidfd_;
  UniqueFd out_;
  UniqueFd err_;
  OutputTail out_tail_;
  OutputTail err_tail_;
};

}  // namespace modelgate
