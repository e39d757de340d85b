// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace modelgate {

/// A day of the calendar, UTC.
using Date = std::chrono::sys_days;

/// "2026-12-31", exactly so, a day that exists; nothing otherwise. A longer text, such as a time stamp, is no date.
std::optional<Date> date_from(std::string_view text);

/// "2026-12-31".
std::string date_text(Date date);

/// Whole days from one date to a later one; negative where it is earlier.
constexpr int days_from(Date first, Date last) { return static_cast<int>((last - first).count()); }

}  // namespace modelgate
