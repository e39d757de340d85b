// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace modelgate {

/// Lets this process make the listed system calls only, for good; any other gives EPERM. may_write: with those that
/// create and change files. alone: there is one thread only. Needs no_new_privs; false where the kernel has no filters
/// or refuses this one.
bool restrict_calls(bool may_write, bool alone);

}  // namespace modelgate
