// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "gate/core/error.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/waiver.hpp"

namespace modelgate {

/// Reads the waivers file of the plan (none: no waivers) as strictly as the gate file: a list of maps with check,
/// owner, reason, until and worst, within the same bounds. Every id must be one that the plan's checks can have; values
/// of slices that the gate file does not declare are known after the judging only. Call before anything is taken out of
/// the plan. Every problem is a usage error, all at once: "file:line: error: what", the line, a caret, what to do. The
/// day of the book is the caller's to set.
Result<WaiverBook> read_waivers(const Plan& plan);

/// The waivers in bytes at hand; name: the file as messages name it.
Result<std::vector<Waiver>> parse_waivers(std::string_view bytes, const std::string& name, const Plan& plan);

}  // namespace modelgate
