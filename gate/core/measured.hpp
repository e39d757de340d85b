// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "gate/core/plan.hpp"
#include "gate/core/policy.hpp"

namespace modelgate {

/// CheckResult::method of a value that is known without error: no interval, no p.
inline constexpr std::string_view exact_method = "one file, compared exactly";
/// The same of outputs: what these rows show is a fact of these rows.
inline constexpr std::string_view exact_rows_method = "compared row by row, exactly";

/// Whether a result with this CheckResult::method is known without error.
constexpr bool is_exact_method(std::string_view method) {
  return method == exact_method || method == exact_rows_method;
}

/// True for the families that compare outputs with outputs: a fact of the rows, whatever they are a sample of.
constexpr bool is_of_outputs(Family family) { return family == Family::parity || family == Family::determinism; }

/// Whether the check needs no round and makes no error: the size of a file, outputs beside outputs.
inline bool is_exact(const PlannedCheck& check) {
  return (check.family == Family::resources && check.metric == "model_size") || is_of_outputs(check.family);
}

/// Whether the difference is told as candidate / production − 1: latency and throughput always, other resources where
/// the margin is a share.
inline bool compared_as_ratio(const PlannedCheck& check) {
  if (!is_relative(check.limit.word)) return false;
  return check.family == Family::latency ||
         (check.family == Family::resources && (check.limit.relative || check.metric == "throughput"));
}

}  // namespace modelgate
