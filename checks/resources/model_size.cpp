// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "checks/judge.hpp"
#include "checks/resources/judge_resources.hpp"
#include "checks/scope_case.hpp"
#include "gate/core/measured.hpp"

namespace modelgate {
namespace {

/// What kept this model's file from being opened.
Error error_of(Role role, const Samples* samples) {
  if (samples != nullptr) {
    for (const LatencyRun& run : samples->runs)
      if (const auto& error = run.errors[index_of(role)]) return *error;
  }
  return {ErrorKind::internal, Reason::internal,
          fmt::format("The size of the {}'s model file was not read in this run.", to_string(role))};
}

/// Why the size of a model that the check looks at is not known; nothing where it is.
std::optional<Error> trouble_of(const PlannedCheck& planned, const Samples* samples) {
  for (const Role role : both_roles) {
    if (role == Role::production && !is_relative(planned.limit)) continue;
    if (samples != nullptr && samples->model_bytes[index_of(role)] > 0) continue;
    return error_of(role, samples);
  }
  return std::nullopt;
}

}  // namespace

std::vector<CheckResult> evaluate_model_size(const PlannedCheck& planned, const Evidence& evidence) {
  CheckResult result = blank_result(planned);
  result.method = exact_method;
  result.rows = 1;
  if (const auto trouble = trouble_of(planned, evidence.samples)) {
    fail_with(result, *trouble);
    return {result};
  }
  const auto& bytes = evidence.samples->model_bytes;
  const auto candidate = static_cast<double>(bytes[index_of(Role::candidate)]);
  const auto production = static_cast<double>(bytes[index_of(Role::production)]);
  result.candidate.value = candidate;
  if (production > 0.0) {
    result.production.value = production;
    result.difference.value = candidate - production;
  }
  if (compared_as_ratio(planned)) result.difference.value = candidate / production - 1.0;
  result.margin = planned.limit.value;
  const Measured measured{.candidate = candidate,
                          .production = production,
                          .discordant = {},
                          .label = {},
                          .direction = Direction::lower_is_better,
                          .fixed = true};  // a file's size is no sample of anything
  if (const auto part = judge_part(planned, measured, {})) result.parts = {*part};
  return {result};
}

}  // namespace modelgate
