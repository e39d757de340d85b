// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace modelgate {

/// Lets this process make the listed system calls only, for good; any other gives EPERM. writes_first: with those that
/// create and change files, until stop_writing(). alone: there is one thread only. Needs no_new_privs; false where the
/// kernel has no filters or refuses this one.
bool restrict_calls(bool writes_first, bool alone);

/// To be called where such a filter holds, when the scratch folder holds what it is for and before code of somebody
/// else's runs: from here on no thread creates, changes or removes a file. False where the kernel refuses.
bool stop_writing();

}  // namespace modelgate
