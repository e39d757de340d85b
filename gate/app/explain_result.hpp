// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "gate/core/verdict.hpp"

namespace modelgate {

/// Explains one result of this report.json, or lists its ids where id is empty.
ExitCode explain_result(const std::string& report_file, const std::string& id);

}  // namespace modelgate
