// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "gate/core/plan.hpp"

namespace modelgate {

/// A limit as one inequality on q = candidate − factor · production: q >= limit where at_least, else q <= limit.
/// Absolute limits have factor 0, margins in the metric's unit factor 1, percent margins factor 1 ∓ r and limit 0.
struct Requirement {
  double factor = 0.0;
  double limit = 0.0;
  bool at_least = true;

  /// Whether this value itself satisfies the limit, rounding of the last digits forgiven; false for NaN.
  bool met_by(double value) const;
};

/// True for max_regression and min_improvement: limits against production.
bool is_relative(const Limit& limit);

/// The planned limit as an inequality; direction says which way the metric improves.
Requirement requirement_of(const PlannedCheck& planned, Direction direction);

/// The inequality that `guard` asks of an inconclusive relative check: no harm beyond hard_margin (default 3 × the
/// margin); nothing for absolute limits.
std::optional<Requirement> hard_requirement_of(const PlannedCheck& planned, Direction direction);

/// The limit as it is compared, in the metric's unit: percent margins by production's value.
double resolved_margin(const PlannedCheck& planned, double production);

}  // namespace modelgate
