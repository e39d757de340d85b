// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <mutex>

namespace modelgate {

/// Makes this process the one to which processes fall whose parent, one of its children, has ended; and bars its memory
/// to processes of the same user. Once is enough.
void guard_gate();

/// Held from before a fork until the child is known, so that nobody takes it for an orphan meanwhile.
[[nodiscard]] std::unique_lock<std::mutex> children_lock();

/// A child that was started on purpose; the lock is held.
void know_child(pid_t child);
/// It was reaped.
void forget_child(pid_t child);

/// Ends and reaps every process that fell to this one without having been started by it: what a worker forked into a
/// session of its own. Children in this process's own session are left alone. Gives up after about a second.
void end_orphans();

}  // namespace modelgate
