// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "checks/accuracy/accuracy_checks.hpp"

namespace modelgate {

CheckSpec accuracy_spec(std::string_view metric, std::uint8_t tasks, Direction direction, std::string_view summary,
                        std::string_view explain) {
  CheckSpec spec;
  spec.family = Family::accuracy;
  spec.metric = metric;
  spec.tasks = tasks;
  spec.direction = direction;
  spec.unit = Unit::rate;
  const LimitWord absolute = direction == Direction::higher_is_better ? LimitWord::min : LimitWord::max;
  spec.limits = flags(absolute, LimitWord::max_regression, LimitWord::min_improvement);
  spec.scope = flags(ScopeKey::slices, ScopeKey::min_rows);
  spec.summary = summary;
  spec.explain = explain;
  return spec;
}

CheckSpec weighable(CheckSpec spec) {
  spec.honours_weight = true;
  spec.honours_cluster = true;
  return spec;
}

CheckSpec loss_spec(std::string_view metric, std::uint8_t tasks, std::string_view summary, std::string_view explain) {
  CheckSpec spec = accuracy_spec(metric, tasks, Direction::lower_is_better, summary, explain);
  spec.unit = Unit::plain;
  spec.highest = std::numeric_limits<double>::max();
  return spec;
}

}  // namespace modelgate
