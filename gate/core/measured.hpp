// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "gate/core/plan.hpp"
#include "gate/core/policy.hpp"

namespace modelgate {

/// CheckResult::method of a value that is known without error: no interval, no p.
inline constexpr std::string_view exact_method = "one file, compared exactly";

/// Whether the check needs no round and makes no error: the size of a file.
inline bool is_exact(const PlannedCheck& check) {
  return check.family == Family::resources && check.metric == "model_size";
}

/// Whether the difference is told as candidate / production − 1: latency and throughput always, other resources where
/// the margin is a share.
inline bool compared_as_ratio(const PlannedCheck& check) {
  if (!is_relative(check.limit.word)) return false;
  return check.family == Family::latency ||
         (check.family == Family::resources && (check.limit.relative || check.metric == "throughput"));
}

}  // namespace modelgate
