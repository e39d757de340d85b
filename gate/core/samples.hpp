// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gate/core/error.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/repeats.hpp"

namespace modelgate {

/// One turn of one model: a few requests in a row, everything read by the gate.
struct Turn {
  double wall_s = 0.0;  ///< sum over the turn's requests
  double cpu_s = 0.0;   ///< the worker's CPU clock over the turn
  double net_s = 0.0;  ///< cpu_s and the time the worker slept, without its wait for a CPU that others had; 0: unknown,
                       ///< as of several threads
  std::uint32_t requests = 0;
  std::uint32_t voluntary_switches = 0;
  std::uint32_t involuntary_switches = 0;
  std::uint32_t faults = 0;
};

/// ABBA or BAAB: two turns a model, indexed by Role.
struct TurnGroup {
  std::array<std::array<Turn, 2>, 2> turns;  ///< [role][first, second]
};

/// A stretch of arrivals at one model under load server, everything read by the gate.
struct Segment {
  double scheduled_s = 0.0;    ///< in which its arrivals lie
  double seconds = 0.0;        ///< from its begin until every arrival was answered or given up, at least scheduled_s
  double busy_s = 0.0;         ///< sum over the answered ones of the time from sending to answer
  std::uint32_t answered = 0;  ///< all of them, those before counting began as well
  std::uint32_t given_up = 0;  ///< unanswered at the end; request_s holds how long each had waited
  std::uint32_t involuntary_switches = 0;
};

/// A fresh pair of workers on one CPU.
struct Round {
  std::vector<TurnGroup> groups;                 ///< none under load server, whose requests take no turns
  std::array<std::vector<float>, 2> request_s;   ///< seconds of every counted request, by Role; wall time, under load
                                                 ///< server from the intended arrival
  std::array<std::vector<Segment>, 2> segments;  ///< load server, by Role: the same arrivals for both
  std::vector<float> late_s;                     ///< load server: seconds by which the gate sent a request late that
                                                 ///< found the model idle; they are part of request_s
  std::array<double, 2> start_s{};               ///< exec → ready
  std::array<double, 2> first_request_s{};       ///< wall seconds of the first request after ready
  std::array<double, 2> load_s{};                ///< model load, as the gate saw it
  std::array<std::uint64_t, 2> peak_rss_bytes{};
  int cpu = -1;  ///< -1: not pinned
};

/// What the machine was doing while the rounds ran; what the kernel does not tell stays empty.
struct MachineState {
  std::optional<double> load;          ///< running and waiting tasks, 1-minute mean at the end
  std::optional<double> steal;         ///< share of CPU time that the hypervisor took, [0, 1]
  std::optional<double> cpu_pressure;  ///< PSI: share of the time in which some task waited for a CPU, [0, 1]
};

/// All rounds of one load shape. With no production model the production halves stay empty.
struct LatencyRun {
  LoadShape shape;
  std::vector<Round> rounds;
  std::vector<Round> control;  ///< production in both places: how far two equal models seem apart on this machine
  std::array<std::optional<Error>, 2> errors;  ///< by Role: this model could not be timed
  std::array<RepeatedOutputs, 2> repeated;     ///< by Role: its answers to requests it had answered before
  double seconds = 0.0;                        ///< from the first start on, without waited_s
  double waited_s = 0.0;                       ///< for other gates' rounds on this machine
  MachineState machine;
  std::string allocator;    ///< "pinned" or "system"
  double ping_p50_s = 0.0;  ///< the gate's own cost a request (empty message)
};

/// What the latency phase measured.
struct Samples {
  std::vector<LatencyRun> runs;
  std::array<std::uint64_t, 2> model_bytes{};  ///< by Role: size of the model file; 0: not a live model

  const LatencyRun* run_of(const LoadShape& shape) const;
};

}  // namespace modelgate
