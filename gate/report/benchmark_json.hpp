// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "gate/core/samples.hpp"

namespace modelgate {

/// One cache of the machine as Google Benchmark tells it.
struct HostCache {
  std::string type;  ///< "Data", "Instruction", "Unified"
  int level = 0;
  std::int64_t bytes = 0;
  int cpus_sharing = 0;
};

/// "context" of a Google Benchmark file: where and when it was measured.
struct BenchmarkHost {
  std::string date;  ///< UTC, 2026-11-22T13:40:00Z
  std::string name;
  int cpus = 0;
  double mhz = 0.0;          ///< 0: unknown
  bool cpu_scaling = false;  ///< some CPU's clock follows its load
  std::vector<HostCache> caches;
  std::vector<double> load_average;
  bool debug_build = false;
};

/// The rounds in Google Benchmark's JSON format (its documentation, user_guide.md "Output Formats"): one repetition a
/// round, named candidate/…, production/… and, production against production, control_a/… and control_b/…; times are
/// nanoseconds of one request, the mean over the round, and mean, median, stddev and cv over the rounds where there are
/// two or more. cpu_time is 0 where the turns have none.
std::string benchmark_json(const Samples& samples, const BenchmarkHost& host);

}  // namespace modelgate
