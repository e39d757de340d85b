// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "gate/report/report.hpp"

namespace modelgate {

/// summary.md for a comment on a merge request: verdict and blocking checks first, the rest folded; at most text_cap
/// bytes.
std::string markdown_text(const Report& report);

}  // namespace modelgate
