// SPDX-License-Identifier: Apache-2.0
// Limits on percentiles of request times, through judge_latency and the looks that the stop rule takes.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>

#include "checks/check.hpp"
#include "checks/latency/judge_latency.hpp"
#include "checks/latency/percentile.hpp"
#include "checks/latency/rounds.hpp"
#include "experiments.hpp"
#include "gate/core/policy.hpp"
#include "gate/stats/level.hpp"
#include "gate/stats/quantiles.hpp"
#include "gate/stats/signed_rank.hpp"

namespace modelgate::simulation {
namespace {

constexpr double spread = 0.3;  // of the logarithm of a request's time: a tail to one side

/// How the requests of one run come about.
struct World {
  std::string metric = "latency_p99";
  std::size_t requests = 100;  ///< a round and model
  std::size_t rounds = 20;     ///< that the cap of time holds
  double candidate = 1.0;      ///< true percentile of an undisturbed round, in limits
  double production = 0.8;     ///< 0: none
  double burst_chance = 0.0;   ///< share of rounds in which neighbours slow a third of the requests of both threefold
  double stall_chance = 0.0;   ///< share of rounds in which 15 % of the candidate's own requests take ten times as long
};

std::vector<float> requests_of(const World& world, double level, bool burst, bool stalls, std::mt19937_64& random) {
  const double q = percentile_of(world.metric)->q;
  const double z = stats::normal_critical(1.0 - q);  // of the percentile
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform;
  std::vector<float> seconds(world.requests);
  for (float& time : seconds) {
    double drawn = level * std::exp(spread * (normal(random) - z));
    if (burst && uniform(random) < 1.0 / 3) drawn *= 3.0;
    if (stalls && uniform(random) < 0.15) drawn *= 10.0;
    time = static_cast<float>(drawn);
  }
  return seconds;
}

Round round_of(const World& world, std::mt19937_64& random) {
  std::uniform_real_distribution<double> uniform;
  const bool burst = uniform(random) < world.burst_chance;
  const bool stalls = uniform(random) < world.stall_chance;
  Round round;
  round.request_s[0] = requests_of(world, world.candidate, burst, stalls, random);
  if (world.production > 0.0) round.request_s[1] = requests_of(world, world.production, burst, false, random);
  TurnGroup group;
  for (auto& side : group.turns)
    side.fill({.wall_s = 1.0, .cpu_s = 1.0, .requests = 1, .involuntary_switches = burst ? 1U : 0U});
  round.groups.push_back(group);
  return round;
}

/// Fail and pass at the first look that decides.
std::vector<bool> decision_of(const World& world, std::size_t draw) {
  std::mt19937_64 random(0x9e3779b97f4a7c15ULL * (draw + 1));
  PlannedCheck check;
  check.family = Family::latency;
  check.metric = world.metric;
  check.limit = {LimitWord::max, 1.0, false, "1s"};
  check.spec = &find_check(Family::latency, world.metric)->spec;
  Plan plan;
  plan.checks = {check};
  LatencyRun run;
  std::size_t looked_at = 0;
  for (std::size_t i = 0; i < world.rounds; ++i) {
    run.rounds.push_back(round_of(world, random));
    run.seconds += 1.5;
    const auto blocks = percentile_blocks(run.rounds, *percentile_of(world.metric), world.production > 0.0).size();
    if (blocks == looked_at || std::ranges::find(looks, blocks, &Look::rounds) == looks.end()) continue;
    looked_at = blocks;
    const CheckResult result = judge_latency(check, plan, run);
    if (result.parts.empty()) continue;
    if (result.parts.front().p_fail <= gate_alpha) return {true, false};
    if (result.parts.front().passes) return {false, true};
  }
  return {false, false};
}

/// What is not done: the percentile of every round, however few its requests.
std::vector<bool> naive_decision_of(const World& world, std::size_t draw) {
  std::mt19937_64 random(0x9e3779b97f4a7c15ULL * (draw + 1));
  std::vector<double> values;
  for (std::size_t i = 1; i <= world.rounds; ++i) {
    const Round round = round_of(world, random);
    values.push_back(*stats::quantile(round.request_s[0], percentile_of(world.metric)->q));
    const auto* const look = std::ranges::find(looks, i, &Look::rounds);
    if (look == looks.end()) continue;
    if (stats::signed_rank_interval(values, look->interval_level)->high <= 1.0) return {false, true};
  }
  return {false, false};
}

void add(Section& section, const std::string& name, const World& world, bool fail, double most, std::size_t draws) {
  const auto rates = frequencies(draws, 2, [&](std::size_t draw) { return decision_of(world, draw); });
  section.rates.push_back({name, draws, rates[fail ? 0 : 1], at_most(most)});
}

std::string place_of(const World& world) {
  return fmt::format("{}, {} requests a round, {} rounds", world.metric, world.requests, world.rounds);
}

}  // namespace

std::vector<Section> simulate_percentiles(double scale) {
  const auto draws = static_cast<std::size_t>(2000 * scale);
  Section section{
      "A limit on a percentile of request times",
      "Request times are lognormal (spread .3). Looks at 6, 9, 13 and 20 blocks until one decides. At the "
      "limit: the candidate's true percentile is the limit itself, production's 80 % of it. Bursts: in half "
      "of the rounds neighbours slow a third of the requests of both models threefold. Stalls: in 15 % of "
      "the rounds 15 % of the candidate's own requests take ten times as long, so that its p99 over all "
      "rounds is about five times the limit, in the typical round 80 % of it.",
      {}};
  for (const World& world : {World{"latency_p50", 20, 20}, World{"latency_p90", 20, 20}, World{"latency_p95", 100, 20},
                             World{"latency_p99", 25, 40}, World{"latency_p99", 100, 20},
                             World{"latency_p99", 1000, 20}, World{"latency_p99.9", 2000, 20}}) {
    add(section, place_of(world) + ", at the limit: false pass", world, false, 0.05, draws);
    add(section, place_of(world) + ", at the limit: false block", world, true, 0.05, draws);
  }
  World first{"latency_p99", 100, 20, 1.0, 0.0};
  add(section, "latency_p99, first release, at the limit: false block", first, true, 0.05, draws);
  for (const std::size_t requests : {100U, 1000U}) {
    const std::string words = fmt::format("latency_p99, {} requests a round, bursts", requests);
    World bursts{"latency_p99", requests, 20, 0.9, 0.9, 0.5};
    add(section, words + ", an equal model 10 % under the limit: false block", bursts, true, 0.005, draws);
    bursts = {"latency_p99", requests, 20, 1.1, 0.3, 0.5};
    add(section, words + ", 10 % over, production 70 % under: false pass", bursts, false, 0.05, draws);
    World stalls{"latency_p99", requests, 20, 0.8, 0.8, 0.0, 0.15};
    add(section, fmt::format("latency_p99, {} requests a round, own stalls: pass", requests), stalls, false, 0.4,
        draws);
  }
  World twice{"latency_p99", 100, 20, 2.0, 0.8};
  add(section, "latency_p99, 100 requests a round, twice the limit: not blocked", twice, true, 1.0, draws);
  section.rates.back().rate = 1.0 - section.rates.back().rate;
  section.rates.back().expected = at_most(0.05);
  const World few{"latency_p99", 25, 20};
  const auto naive = frequencies(draws, 2, [&](std::size_t draw) { return naive_decision_of(few, draw); });
  section.rates.push_back({"for comparison, the percentile of each round of 25 requests: false pass of p99", draws,
                           naive[1], at_most(1.0)});
  return {section};
}

}  // namespace modelgate::simulation
