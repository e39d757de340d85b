// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "gate/core/clock.hpp"
#include "gate/core/error.hpp"
#include "gate/core/progress.hpp"
#include "gate/selftest/decision.hpp"

namespace modelgate {

/// What takes the decisions of some cells.
struct Experiment {
  std::string name;  ///< the progress's phase
  std::vector<TrialCell> cells;
  /// Takes one fresh decision of a cell; cell and seconds are filled by whoever asked. An error ends the trial.
  std::function<Result<Decision>(std::size_t cell, std::uint64_t seed)> decide;
  double expected_s = 0.0;  ///< of one decision, before any was taken
};

/// How much may be decided.
struct Allowance {
  double seconds = std::numeric_limits<double>::infinity();
  std::size_t per_cell = std::numeric_limits<std::size_t>::max();
};

/// Decisions a cell that the allowance buys at this many seconds each, all cells alike; at most per_cell.
std::size_t affordable(const Allowance& allowance, std::size_t cells, double seconds_each);

/// The seed of a decision: 53 bits, so that every reader of JSON keeps them.
std::uint64_t decision_seed(std::uint64_t seed, std::size_t cell, std::size_t number);

/// Takes decisions, one of each cell in turn, so that a budget that ends leaves the cells alike. Begins none that would
/// not end within the seconds allowed, going by the longest so far (before any, by what is expected). Those taken stay
/// in `taken`, in order, also when an error ends the trial.
Result<void> take_decisions(const Experiment& trial, const Allowance& allowance, std::uint64_t seed, const Clock& clock,
                            Progress& progress, std::vector<Decision>& taken);

}  // namespace modelgate
