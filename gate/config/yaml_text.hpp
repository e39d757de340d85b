// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace modelgate {

/// The text as one YAML scalar that reads back as this very text, in any place: bare where nothing can mistake it,
/// else in double quotes.
std::string yaml_scalar(std::string_view text);

/// "[a, "b c"]".
std::string yaml_list(const std::vector<std::string>& texts);

/// The text as it may stand behind "# ": one line, without control characters.
std::string yaml_comment(std::string_view text);

}  // namespace modelgate
