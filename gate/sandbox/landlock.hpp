// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "gate/sandbox/confine.hpp"

namespace modelgate {

/// Leaves this thread, and those it starts, the model, the libraries and what tells of the CPU to read, the scratch
/// folder to write, and nothing else by any path; with newer kernels no TCP, no signals and no abstract sockets to
/// processes outside. Needs no_new_privs. The ABI of the rules in force, or 0 where there are none.
std::uint32_t restrict_files(const ConfineSpec& spec);

}  // namespace modelgate
