// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include "gate/core/error.hpp"
#include "gate/sandbox/launch.hpp"
#include "gate/wire/fd.hpp"

namespace modelgate {

/// The gate's ends of a started child.
struct Spawned {
  pid_t pid = -1;
  UniqueFd pidfd;
  UniqueFd standard_output;
  UniqueFd standard_error;
};

/// fork and exec, nothing else: what Process::launch is made of.
Result<Spawned> spawn(const LaunchSpec& spec);

}  // namespace modelgate
