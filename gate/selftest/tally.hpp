// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gate/core/interval.hpp"
#include "gate/selftest/decision.hpp"

namespace modelgate {

/// How many of n, and the 95 % Clopper–Pearson interval of the rate behind it; no interval of nothing.
struct ObservedRate {
  std::size_t events = 0;
  std::size_t n = 0;
  std::optional<Interval> interval;

  double rate() const { return n == 0 ? 0.0 : static_cast<double>(events) / static_cast<double>(n); }
};
ObservedRate share_of(std::size_t events, std::size_t n);

/// The smallest rate that none among n would exclude at 95 %: the upper end of Clopper–Pearson at 0 of n; 1 for n = 0.
double excludable_rate(std::size_t n);

/// Counts of decisions. not_assessable and errors are told apart, and neither is a pass.
struct OutcomeTally {
  std::size_t n = 0;
  std::size_t pass = 0;
  std::size_t fail = 0;
  std::size_t inconclusive = 0;
  std::size_t not_assessable = 0;
  std::size_t error = 0;
  std::size_t blocks_undecided = 0;  ///< neither pass nor fail, and blocking under the gate's policy
  std::vector<double> seconds;       ///< of each decision

  void add(const Decision& decision, Outcome outcome);
  /// Neither passed nor failed.
  std::size_t undecided() const { return n - pass - fail; }
  std::optional<double> median_s() const;
  std::optional<double> p90_s() const;
};

/// The decisions of one cell; of its own check, or of another that was judged with it (nothing where it was not).
OutcomeTally tally_of(std::span<const Decision> decisions, std::size_t cell, const std::string& check = {});

/// All decisions of these cells together.
OutcomeTally pooled(std::span<const Decision> decisions, std::span<const std::size_t> cells);

/// What many outcomes make of a gate: any fail fails it, else anything else than passes leaves it open.
Outcome together(std::span<const Outcome> outcomes);

}  // namespace modelgate
