// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gate/core/plan.hpp"

namespace modelgate {

/// A value of an earlier report with its standard error, the interval's half-width over the critical z.
struct PilotEstimate {
  std::optional<double> value;
  std::optional<double> std_error;
};

/// What an earlier report measured in one place.
struct PilotCheck {
  std::size_t rows = 0;
  PilotEstimate candidate;
  PilotEstimate production;
  PilotEstimate difference;
  std::map<std::string, double> discordant;  ///< by part: "" or the group; rows on which exactly one model says yes
};

/// How fast the rounds of one load shape went.
struct PilotPace {
  std::size_t requests = 0;  ///< of the candidate
  std::size_t rounds = 0;
  double seconds = 0.0;
};

/// An earlier report, read for how two models scatter. It need not be of the same rows or limits.
struct Pilot {
  std::string path;
  std::size_t rows = 0;
  std::optional<double> discordant;          ///< share of all rows on which exactly one model is right
  std::map<std::string, PilotCheck> checks;  ///< by pilot_key
  std::map<LoadShape, PilotPace> paces;      ///< of what was timed
};

using SliceValues = std::vector<std::pair<std::string, std::string>>;

/// By what a planned check finds its own numbers in a report: family, metric, class, slice or attribute; never the
/// limit.
std::string pilot_key(std::string_view family, std::string_view metric, std::string_view klass,
                      const SliceValues& slice, std::string_view attribute);

}  // namespace modelgate
