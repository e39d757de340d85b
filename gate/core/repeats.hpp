// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "gate/core/error.hpp"
#include "gate/core/same_within.hpp"

namespace modelgate {

/// Changed rows that reports name; the others are counted.
inline constexpr std::size_t most_named_rows = 20;

/// A golden row whose answer changed when it was given again.
struct ChangedRow {
  std::size_t row = 0;      ///< of the golden data, from 0
  double difference = 0.0;  ///< the largest over its numbers and repetitions; infinite where a number became none
  std::size_t answer = 0;   ///< which answer to these rows that was: 2 for the first repetition
};

/// What one model put out when it was given the same golden rows again, compared with its first answer to them.
struct RepeatedOutputs {
  std::size_t answers = 0;          ///< answers compared with a first one
  std::size_t fresh_answers = 0;    ///< of them by a worker that had not given the first one (replay alone counts them)
  std::size_t rows = 0;             ///< golden rows that were compared
  SameWithin same{};                ///< what counted as unchanged
  std::vector<double> differences;  ///< of every row that changed by more, largest first
  std::vector<ChangedRow> most;     ///< at most most_named_rows of them, largest first
  std::optional<Error> error;       ///< what ended the repetitions before their time

  std::size_t changed() const { return differences.size(); }
};

}  // namespace modelgate
