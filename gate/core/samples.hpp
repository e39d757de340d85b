// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gate/core/error.hpp"
#include "gate/core/plan.hpp"

namespace modelgate {

/// One turn of one model: a few requests in a row, everything read by the gate.
struct Turn {
  double wall_s = 0.0;  ///< sum over the turn's requests
  double cpu_s = 0.0;   ///< the worker's CPU clock over the turn
  std::uint32_t requests = 0;
  std::uint32_t voluntary_switches = 0;
  std::uint32_t involuntary_switches = 0;
  std::uint32_t faults = 0;
};

/// ABBA or BAAB: two turns a model, indexed by Role.
struct TurnGroup {
  std::array<std::array<Turn, 2>, 2> turns;  ///< [role][first, second]
};

/// A fresh pair of workers on one CPU.
struct Round {
  std::vector<TurnGroup> groups;
  std::array<std::vector<float>, 2> request_s;  ///< wall seconds of every counted request, by Role
  std::array<double, 2> start_s{};              ///< exec → ready
  std::array<double, 2> load_s{};               ///< model load, as the gate saw it
  std::array<std::uint64_t, 2> peak_rss_bytes{};
  int cpu = -1;  ///< -1: not pinned
};

/// All rounds of one batch size. With no production model the production halves stay empty.
struct LatencyRun {
  std::int64_t batch = 1;
  std::vector<Round> rounds;
  std::array<std::optional<Error>, 2> errors;  ///< by Role: this model could not be timed
  double seconds = 0.0;
  std::string allocator;    ///< "pinned" or "system"
  double ping_p50_s = 0.0;  ///< the gate's own cost a request (empty message)
};

/// What the latency phase measured.
struct Samples {
  std::vector<LatencyRun> runs;

  const LatencyRun* run_of(std::int64_t batch) const;
};

}  // namespace modelgate
