// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "gate/core/check_result.hpp"
#include "gate/core/verdict.hpp"

namespace modelgate {

/// One percentile of both models, ready for people; empty where it is not known.
struct PercentileRow {
  std::string name;       ///< "p99.9"
  std::string candidate;  ///< "31.2", in the unit of its timing
  std::string candidate_interval;
  std::string production;
  std::string production_interval;
};

/// What was measured under one load shape, told once however many results rest on it. Texts are clean and empty where
/// there is nothing to tell.
struct Timing {
  const CheckResult* result = nullptr;  ///< under which it is told: the one that stands worst
  std::string title;                    ///< "single stream, batch 1"
  std::string unit;                     ///< "µs", "ms" or "s"
  std::vector<PercentileRow> rows;      ///< percentiles that are known
  std::string cpu;                      ///< candidate against production by CPU time: "+2.4% [+1.2%, +3.7%]"
  std::string wall;                     ///< the same by wall time
  std::string control_cpu;              ///< production against itself: what the machine alone makes of equal models
  std::string control_wall;
  std::string control_rounds;  ///< "5 rounds"
  std::string counts;          ///< "6,400 requests in 16 rounds, 3.1% of the turns interrupted, allocator pinned"
  std::string serving;    ///< load server: "share of the time at work, …: candidate 88.0% [86.1%, 89.9%], production …"
  std::string lateness;   ///< load server: "the gate sent requests 5.00 µs late at the median, 41.0 µs at p99"
  std::string gate_cost;  ///< "the gate itself takes 41.0 µs of each request, alike for both models"
};

/// The timing of a result; nothing to tell where it has none.
Timing timing_of(const CheckResult& result);

/// Every load shape of the verdict of which anything is known, once, in the order of its checks.
std::vector<Timing> timings_of(const Verdict& verdict);

/// "CPU time +2.4% [...], wall time +2.5% [...]; production against itself, 5 rounds: CPU time …"; empty where unknown.
std::string ratio_sentence(const Timing& timing);

/// serving, counts, lateness and gate_cost in one.
std::string effort_sentence(const Timing& timing);

/// The whole timing in a few lines: percentiles of each model, ratios, effort.
std::vector<std::string> timing_sentences(const Timing& timing);

/// What the machine did meanwhile: "The rounds took 9.4 s, after 2.5 s of waiting for other gates; load 3.2, …".
std::string machine_sentence(const Verdict& verdict);

}  // namespace modelgate
