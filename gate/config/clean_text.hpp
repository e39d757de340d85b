// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace modelgate {

/// Where the text stops being UTF-8 (RFC 3629: no overlong forms, no surrogates) without control characters other than
/// tab, line feed and carriage return; nothing if it is clean.
std::optional<std::size_t> first_bad_text(std::string_view text);

}  // namespace modelgate
