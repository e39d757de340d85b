// SPDX-License-Identifier: Apache-2.0
// Stands in for confine.cpp and syscall_filter.cpp of gate/sandbox in modelgate-worker-open, which bench_isolation
// compares the worker with.
#include "gate/sandbox/confine.hpp"
#include "gate/sandbox/syscall_filter.hpp"

namespace modelgate {

Confinement confine(const ConfineSpec& /*spec*/) { return {}; }
bool stop_writing() { return true; }

}  // namespace modelgate
