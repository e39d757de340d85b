// SPDX-License-Identifier: Apache-2.0
#include "checks/planning/percentile_outlook.hpp"

#include <fmt/format.h>

#include <cmath>
#include <ranges>

#include "checks/latency/rounds.hpp"
#include "gate/core/latency_caps.hpp"
#include "gate/core/number_text.hpp"

namespace modelgate {
namespace {

std::size_t blocks_of(const Percentile& percentile, const PilotPace& pace) {
  const auto rounds = static_cast<double>(pace.rounds);
  return blocks_within(latency_long_cap_s, pace.seconds / rounds, static_cast<double>(pace.requests) / rounds,
                       percentile);
}

/// "; latency_p95 would do with 90", where a lower percentile is within reach.
std::string instead(const Percentile& percentile, const PilotPace& pace) {
  for (const Percentile& lower : percentiles | std::views::reverse)
    if (lower.q < percentile.q && blocks_of(lower, pace) >= looks.front().rounds)
      return fmt::format("; {} would do with {}", lower.metric, count_text(lower.requests()));
  return "; a smaller batch is faster";
}

}  // namespace

PercentileOutlook percentile_outlook(const Percentile& percentile, const PilotPace* pace) {
  PercentileOutlook outlook;
  outlook.note = fmt::format("needs {} requests, {} in each of {} blocks of rounds", count_text(percentile.requests()),
                             count_text(percentile.block_requests()), looks.front().rounds);
  if (pace == nullptr || pace->rounds == 0 || !(pace->seconds > 0.0)) {
    outlook.note += "; measured during the run";
    return outlook;
  }
  const double held = static_cast<double>(pace->requests) / pace->seconds * latency_long_cap_s;
  outlook.out_of_reach = blocks_of(percentile, *pace) < looks.front().rounds;
  outlook.note += fmt::format("; as fast as the pilot's, {:.0f} s hold about {}: {}", latency_long_cap_s,
                              count_text(static_cast<std::size_t>(std::llround(held))),
                              outlook.out_of_reach ? "too few" : "enough");
  if (outlook.out_of_reach) outlook.note += instead(percentile, *pace);
  return outlook;
}

}  // namespace modelgate
