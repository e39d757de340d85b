// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "gate/core/check_result.hpp"
#include "gate/core/verdict.hpp"
#include "gate/core/waiver.hpp"

namespace modelgate {

/// What applying the waivers brought to light.
struct WaiverNotes {
  std::vector<std::string> warnings;  ///< expired, soon to expire, not needed: a sentence each
  std::vector<const Waiver*> strays;  ///< waivers whose id no result of this run has
};

/// Turns each blocking fail, inconclusive or not_assessable that a waiver in force covers into waived; errors never.
/// Covered: the candidate's value, that of every group where several are judged, is no worse than `worst`; without
/// `worst` only a result that has no value. Messages must stand already; they say by whom and until when, or why not.
WaiverNotes apply_waivers(std::vector<CheckResult>& results, std::span<const NotJudged> not_judged,
                          const WaiverBook& book);

}  // namespace modelgate
