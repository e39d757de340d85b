// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "gate/report/report.hpp"

namespace modelgate {

/// Under GitHub Actions (GITHUB_ACTIONS=true): annotations on standard output, and what GITHUB_STEP_SUMMARY and
/// GITHUB_OUTPUT name appended to; elsewhere nothing. A file that cannot be written is a warning on standard error: the
/// exit code and the reports hold without it, and a step that reads an absent output reads no pass.
void tell_github(const Report& report, const std::vector<std::string>& report_paths);

}  // namespace modelgate
