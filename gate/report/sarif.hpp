// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "gate/report/report.hpp"

namespace modelgate {

/// The most results written; GitHub's code scanning takes 25,000 a run and shows 5,000.
inline constexpr std::size_t sarif_results_cap = 5'000;

/// SARIF 2.1.0: one result for each check that did not pass, on its line of the gate file, blocking ones first; what is
/// waived is suppressed. Fingerprints are made of gate name and check id alone, so that an alert stays one alert while
/// its numbers change. A verdict that is not a pass always has a result of level error.
std::string sarif_text(const Report& report);

}  // namespace modelgate
