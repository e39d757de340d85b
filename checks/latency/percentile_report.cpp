// SPDX-License-Identifier: Apache-2.0
#include "checks/latency/percentile_report.hpp"

#include <array>
#include <bit>
#include <vector>

#include "checks/latency/percentile.hpp"
#include "checks/latency/rounds.hpp"
#include "gate/stats/block_quantiles.hpp"
#include "gate/stats/random.hpp"

namespace modelgate {
namespace {

constexpr double confidence = 0.95;

std::uint64_t seed_of(const LoadShape& shape, Role role, std::uint64_t seed) {
  for (const std::uint64_t part : {static_cast<std::uint64_t>(shape.load), static_cast<std::uint64_t>(shape.batch),
                                   std::bit_cast<std::uint64_t>(shape.rate), static_cast<std::uint64_t>(shape.clients),
                                   static_cast<std::uint64_t>(index_of(role))})
    seed = stats::mix64(seed ^ part);
  return seed;
}

void add_to_side(LatencySide& side, const LatencyRun& run, Role role, std::uint64_t seed) {
  std::vector<std::span<const float>> blocks;
  blocks.reserve(run.rounds.size());
  for (const Round& round : run.rounds) blocks.emplace_back(round.request_s[index_of(role)]);
  const std::size_t requests = request_count(run.rounds, role);
  std::vector<double> shares;
  std::vector<Estimate*> estimates;
  const std::array all{&side.p50_ms, &side.p90_ms, &side.p95_ms, &side.p99_ms, &side.p999_ms};
  for (std::size_t i = 0; i < percentiles.size(); ++i) {
    if (requests < percentiles[i].requests()) continue;
    shares.push_back(percentiles[i].q);
    estimates.push_back(all[i]);
  }
  const auto intervals = stats::block_bootstrap_quantiles(blocks, shares, confidence, seed_of(run.shape, role, seed));
  for (std::size_t i = 0; i < estimates.size(); ++i)
    if (const auto& seconds = intervals[i])
      estimates[i]->interval = Interval{.low = seconds->low * 1e3, .high = seconds->high * 1e3};
}

}  // namespace

void add_percentile_intervals(LatencyReport& report, const LatencyRun& run, std::uint64_t seed) {
  add_to_side(report.candidate, run, Role::candidate, seed);
  add_to_side(report.production, run, Role::production, seed);
}

}  // namespace modelgate
