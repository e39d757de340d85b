// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <string>
#include <string_view>
#include <vector>

#include "gate/core/clock.hpp"
#include "gate/core/error.hpp"
#include "gate/core/progress.hpp"
#include "gate/wire/fd.hpp"

namespace modelgate {

/// What the phase of waiting, told to Progress, begins with.
inline constexpr std::string_view waiting_phase = "waiting for ";

/// Where gates look for the one lock of their machine: the file MODELGATE_LATENCY_LOCK names, else one file that every
/// user can open, in /tmp, or where that cannot be written, in /dev/shm.
std::vector<std::string> lock_paths();

/// Held while models are timed, so that gates on one machine do not disturb each other's rounds. The kernel takes it
/// back when its holder ends, however that happens.
class MachineLock {
 public:
  /// Waits, however long, until no other gate holds the lock; progress tells for which process. The first of the paths
  /// that can be opened or made is the lock; where none can, there is none, and the warning says so. Errors: only
  /// cancelled.
  static Result<MachineLock> take(const std::vector<std::string>& paths, const Clock& clock, Progress& progress,
                                  const std::atomic<bool>* cancel);

  double waited_s() const { return waited_s_; }
  /// Why there is no lock and what to do; empty where there is one.
  const std::string& warning() const { return warning_; }

 private:
  UniqueFd file_;
  double waited_s_ = 0.0;
  std::string warning_;
};

}  // namespace modelgate
