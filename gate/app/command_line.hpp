// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

namespace modelgate {

/// Runs the command that the arguments name and returns the exit code of the contract; the one place that catches.
int run_command_line(std::span<char* const> arguments);

}  // namespace modelgate
