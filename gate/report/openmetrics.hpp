// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "gate/report/report.hpp"

namespace modelgate {

/// The most checks whose numbers are written; modelgate_checks_unlisted says how many more there are.
inline constexpr std::size_t metrics_checks_cap = 1'000;

/// An OpenMetrics exposition for GitLab's merge-request widget and for Prometheus: gauges alone, no time stamps,
/// nothing that is not finite, "# EOF" last. GitLab cuts a line at #, splits it as a shell does and compares values as
/// text, so labels are plain and values rounded: rates to 4 decimals, others to 4 digits, the run to whole seconds.
/// What blocks is listed first, so that it is never cut.
std::string openmetrics_text(const Report& report);

}  // namespace modelgate
