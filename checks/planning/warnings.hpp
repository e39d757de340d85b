// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "checks/planning/outlook.hpp"

namespace modelgate {

/// What makes the golden rows unfit for the gate: rare positives with accuracy as the only metric, a prevalence more
/// than twice away from the declared one, a pinned digest beside inputs in files that it does not hold. Full sentences.
std::vector<std::string> warnings_of_rows(const Plan& plan, const RowColumns& rows);

/// One sentence for each blocking check that cannot see its own margin (an equal model passes in under 80 % of runs) or
/// cannot be judged in some place; needs outlooks of Detail::all.
std::vector<std::string> warnings_of_outlooks(const Plan& plan, const std::vector<Outlook>& outlooks);

}  // namespace modelgate
