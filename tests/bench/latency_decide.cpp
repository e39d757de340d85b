// SPDX-License-Identifier: Apache-2.0
// One decision of the latency family, as `modelgate run` takes it, with a slow-down seeded into the candidate's worker:
//   bench_latency_decide GATE.yaml SLOWDOWN SEED
// One JSON line: outcome, rounds, seconds without the wait for other gates, the difference with its interval.
#include <fmt/format.h>

#include <cstdio>
#include <string>

#include "gate/app/judging.hpp"
#include "gate/app/latency_phase.hpp"
#include "gate/app/specs.hpp"
#include "gate/config/gate_file.hpp"
#include "gate/core/clock.hpp"
#include "gate/verdict/decide.hpp"

namespace modelgate {
namespace {

int told(const Error& error) {
  fmt::print(stderr, "{}\n", error.message);
  return 3;
}

std::string number(const std::optional<double>& value) { return value ? fmt::format("{:.6g}", *value) : "null"; }

int run(const std::string& gate_file, double slowdown, std::uint64_t seed) {
  PlanRequest request;
  request.gate_file = gate_file;
  request.seed = seed;
  const auto plan = load_plan(request, registered_specs());
  if (!plan) return told(plan.error());
  const SteadyClock clock;
  const double begin = clock.now_s();
  SilentProgress silent;
  RunRecord record;
  const auto samples = latency_phase(*plan, silent, record, {.instrumented = true, .share = {slowdown, 0.0}});
  if (!samples || samples->runs.size() != 1) return samples ? 3 : told(samples.error());
  const LatencyRun& latency = samples->runs.front();
  const double seconds = clock.now_s() - begin - latency.waited_s;
  const Verdict verdict = decide(*plan, judge(*plan, nullptr, &*samples).results);
  if (verdict.checks.size() != 1) return 3;
  const CheckResult& result = verdict.checks.front();
  const auto& interval = result.difference.interval;
  fmt::print(R"({{"outcome": "{}", "rounds": {}, "seconds": {:.3f}, "difference": {}, "low": {}, "high": {}}})"
             "\n",
             to_string(result.outcome), latency.rounds.size(), seconds, number(result.difference.value),
             number(interval ? std::optional(interval->low) : std::nullopt),
             number(interval ? std::optional(interval->high) : std::nullopt));
  return 0;
}

}  // namespace
}  // namespace modelgate

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("bench_latency_decide GATE.yaml SLOWDOWN SEED\n", stderr);
    return 2;
  }
  return modelgate::run(argv[1], std::stod(argv[2]), std::stoull(argv[3]));
}
