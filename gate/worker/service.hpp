// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace modelgate {

/// Obeys the gate's orders on this socket until it says quit or is gone; the process's exit code.
int serve(int socket);

}  // namespace modelgate
