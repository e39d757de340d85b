// SPDX-License-Identifier: Apache-2.0
#include "checks/resources/readings.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "checks/latency/rounds.hpp"
#include "checks/latency/served.hpp"

namespace modelgate {
namespace {

constexpr std::array<ResourceMetric, 5> metrics{{{"throughput", Direction::higher_is_better, true},
                                                 {"cold_start", Direction::lower_is_better, true},
                                                 {"first_request", Direction::lower_is_better, true},
                                                 {"load_time", Direction::lower_is_better, true},
                                                 {"peak_memory", Direction::lower_is_better, false}}};

bool measured(double value) { return value > 0.0 && std::isfinite(value); }

/// 0 where the round measured nothing.
double value_of(std::string_view metric, const Round& round, Role role, const LoadShape& shape) {
  const std::size_t side = index_of(role);
  if (metric == "cold_start") return round.start_s[side];
  if (metric == "first_request") return round.first_request_s[side];
  if (metric == "load_time") return round.load_s[side];
  if (metric == "peak_memory") return static_cast<double>(round.peak_rss_bytes[side]);
  if (shape.load == Load::server) return served_rows_per_s({&round, 1}, role, shape).value_or(0.0);
  const std::optional<double> mean = mean_request_s({&round, 1}, role);
  return mean ? static_cast<double>(shape.batch) / *mean : 0.0;
}

}  // namespace

const ResourceMetric* resource_metric(std::string_view name) {
  const auto* hit = std::ranges::find(metrics, name, &ResourceMetric::name);
  return hit == metrics.end() ? nullptr : hit;
}

Readings readings_of(const ResourceMetric& metric, std::span<const Round> rounds, const LoadShape& shape) {
  Readings readings;
  for (const Round& round : rounds) {
    const double candidate = value_of(metric.name, round, Role::candidate, shape);
    const double production = value_of(metric.name, round, Role::production, shape);
    if (measured(candidate)) readings.candidate.push_back(candidate);
    if (measured(production)) readings.production.push_back(production);
    if (!measured(candidate) || !measured(production)) continue;
    readings.log_ratio.push_back(std::log(candidate / production));
    readings.difference.push_back(candidate - production);
  }
  return readings;
}

}  // namespace modelgate
