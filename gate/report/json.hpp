// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "gate/report/report.hpp"

namespace modelgate {

/// The version of report.json's layout; a field that is added raises it by one, and a field never changes its meaning.
inline constexpr int report_schema_version = 4;

/// report.json (gate/report/report.schema.json): full-precision numbers, null with a reason in place of what is not
/// finite, keys in a fixed order, volatile data only in run, environment and the families latency and resources.
std::string json_text(const Report& report);

}  // namespace modelgate
