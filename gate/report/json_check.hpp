// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "gate/core/check_result.hpp"
#include "gate/report/report.hpp"

namespace modelgate {

using Json = nlohmann::ordered_json;

/// One entry of checks[] of report.json.
Json check_json(const CheckResult& result, const Report& report);

/// {value, interval}, and the reason where a number is null.
Json estimate_json(const Estimate& estimate);

/// A clean string, or null where it is empty.
Json text_or_null(std::string_view text);

/// "not_judged", "candidates_exhausted".
std::string_view to_string(Reuse::Status status);

/// "rate", "per_second".
std::string_view to_string(Unit unit);

/// A finite number, or null.
Json number_or_null(std::optional<double> value);

}  // namespace modelgate
