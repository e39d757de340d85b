// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "gate/report/report.hpp"

namespace modelgate {

/// The shortest page that holds the verdict and says what is left out, in bytes.
inline constexpr std::size_t smallest_page = 12'000;

/// summary.md for a comment on a merge request: verdict and blocking checks first, the rest folded; at most cap bytes
/// (GitHub takes 65,536 characters a comment), cap not below smallest_page.
std::string markdown_text(const Report& report, std::size_t cap);

/// The same with text_cap bytes.
std::string markdown_page(const Report& report);

/// The first lines of that page alone: name, verdict and headline.
std::string markdown_head(const Report& report);

}  // namespace modelgate
