// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "gate/core/clock.hpp"
#include "gate/core/progress.hpp"

namespace modelgate {

/// Puts /dev/null in the place of each standard stream that the caller closed: the first file opened would take its
/// number, and what is meant for a person would be written into it. False where /dev/null cannot be opened.
bool hold_standard_streams();

/// Columns of the terminal on standard output; 80 where it is none.
std::size_t terminal_width();

/// True on a terminal that takes colour; NO_COLOR and TERM=dumb are honoured.
bool terminal_color();

/// A bar on a terminal; in CI, and where standard error is no terminal, a line for whomever the gate waits for and
/// nothing else; silent with quiet. The clock outlives it.
std::unique_ptr<Progress> make_progress(bool quiet, const Clock& clock);

/// Writes text to standard output; a closed pipe is not an error, since the verdict stands in the exit code and the
/// reports.
void print_out(std::string_view text);
/// Likewise to standard error.
void print_err(std::string_view text);

}  // namespace modelgate
