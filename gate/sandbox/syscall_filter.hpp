// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace modelgate {

/// Lets this process make the listed system calls only, for good; any other gives EPERM. writes_first: with those that
/// create and change files, until bar_writing(). alone: there is one thread only. Needs no_new_privs; false where the
/// kernel has no filters or refuses this one.
bool restrict_calls(bool writes_first, bool alone);

/// Takes from all threads, for good, what restrict_calls() let a process write first. False where the kernel refuses.
bool bar_writing();

}  // namespace modelgate
