// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "gate/report/report.hpp"

namespace modelgate {

/// How the terminal looks like; the caller honours NO_COLOR and asks for the width.
struct ConsoleStyle {
  std::size_t width = 80;  ///< columns; less than 60 counts as 60, more than 140 as 140
  bool color = false;
  std::vector<std::string> report_paths;  ///< files already written, in the order to name them
};

/// The table a person reads at the end of a run: what passed, what warns, what was left out, and last what blocks.
/// Ends with the verdict, what its exit code means, and where the reports are. Free of CI commands and foreign escapes.
std::string console_text(const Report& report, const ConsoleStyle& style);

}  // namespace modelgate
