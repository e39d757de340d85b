// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "gate/wire/message.hpp"

namespace modelgate {

/// What a worker's model needs for itself.
struct ConfineSpec {
  int model = -1;       ///< descriptor of the model: the one file of the user's that may be opened again
  std::string scratch;  ///< the one folder to read, and to fill until stop_writing(); empty: no file is written
  bool gpu = false;  ///< the driver's devices and files stay open to it; no filter of system calls is known to fit it
};

/// Shuts the calling process in for good, as far as the kernel has the means: no new privileges, no capabilities,
/// Landlock, an allow-list of system calls. To be called while there is one thread only: where there are more, what
/// would hold one of them alone is not claimed. Tells what holds now.
Confinement confine(const ConfineSpec& spec);

}  // namespace modelgate
