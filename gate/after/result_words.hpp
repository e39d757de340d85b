// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "gate/report/read_report.hpp"

namespace modelgate {

/// One result in words for a terminal: what was compared on how many rows, the interval against the limit, why this
/// outcome, the correction, what would decide, groups, pairs and flips, who declared, owns or waives it.
std::string result_words(const StoredReport& report, const CheckResult& check, std::size_t width);

/// Every id by standing, blocking first, with its outcome.
std::string ids_by_standing(const StoredReport& report);

}  // namespace modelgate
