// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gate/worker/loaded_model.hpp"

namespace modelgate {

/// An AOTInductor package (.pt2) from an open file, on the CPU. Its machine code runs in this process from the first
/// moment; torch's own loader, which would compile what a package asks for, is not used. filtered: confine() told of a
/// filter, which is closed to writing before that moment.
LoadedOrRefused load_aotinductor(int fd, const LoadOrder& order, bool filtered);

}  // namespace modelgate
