// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace modelgate {

using Instant = std::chrono::sys_seconds;

/// "7d", "12h", "30min", "90s": a positive whole number and its unit; nothing otherwise.
std::optional<std::chrono::seconds> age_from(std::string_view text);

/// "2026-11-22T13:40:00Z", exactly so; nothing otherwise.
std::optional<Instant> instant_from(std::string_view text);

/// "6 days", "3 hours", "12 minutes", rounded down; "1 day".
std::string age_text(std::chrono::seconds age);

}  // namespace modelgate
