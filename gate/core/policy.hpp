// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gate/core/check_spec.hpp"

namespace modelgate {

/// One-sided level of a fail over the whole gate file, for each family of the error budget.
inline constexpr double gate_alpha = 0.05;

/// hard_margin where the gate file names none, in margins.
inline constexpr double default_hard_factor = 3.0;

/// True for the limit words that compare the candidate with production.
constexpr bool is_relative(LimitWord word) {
  return word == LimitWord::max_regression || word == LimitWord::min_improvement;
}

/// True for the families judged on golden rows.
constexpr bool is_of_rows(Family family) { return family == Family::accuracy || family == Family::bias; }

/// True for the families judged on measurements of the machine, an error budget of their own.
constexpr bool is_measured(Family family) { return family == Family::latency || family == Family::resources; }

}  // namespace modelgate
