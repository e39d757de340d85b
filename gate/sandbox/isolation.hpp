// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gate/core/plan.hpp"
#include "gate/wire/message.hpp"

namespace modelgate {

/// full: filter and Landlock hold, so that nothing of gate/sandbox/README.md's table gets through; partial: one of the
/// two; none: neither, or privileges could be gained anew.
Isolation level_of(const Confinement& held);

/// "partial: seccomp allow-list, no_new_privs, capabilities dropped; no Landlock". A sanitized build adds what its
/// workers lack, "no memory limit", whatever the level.
std::string isolation_words(const Confinement& held);

/// What hostile code in a model could do all the same, worst first, each to follow "could"; empty at full.
std::vector<std::string> let_through(const Confinement& held);

/// One sentence for the report on what is let through; empty at full.
std::string isolation_warning(const Confinement& held);

/// The least level at which a model may be opened. A native one brings machine code: full, unless the gate file allows
/// less for it.
Isolation least_isolation(const RuntimeSpec& runtime, bool native);

/// Why the model stayed closed: what is missing on this machine, why it matters, what to do.
std::string insufficient_isolation(const Confinement& held, const RuntimeSpec& runtime, bool native);

/// What a worker said, less what the kernel's /proc/PID/status does not confirm.
Confinement confirmed_by(const Confinement& said, std::string_view status);

/// The weakest confinement of several workers: the lowest level, and of one level that which lets the most through.
/// Safe for use from several threads.
class WeakestIsolation {
 public:
  void note(const Confinement& held);
  /// Nothing where no worker was confined yet.
  std::optional<Confinement> get() const;

 private:
  mutable std::mutex mutex_;
  std::optional<Confinement> weakest_;
};

}  // namespace modelgate
