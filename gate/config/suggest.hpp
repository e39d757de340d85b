// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace modelgate {

/// Damerau-Levenshtein distance (optimal string alignment): inserts, deletions, substitutions, neighbours swapped.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The choice nearest to what was typed, or "" when none is near enough to have been meant.
std::string_view nearest(std::string_view typed, std::span<const std::string_view> choices);

/// `did you mean "X"?`, or else otherwise.
std::string did_you_mean(std::string_view typed, std::span<const std::string_view> choices, std::string otherwise = {});

/// "a, b or c".
std::string one_of(std::span<const std::string_view> choices);

}  // namespace modelgate
