// SPDX-License-Identifier: Apache-2.0
#include "checks/outputs/output_checks.hpp"

#include <cmath>

#include "gate/core/check_result.hpp"

namespace modelgate {

CheckSpec outputs_spec(Family family, std::string_view metric, std::string_view summary, std::string_view explain) {
  CheckSpec spec;
  spec.family = family;
  spec.metric = metric;
  spec.tasks = flags(Task::binary, Task::multiclass, Task::multilabel, Task::regression, Task::ranking);
  spec.direction = Direction::lower_is_better;
  spec.unit = Unit::plain;  // shown to four digits, however small: one row of a million matters here
  spec.limits = flags(LimitWord::max);
  spec.honours_weight = spec.honours_cluster = spec.honours_exposure = true;  // a fact of rows, whatever they stand for
  spec.summary = summary;
  spec.explain = explain;
  return spec;
}

void judge_exactly(CheckResult& result, double value) {
  if (std::isfinite(value)) result.candidate.value = value;
  result.margin = result.planned.limit.value;
  Part part;
  part.passes = value <= result.planned.limit.value;  // without any slack: 1e-13 is not 0
  part.hard_margin_excluded = part.passes;
  part.p_fail = part.passes ? 1.0 : 0.0;
  result.parts = {part};
}

}  // namespace modelgate
