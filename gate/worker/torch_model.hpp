// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "gate/worker/loaded_model.hpp"

namespace modelgate {

/// A TorchScript module from an open file, on the CPU or the first GPU; a failure says, too, what a GPU misses.
LoadedOrRefused load_torchscript(int fd, const LoadOrder& order);

/// True when the libtorch that was loaded is the very version this program was compiled for.
bool is_our_torch();

/// Threads within an operator; one between operators. profiling: TorchScript's default executor, which profiles the
/// first requests and optimises for them; otherwise every request runs the same plain code. To be called once, first of
/// all.
void configure_torch(int threads, bool profiling);

/// "libtorch 2.13.0".
std::string torch_version();

}  // namespace modelgate
