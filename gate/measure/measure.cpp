// SPDX-License-Identifier: Apache-2.0
#include "gate/measure/measure.hpp"

#include <algorithm>

#include "gate/measure/round.hpp"

namespace modelgate {

namespace {

/// The CPUs of the number-th round: the next `threads` of the ring.
std::vector<int> cpus_of(std::size_t number, const MeasureSettings& settings) {
  std::vector<int> chosen;
  const std::size_t count = std::min(std::max<std::size_t>(settings.threads, 1), settings.cpus.size());
  chosen.reserve(count);
  for (std::size_t i = 0; i < count; ++i) chosen.push_back(settings.cpus[(number * count + i) % settings.cpus.size()]);
  return chosen;
}

std::vector<Role> still_timed(const MeasureSettings& settings, const LatencyRun& run) {
  std::vector<Role> roles;
  for (const Role role : both_roles) {
    const bool wanted = role == Role::candidate || settings.production;
    if (wanted && !run.errors[index_of(role)]) roles.push_back(role);
  }
  return roles;
}

const Error* cancelled(const LatencyRun& run) {
  for (const auto& error : run.errors) {
    if (error && error->reason == Reason::cancelled) return &*error;
  }
  return nullptr;
}

}  // namespace

Result<LatencyRun> measure(const MeasureSettings& settings, WorkerFactory& factory, const StopRule& decided,
                           const Clock& clock, Progress& progress) {
  LatencyRun run;
  run.shape = settings.shape;
  run.allocator = settings.allocator;
  Coin coin(settings.seed);
  std::vector<double> pings;
  const double begin = clock.now_s();
  const double cap = begin + settings.cap_s;
  const std::size_t first_cpu = settings.cpus.empty() ? 0 : coin.below(settings.cpus.size());
  double longest = 0.0;
  progress.update("latency", 0, settings.max_rounds);
  for (std::size_t number = 0; number < settings.max_rounds; ++number) {
    const double round_begin = clock.now_s();
    if (number > 0 && round_begin + longest > cap) break;
    const auto roles = still_timed(settings, run);
    const auto cpus = cpus_of(first_cpu + number, settings);
    factory.settle(cpus);
    Round round = RoundRunner(settings, factory, clock, coin, cap, run.errors, pings).run(roles, cpus);
    longest = std::max(longest, clock.now_s() - round_begin);
    if (const Error* error = cancelled(run)) return std::unexpected(*error);
    if (!round.groups.empty()) run.rounds.push_back(std::move(round));
    progress.update("latency", run.rounds.size(), settings.max_rounds);
    if (run.errors[index_of(Role::candidate)]) break;  // nothing is left to judge
    if (run.rounds.size() >= settings.min_rounds && decided(run)) break;
  }
  run.seconds = clock.now_s() - begin;
  run.ping_p50_s = upper_median(std::move(pings));
  progress.finish("latency");
  return run;
}

}  // namespace modelgate
