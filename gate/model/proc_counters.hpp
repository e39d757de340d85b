// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>

#include "gate/core/error.hpp"
#include "gate/wire/fd.hpp"

namespace modelgate {

/// What the kernel counts of a worker since its start.
struct WorkerCounters {
  double cpu_s = 0.0;                      ///< all threads
  std::uint64_t voluntary_switches = 0;    ///< main thread
  std::uint64_t involuntary_switches = 0;  ///< main thread
  std::uint64_t faults = 0;                ///< minor and major, all threads
};

/// Reads the kernel's counters of one running child, which the child cannot forge; about 10 µs a full reading.
class ProcCounters {
 public:
  /// Opens the child's clock and files; they stay valid until it is reaped.
  static Result<ProcCounters> open(pid_t pid);

  Result<double> cpu_s() const;
  Result<WorkerCounters> read() const;
  /// Seconds since its start in which the main thread was ready to run and others had the CPU; nothing where the kernel
  /// does not tell.
  std::optional<double> queued_s() const;
  /// /proc/PID/status; empty where it cannot be read.
  std::string status() const;
  /// How many there are now; 0 where it cannot be read.
  std::uint64_t threads() const;
  /// VmHWM, or 0 where it cannot be read.
  std::uint64_t peak_rss_bytes() const;

 private:
  clockid_t clock_ = 0;
  UniqueFd stat_;
  UniqueFd status_;
  UniqueFd schedstat_;
};

}  // namespace modelgate
