// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <optional>

#include "gate/core/error.hpp"
#include "gate/core/verdict.hpp"

namespace modelgate {

/// From here on SIGTERM and SIGINT set a flag that every wait watches, and SIGPIPE does nothing. Five seconds after
/// the first of them the process ends with that signal's exit code, whatever it waits for.
void install_signal_handlers();

/// True once a signal asked the run to end.
const std::atomic<bool>& cancel_flag();

/// What to report and to exit with when a signal asked the run to end; nothing otherwise.
std::optional<Error> cancellation();
ExitCode cancellation_exit_code();

}  // namespace modelgate
