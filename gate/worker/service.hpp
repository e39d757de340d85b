// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace modelgate {

/// configure_torch's arguments.
struct TorchSettings {
  int threads = 1;
  bool profiling = true;
};

/// Obeys the gate's orders on this socket until it says quit or is gone; the process's exit code. Shuts the process in
/// before it configures libtorch, which starts threads then, and before it opens a model.
int serve(int socket, const TorchSettings& settings);

}  // namespace modelgate
