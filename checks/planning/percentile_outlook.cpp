// SPDX-License-Identifier: Apache-2.0
#include "checks/planning/percentile_outlook.hpp"

#include <fmt/format.h>

#include <cmath>
#include <ranges>

#include "checks/latency/rounds.hpp"
#include "gate/core/latency_caps.hpp"
#include "gate/core/number_text.hpp"
#include "gate/core/server_load.hpp"

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

constexpr double share_for_rounds = 0.85;  // of the cap; starting and warming workers takes the rest

double seconds_a_round(double rate, bool first_release) {
  const double models = first_release ? 1.0 : 2.0;
  return models * static_cast<double>(server_segments) * (server_lead_s + server_segment_s(rate));
}

/// A Poisson number of requests comes in a round; nearly all rounds have those that are three deviations fewer.
bool held_by_server(const Percentile& percentile, double rate, bool first_release) {
  const double usual = server_requests_a_round(rate);
  return blocks_within(share_for_rounds * latency_long_cap_s, seconds_a_round(rate, first_release),
                       usual - 3.0 * std::sqrt(usual), percentile) >= looks.front().rounds;
}

/// The lowest rate, of two digits, that would hold the percentile.
double rate_for(const Percentile& percentile, double rate, bool first_release) {
  const auto up = [](double value) {
    const double digit = std::pow(10.0, std::floor(std::log10(value)) - 1.0);
    return (std::floor(value / digit + 1e-6) + 1.0) * digit;
  };
  constexpr double most = 1e6;  // far above what any percentile here needs
  while (rate < most && !held_by_server(percentile, rate, first_release)) rate = up(rate);
  return rate;
}

}  // namespace

std::string server_reach(const Percentile& percentile, const LoadShape& shape, bool first_release) {
  if (shape.load != Load::server || !(shape.rate > 0.0)) return {};
  if (held_by_server(percentile, shape.rate, first_release)) return {};
  std::string text = fmt::format(
      "at {:.15g}/s a round of {:.1f} s counts about {:.0f} requests of a model, so that {:.0f} s hardly hold them: "
      "from "
      "about {:.6g}/s on they do",
      shape.rate, seconds_a_round(shape.rate, first_release), server_requests_a_round(shape.rate), latency_long_cap_s,
      rate_for(percentile, shape.rate, first_release));
  for (const Percentile& lower : percentiles | std::views::reverse)
    if (lower.q < percentile.q && held_by_server(lower, shape.rate, first_release))
      return text + fmt::format(", and at this rate for {}", lower.metric);
  return text;
}

PercentileOutlook percentile_outlook(const Percentile& percentile, const PilotPace* pace, const std::string& reach) {
  PercentileOutlook outlook;
  outlook.note = fmt::format("needs {} requests, {} in each of {} blocks of rounds", count_text(percentile.requests()),
                             count_text(percentile.block_requests()), looks.front().rounds);
  if (pace == nullptr || pace->rounds == 0 || !(pace->seconds > 0.0)) {
    outlook.note += reach.empty() ? "; measured during the run" : "; " + reach;
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
