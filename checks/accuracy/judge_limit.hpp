// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "checks/scope_case.hpp"
#include "gate/stats/bootstrap.hpp"
#include "gate/stats/linearised.hpp"

namespace modelgate {

/// A metric in one place, its values known, its uncertainty behind the tails.
struct Judgeable {
  double candidate = 0.0;
  double production = 0.0;  ///< unused by absolute limits
  Direction direction = Direction::higher_is_better;
  std::optional<double> discordant;              ///< rows or units that can speak; ignored where the rows are fixed
  std::optional<std::uint64_t> baseline_events;  ///< production events, where a percent margin needs a number of them
  TailOf tails;
  std::size_t units = 0;                           ///< rows or units behind the standard error
  std::function<double(double factor)> std_error;  ///< of candidate − factor · production; 0 where unknown
  std::string_view no_variation = "The rows show no variation to judge the metric by.";
};

/// Judges the planned limit: percent margin refused or resolved, part, margin and rows needed; zero_variance where the
/// tails say nothing. True where the result has its part.
bool judge_limit(ScopeCase& scope, const Judgeable& metric);

/// What to do where both models say the same of every row, which no interval can judge; empty where they do not.
std::string advice_where_alike(const ScopeCase& scope, double candidate, double production);

/// The tails of a bootstrap at a limit, and whether too many replicates were undefined. alike: no replicate differs.
struct ResampledTails {
  ScopeCase& scope;
  stats::PairedBootstrap& bootstrap;
  Direction direction = Direction::higher_is_better;
  const stats::PairedEstimate* linearised = nullptr;  ///< for p-values that no number of replicates can count
  bool undefined = false;

  std::optional<Tail> at(double factor, double limit);
};

/// Candidate, production and difference with the bootstrap's percentile intervals.
void fill_resampled(ScopeCase& scope, stats::PairedBootstrap& bootstrap);

/// Half of the judged interval in standard errors: what rows_needed asks for where resampling gave the interval.
double half_width_error(const ScopeCase& scope);

}  // namespace modelgate
