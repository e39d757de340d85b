// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "gate/report/report.hpp"

namespace modelgate {

/// report.html with its style sheet and pictures in <stem>.files/, the page last. No script, no inline style: it reads
/// the same under Jenkins's content-security policy, from a folder and with scripts switched off.
std::vector<ReportFile> html_files(const Report& report, const std::string& path);

}  // namespace modelgate
