// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sched.h>

#include <optional>
#include <span>
#include <vector>

namespace modelgate {

/// Where and how the gate's own thread runs while it times workers; destruction puts everything back.
class GateThread {
 public:
  GateThread();
  ~GateThread();
  GateThread(const GateThread&) = delete;
  GateThread& operator=(const GateThread&) = delete;

  /// Brings the calling thread to these CPUs and keeps it from interrupting a worker that has just answered, so that
  /// the workers' involuntary switches are other processes' doing. Best effort; nothing without CPUs.
  void share(std::span<const int> cpus);

  /// Brings the calling thread to the CPUs it came from but these, so that it takes an answer while a worker is at its
  /// next batch; stays with them where there are no others. Best effort.
  void keep_off(std::span<const int> cpus);

  /// The CPUs that the calling thread could use before; none where there are more than the kernel's fixed set can say.
  std::vector<int> home() const;

 private:
  std::optional<cpu_set_t> home_;
  int policy_ = SCHED_OTHER;
  bool moved_ = false;
};

}  // namespace modelgate
