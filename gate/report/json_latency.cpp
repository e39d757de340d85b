// SPDX-License-Identifier: Apache-2.0
#include "gate/report/json_latency.hpp"

#include "gate/report/text.hpp"

namespace modelgate {
namespace {

Json interval_json(const Estimate& estimate) {
  if (!estimate.interval) return nullptr;
  return Json::array({number_or_null(estimate.interval->low), number_or_null(estimate.interval->high)});
}

Json side_json(const LatencySide& side) {
  return {{"p50_ms", number_or_null(side.p50_ms.value)},
          {"p90_ms", number_or_null(side.p90_ms.value)},
          {"p95_ms", number_or_null(side.p95_ms.value)},
          {"p99_ms", number_or_null(side.p99_ms.value)},
          {"p99_9_ms", number_or_null(side.p999_ms.value)},
          {"rows_per_s", number_or_null(side.rows_per_s)},
          {"utilisation", estimate_json(side.utilisation)},
          {"intervals",
           {{"p50_ms", interval_json(side.p50_ms)},
            {"p90_ms", interval_json(side.p90_ms)},
            {"p95_ms", interval_json(side.p95_ms)},
            {"p99_ms", interval_json(side.p99_ms)},
            {"p99_9_ms", interval_json(side.p999_ms)}}}};
}

Json ratio_json(const std::optional<Estimate>& ratio) { return ratio ? estimate_json(*ratio) : Json(nullptr); }

Json control_json(const LatencyReport& latency) {
  return {{"rounds", latency.control_rounds},
          {"cpu", ratio_json(latency.control_cpu)},
          {"wall", ratio_json(latency.control_wall)}};
}

Json machine_json(const MachineState& machine) {
  return {{"load", number_or_null(machine.load)},
          {"steal", number_or_null(machine.steal)},
          {"cpu_pressure", number_or_null(machine.cpu_pressure)}};
}

}  // namespace

Json latency_json(const LatencyReport& latency) {
  return {{"batch", latency.shape.batch},
          {"load", to_string(latency.shape.load)},
          {"rate", number_or_null(latency.shape.rate)},
          {"clients", latency.shape.clients},
          {"requests", latency.requests},
          {"rounds", latency.rounds},
          {"candidate", side_json(latency.candidate)},
          {"production", side_json(latency.production)},
          {"cpu", ratio_json(latency.cpu)},
          {"wall", ratio_json(latency.wall)},
          {"gate_cost_us", number_or_null(latency.gate_cost_us)},
          {"late_p50_us", number_or_null(latency.late_p50_us)},
          {"late_p99_us", number_or_null(latency.late_p99_us)},
          {"control", control_json(latency)},
          {"preempted_share", number_or_null(latency.preempted_share)},
          {"seconds", number_or_null(latency.seconds)},
          {"waited_s", number_or_null(latency.waited_s)},
          {"allocator", clean_line(latency.allocator)},
          {"machine", machine_json(latency.machine)}};
}

}  // namespace modelgate
