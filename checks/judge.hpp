// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "checks/requirement.hpp"
#include "gate/core/check_result.hpp"
#include "gate/core/error.hpp"

namespace modelgate {

/// p of "q <= limit" and of "q >= limit" for q = candidate − factor · production.
struct Tail {
  double at_most = 1.0;
  double at_least = 1.0;
  bool on_the_line = false;  ///< resampling could not tell the side
};

/// The tails of a method at any factor and limit; nothing where the data cannot answer.
using TailOf = std::function<std::optional<Tail>(double factor, double limit)>;

/// One-sided level of pass and of the printed intervals: 1 − confidence.
double alpha_of(const PlannedCheck& planned);

/// Both tails where both exist.
std::optional<Tail> tail_of(std::optional<double> at_most, std::optional<double> at_least);

/// The larger of both p of the same hypothesis, where both exist.
std::optional<Tail> weaker(const std::optional<Tail>& one, const std::optional<Tail>& other);

/// The smallest interval around both.
std::optional<Interval> wider(const std::optional<Interval>& one, const std::optional<Interval>& other);

/// A limit for Tango's tests, which take it inside (−1, 1); a difference of rates cannot lie beyond.
double inside_differences(double limit);

/// A value with its interval; of zero width where the population is fixed.
Estimate estimate_of(double value, std::optional<Interval> interval, bool fixed);

/// Values that a part is judged on, with how they were measured.
struct Measured {
  double candidate = 0.0;
  double production = 0.0;           ///< unused by absolute limits
  std::optional<double> discordant;  ///< rows that can speak, where a fail needs a number of them
  std::string label;                 ///< which pair or group, "" for one part
  Direction direction = Direction::higher_is_better;
  bool fixed = false;  ///< the rows are all that is meant: the values themselves decide
};

/// The planned limit judged on what was measured; nothing where the tails are undefined (zero variance).
std::optional<Part> judge_part(const PlannedCheck& planned, const Measured& measured, const TailOf& tails);

/// Makes the result not_assessable for this reason; detail is a full sentence.
void not_assessable(CheckResult& result, Reason reason, std::string detail);

/// Makes the result an error; detail is a full sentence.
void fail_with(CheckResult& result, const Error& error);

/// About how many rows of the result's scope would decide, from `units` judged units with this standard error of the
/// contrast. For a margin an equal model is planned for, else the distance seen.
std::optional<std::size_t> rows_needed(const CheckResult& result, const Measured& measured, std::size_t units,
                                       double std_error);

}  // namespace modelgate
