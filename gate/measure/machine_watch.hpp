// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "gate/core/clock.hpp"
#include "gate/core/samples.hpp"

namespace modelgate {

/// Watches the machine from its construction on, by what the kernel counts (proc(5), Documentation/accounting/psi.rst).
class MachineWatch {
 public:
  /// Clock outlives it; proc: where the kernel's files are.
  explicit MachineWatch(const Clock& clock, std::string proc = "/proc");
  /// Load now; steal and pressure since the construction.
  MachineState state() const;

 private:
  struct Counters {
    double now_s = 0.0;
    std::optional<double> ticks;         ///< CPU time of all kinds, of all CPUs
    std::optional<double> stolen_ticks;  ///< of these, taken by the hypervisor
    std::optional<double> pressed_us;    ///< in which some task waited for a CPU
  };
  Counters read() const;

  const Clock& clock_;
  std::string proc_;
  Counters before_;
};

/// Memory that new processes may take without swapping: what the kernel says of the machine (MemAvailable) and, where
/// lower, what is left below the control group's limit; 0 where it tells nothing.
std::uint64_t available_memory_bytes(const std::string& proc = "/proc", const std::string& cgroup = "/sys/fs/cgroup");

}  // namespace modelgate
