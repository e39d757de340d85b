// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "checks/latency/percentile.hpp"
#include "checks/planning/pilot.hpp"

namespace modelgate {

/// How many requests a percentile needs and whether the cap of time will hold them.
struct PercentileOutlook {
  std::string note;           ///< a clause
  bool out_of_reach = false;  ///< by a pilot's pace: not_assessable, whatever the models do
};

/// pace: of a pilot that timed the same load shape, or null; reach: what server_reach says of it.
PercentileOutlook percentile_outlook(const Percentile& percentile, const PilotPace* pace,
                                     const std::string& reach = {});

/// Load server, where the rate decides how many requests a round counts: a clause where the longer cap hardly holds
/// what the percentile needs, else "". first_release: the candidate takes all the time alone.
std::string server_reach(const Percentile& percentile, const LoadShape& shape, bool first_release);

}  // namespace modelgate
