// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string_view>

namespace modelgate {

/// A long message says what is wrong in its first paragraph; below an empty line stands what only those need who look
/// closer, such as a traceback. Both halves are without that line; the second is empty where there is none.
constexpr std::string_view first_paragraph(std::string_view text) { return text.substr(0, text.find("\n\n")); }

constexpr std::string_view after_first_paragraph(std::string_view text) {
  return text.substr(std::min(first_paragraph(text).size() + 2, text.size()));
}

}  // namespace modelgate
