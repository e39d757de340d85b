// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gate/config/section.hpp"
#include "gate/core/check_spec.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/policy.hpp"

namespace modelgate {

inline constexpr LimitWord all_limit_words[]{LimitWord::min, LimitWord::max, LimitWord::max_regression,
                                             LimitWord::min_improvement};

/// Every limit of one entry, in the metric's unit, in the order of all_limit_words; says what does not fit the metric.
std::vector<Limit> read_limits(const Section& entry, const CheckSpec& spec);

/// Warns of a margin of time that the noise of most machines exceeds with this allocator, or nothing.
std::optional<std::string> fine_margin_warning(const PlannedCheck& check, bool pinned_allocator);

/// The hard margin in the terms of max_regression, or nothing where it is left out or wrong.
std::optional<double> read_hard_margin(const Section& entry, const CheckSpec& spec, OnInconclusive policy);

}  // namespace modelgate
