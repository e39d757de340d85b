// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <span>
#include <vector>

#include "gate/core/error.hpp"

namespace modelgate {

/// Moves a process of this user with all its threads to these CPUs, so that threads which it starts later stay there,
/// too. Error: the kernel refused, or the process has ended.
Result<void> pin_process(pid_t pid, std::span<const int> cpus);

/// As many CPUs of `allowed` as `cpus` has, none of them in it and all of its memory node, so that what a process first
/// touches there lies as near as if it had started on `cpus`; fewer where there are not enough.
std::vector<int> cpus_beside(std::span<const int> cpus, std::span<const int> allowed);

/// All CPUs of `allowed` that are of the memory node of `cpus` and not busy; none where `cpus` is empty.
std::vector<int> cpus_apart(std::span<const int> cpus, std::span<const int> allowed, std::span<const int> busy);

}  // namespace modelgate
