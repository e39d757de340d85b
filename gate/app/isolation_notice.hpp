// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "gate/wire/message.hpp"

namespace modelgate {

/// Says on standard error, once a command, what a model could have done; silent at full isolation and where none ran.
void warn_of_isolation(const std::optional<Confinement>& weakest);

}  // namespace modelgate
