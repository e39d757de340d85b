// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "gate/core/check_result.hpp"
#include "gate/core/samples.hpp"

namespace modelgate {

/// When the rounds are looked at and at which levels, so that looking four times keeps the whole error below 5 % a
/// side.
struct Look {
  std::size_t rounds;
  double interval_level;  ///< two-sided level of the signed-rank intervals that pass
  double fail_level;      ///< one-sided level of a fail, each of CPU time and wall time; 2 × their sum is below 5 %
};
// The fail level at 9 rounds lets two blocking checks fail there, too: half of it is above 1/512, the least that 9
// rounds can say.
inline constexpr std::array<Look, 4> looks{
    {{6, 0.0313, 1.0 / 64}, {9, 0.012, 0.004}, {13, 0.014, 0.0026}, {20, 0.016, 0.0026}}};

/// The last look that so many rounds have reached; nothing below 6.
std::optional<Look> look_at(std::size_t rounds);

/// What the first rounds say of candidate against production, one value a round: medians over the round's groups.
struct RoundRatios {
  std::vector<double> wall;  ///< log of mean wall time, candidate over production
  std::vector<double> cpu;   ///< the same of CPU time; shorter than wall where a round measured none
  std::vector<double>
      off_cpu;  ///< (off-CPU time of candidate − of production) / wall of production, un-preempted turns
};
RoundRatios round_ratios(std::span<const Round> rounds);

/// The q-quantile of the request times of one model, one value a round that has any, in seconds.
std::vector<double> round_quantiles(std::span<const Round> rounds, Role role, double q);

/// Requests of one model in all rounds.
std::size_t request_count(std::span<const Round> rounds, Role role);

/// Mean seconds of one request over all turns; nothing without any.
std::optional<double> mean_request_s(std::span<const Round> rounds, Role role);

/// Whether a model has used clearly more CPU time than wall time passed in its turns, so more than one CPU at once.
bool uses_more_threads(std::span<const Round> rounds);

/// Share of the model's turns that other processes disturbed: interrupted, or waiting for a CPU where the kernel tells
/// (load server: of its answers that the kernel interrupted); 1 without any.
double preempted_share(std::span<const Round> rounds, Role role);

/// Percentiles and throughput over all rounds, for the report.
LatencyReport latency_report(const LatencyRun& run);

}  // namespace modelgate
