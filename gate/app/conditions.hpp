// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gate/core/date.hpp"
#include "gate/core/error.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/waiver.hpp"

namespace modelgate {

/// What of the plan depends on the day: its waivers, read and held to the plan's ids, and the first release, which must
/// not have ended and warns 14 days before (into the plan's warnings). Usage errors; call before anything is taken out
/// of the plan.
Result<WaiverBook> conditions_of(Plan& plan, Date today);

}  // namespace modelgate
