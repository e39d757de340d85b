// SPDX-License-Identifier: Apache-2.0
#include "checks/requirement.hpp"

#include <algorithm>
#include <cmath>

#include "gate/core/policy.hpp"

namespace modelgate {
namespace {

/// "The candidate loses at most `loss`" (negative: it gains at least −loss), loss in the metric's unit or a share of
/// production.
Requirement loses_at_most(double loss, bool relative, Direction direction) {
  const bool at_least = direction == Direction::higher_is_better;
  const double signed_loss = at_least ? -loss : loss;  // allowed move of candidate against production
  if (relative) return {1.0 + signed_loss, 0.0, at_least};
  return {1.0, signed_loss, at_least};
}

}  // namespace

bool Requirement::met_by(double value) const {
  const double slack = 1e-12 * std::max(1.0, std::abs(limit));
  return at_least ? value >= limit - slack : value <= limit + slack;
}

bool is_relative(const Limit& limit) { return is_relative(limit.word); }

Requirement requirement_of(const PlannedCheck& planned, Direction direction) {
  const Limit& limit = planned.limit;
  switch (limit.word) {
    case LimitWord::min: return {0.0, limit.value, true};
    case LimitWord::max: return {0.0, limit.value, false};
    case LimitWord::max_regression: return loses_at_most(limit.value, limit.relative, direction);
    case LimitWord::min_improvement: return loses_at_most(-limit.value, limit.relative, direction);
  }
  return {0.0, std::nan(""), true};
}

std::optional<Requirement> hard_requirement_of(const PlannedCheck& planned, Direction direction) {
  if (planned.limit.word != LimitWord::max_regression) return std::nullopt;
  const double hard = planned.hard_margin.value_or(default_hard_factor * planned.limit.value);
  return loses_at_most(hard, planned.limit.relative, direction);
}

double resolved_margin(const PlannedCheck& planned, double production) {
  return planned.limit.relative ? planned.limit.value * std::abs(production) : planned.limit.value;
}

}  // namespace modelgate
