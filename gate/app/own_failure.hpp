// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>

#include "gate/core/error.hpp"

namespace modelgate {

/// What nobody on the way had an answer to (no memory, no further thread, a broken assumption of ours), for a person.
Error own_failure(const std::exception& thrown);

}  // namespace modelgate
