// SPDX-License-Identifier: Apache-2.0
#include "gate/measure/repeated_answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "gate/core/number_text.hpp"

namespace modelgate {
namespace {

constexpr double optimiser_apart = 1e-5;
constexpr std::size_t rows_told = 3;

std::string apart_words(double difference) {
  return std::isfinite(difference) ? fmt::format("by {:.3g}", difference) : std::string("to or from no finite number");
}

/// "row 17 by 0.73 in its answer 6, row 18 by 0.6 in its answer 6"
std::string rows_words(const RepeatedOutputs& found) {
  std::string text;
  for (std::size_t i = 0; i < std::min(found.most.size(), rows_told); ++i) {
    const ChangedRow& row = found.most[i];
    text += fmt::format("{}row {} {} in its answer {}", text.empty() ? "" : ", ", row.row + 1,
                        apart_words(row.difference), row.answer);
  }
  return text;
}

/// The first number of one digit that is at least twice as large.
double room_for(double difference) {
  const double digit = std::pow(10.0, std::floor(std::log10(2.0 * difference)));
  return std::ceil(2.0 * difference / digit) * digit;
}

/// How to say that the model is meant to do so; a number that became none is meant by nobody.
std::string declaring_words(const RepeatedOutputs& found, const std::string& policy) {
  const double largest = found.most.empty() ? 0.0 : found.most.front().difference;
  const double room = room_for(largest);
  if (!(largest > 0.0) || !std::isfinite(room)) return {};
  return fmt::format(
      "; if it draws numbers by design, declare how far they may lie apart, under checks: of {}: "
      "determinism: [{{metric: mismatched_rows, max: 0, tolerance: {:.1g}}}] (twice what was seen; if the check is "
      "there already, raise its tolerance)",
      policy.empty() ? "the gate file" : policy, room);
}

}  // namespace

SameWithin timed_tolerance(const Plan& plan) {
  SameWithin same{optimiser_apart, optimiser_apart};
  for (const PlannedCheck& check : plan.checks) {
    const bool declared = check.family == Family::determinism && (plan.extends_file.empty() || check.of_policy);
    if (!declared) continue;
    same.absolute = std::max(same.absolute, check.tolerance.absolute);
    same.relative = std::max(same.relative, check.tolerance.relative);
  }
  return same;
}

Error outputs_differ(Role role, const RepeatedOutputs& found, const std::string& policy) {
  return {ErrorKind::model, Reason::outputs_differ,
          fmt::format("{}: its answers changed while it was timed: {} of {} golden rows differ from the first answer "
                      "to the same request ({}; up to {:.3g}, or {:.3g} of the number, count as the same). A model "
                      "that does not do the same work each time cannot be timed. Look for state that it keeps, "
                      "dropout left on, or memory that it reads before writing{}.",
                      to_string(role), count_text(found.changed()), count_text(found.rows), rows_words(found),
                      found.same.absolute, found.same.relative, declaring_words(found, policy))};
}

}  // namespace modelgate
