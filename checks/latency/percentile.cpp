// SPDX-License-Identifier: Apache-2.0
#include "checks/latency/percentile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <ranges>

#include "checks/latency/rounds.hpp"
#include "gate/core/latency_caps.hpp"
#include "gate/core/number_text.hpp"
#include "gate/stats/quantiles.hpp"

namespace modelgate {
namespace {

constexpr double floor_confidence = 0.99;
constexpr double side_confidence = 0.5;
constexpr std::size_t fewest_blocks = looks.front().rounds;

std::vector<double> requests_of(std::span<const Round> rounds, Role role) {
  std::vector<double> all;
  all.reserve(request_count(rounds, role));
  for (const Round& round : rounds)
    all.insert(all.end(), round.request_s[index_of(role)].begin(), round.request_s[index_of(role)].end());
  return all;
}

/// Requests of the model that has fewer.
std::size_t fewer_requests(std::span<const Round> rounds, bool with_production) {
  const std::size_t candidate = request_count(rounds, Role::candidate);
  return with_production ? std::min(candidate, request_count(rounds, Role::production)) : candidate;
}

struct BlockBounds {
  double low = 0.0;
  double high = 0.0;
};

// David & Nagaraja 2003, Order Statistics, §7.1: P(x_(r) >= xi_q) >= P(Bin(n, q) < r), and P(x_(r) <= xi_q) >=
// P(Bin(n, q) >= r), whatever the distribution; r is the rank nearest to the percentile for which each is >= 1/2.
std::optional<BlockBounds> bounds_of(std::span<const Round> block, Role role, double q) {
  const std::vector<double> values = requests_of(block, role);
  const auto high = stats::quantile_upper_bound(values, q, side_confidence);
  const auto low = stats::quantile_lower_bound(values, q, side_confidence);
  if (!high || !low) return std::nullopt;
  return BlockBounds{*low, *high};
}

double seconds_a_round(const LatencyRun& run) {
  return run.rounds.empty() ? 0.0 : run.seconds / static_cast<double>(run.rounds.size());
}

/// The highest percentile that as many rounds of these requests can show, or null.
const Percentile* highest_shown(const LatencyRun& run, const Percentile& below) {
  for (const Percentile& lower : percentiles | std::views::reverse)
    if (lower.q < below.q && blocks_by(run, lower, latency_long_cap_s) >= fewest_blocks) return &lower;
  return nullptr;
}

}  // namespace

// The largest of n independent values exceeds the q-quantile with probability 1 − q^n: 459 for p99 at 99 % (the floor
// of MLPerf LoadGen's early stopping, too), 4,603 for p99.9.
std::size_t Percentile::requests() const { return stats::samples_needed(q, floor_confidence); }

// A sixth of the floor: q^(n/6) = .01^(1/6) = .46, so that a block's largest value exceeds the percentile more often
// than not. Of fewer requests every order statistic would be too low, and a model over its limit would pass.
std::size_t Percentile::block_requests() const { return (requests() + fewest_blocks - 1) / fewest_blocks; }

const Percentile* percentile_of(std::string_view metric) {
  const auto* hit = std::ranges::find(percentiles, metric, &Percentile::metric);
  return hit == percentiles.end() ? nullptr : hit;
}

std::vector<std::span<const Round>> percentile_blocks(std::span<const Round> rounds, const Percentile& percentile,
                                                      bool with_production) {
  std::vector<std::span<const Round>> blocks;
  std::size_t begin = 0;
  for (std::size_t end = 1; end <= rounds.size(); ++end) {
    const std::span<const Round> block = rounds.subspan(begin, end - begin);
    if (fewer_requests(block, with_production) < percentile.block_requests()) continue;
    blocks.push_back(block);
    begin = end;
  }
  return blocks;
}

bool has_production(const LatencyRun& run) {
  return !run.errors[index_of(Role::production)] && request_count(run.rounds, Role::production) > 0;
}

RoundLevels percentile_levels(std::span<const std::span<const Round>> blocks, const Percentile& percentile,
                              bool with_production) {
  RoundLevels levels;
  for (const std::span<const Round> block : blocks) {
    const auto candidate = bounds_of(block, Role::candidate, percentile.q);
    const auto production = with_production ? bounds_of(block, Role::production, percentile.q) : std::nullopt;
    if (!candidate || (with_production && !production)) continue;
    levels.candidate.push_back(std::midpoint(candidate->low, candidate->high));
    levels.candidate_low.push_back(candidate->low);
    levels.candidate_high.push_back(candidate->high);
    if (!production) continue;
    levels.production.push_back(std::midpoint(production->low, production->high));
    levels.production_high.push_back(production->high);
  }
  return levels;
}

std::optional<double> pooled_percentile(std::span<const Round> rounds, Role role, double q) {
  return stats::quantile(requests_of(rounds, role), q);
}

std::size_t blocks_by(const LatencyRun& run, const Percentile& percentile, double cap_s) {
  const bool with_production = has_production(run);
  const std::size_t made = percentile_blocks(run.rounds, percentile, with_production).size();
  const double round_s = seconds_a_round(run);
  const std::size_t requests = fewer_requests(run.rounds, with_production);
  if (!(round_s > 0.0) || requests == 0 || run.seconds >= cap_s) return made;
  const double a_round = static_cast<double>(requests) / static_cast<double>(run.rounds.size());
  return made + blocks_within(cap_s - run.seconds, round_s, a_round, percentile);
}

std::size_t blocks_within(double cap_s, double round_s, double round_requests, const Percentile& percentile) {
  if (!(round_s > 0.0) || !(round_requests > 0.0) || !(cap_s > 0.0)) return 0;
  const double rounds_a_block = std::ceil(static_cast<double>(percentile.block_requests()) / round_requests);
  return static_cast<std::size_t>(std::floor(cap_s / round_s) / rounds_a_block);
}

std::string too_few_requests(const LatencyRun& run, const Percentile& percentile) {
  const std::size_t requests = fewer_requests(run.rounds, has_production(run));
  std::string text =
      fmt::format("{} needs {} requests, at least {} of them in each of {} blocks of rounds; {} round{} gave {}",
                  percentile.metric, count_text(percentile.requests()), count_text(percentile.block_requests()),
                  fewest_blocks, run.rounds.size(), run.rounds.size() == 1 ? "" : "s", count_text(requests));
  const double round_s = seconds_a_round(run);
  if (round_s > 0.0 && requests > 0)
    text += fmt::format(", so that the {:.0f} s that a run may take hold about {}", latency_long_cap_s,
                        count_text(static_cast<std::size_t>(static_cast<double>(requests) / run.seconds *
                                                            std::max(latency_long_cap_s, run.seconds))));
  text += ". Fewer cannot show this percentile: their slowest request is most likely below it. ";
  const Percentile* lower = highest_shown(run, percentile);
  if (lower == nullptr) return text + "Time a smaller batch, or a faster model.";
  return text + fmt::format("Limit {} instead ({} requests), or time a smaller batch.", lower->metric,
                            count_text(lower->requests()));
}

}  // namespace modelgate
