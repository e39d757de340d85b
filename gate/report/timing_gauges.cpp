// SPDX-License-Identifier: Apache-2.0
#include "gate/report/timing_gauges.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "gate/report/gauge.hpp"
#include "gate/report/timings.hpp"

namespace modelgate {
namespace {

constexpr std::array percentiles{std::pair{"p50", &LatencySide::p50_ms}, std::pair{"p90", &LatencySide::p90_ms},
                                 std::pair{"p95", &LatencySide::p95_ms}, std::pair{"p99", &LatencySide::p99_ms},
                                 std::pair{"p99.9", &LatencySide::p999_ms}};

std::string shape_labels(const LoadShape& shape) {
  std::string labels = label("load", to_string(shape.load)) + "," + label("batch", fmt::format("{}", shape.batch));
  if (shape.load == Load::server)
    labels += "," + label("rate", four_digits(shape.rate)) + "," + label("clients", fmt::format("{}", shape.clients));
  return labels;
}

void add_model(Gauge& gauge, const std::string& shape, std::string_view model, const LatencySide& side) {
  for (const auto& [name, field] : percentiles)
    if (const auto& ms = (side.*field).value)
      gauge.add(shape + "," + label("model", model) + "," + label("percentile", name), *ms / 1000.0, Unit::seconds);
}

}  // namespace

std::string timing_gauges(const Verdict& verdict, const std::string& gate) {
  Gauge requests("request_seconds", "Percentiles of a request's time.", gate);
  Gauge cost("gate_cost_seconds", "What the gate itself takes of each request, alike for both models.", gate);
  Gauge waited("waited_seconds", "Waiting for other gates on this machine before the rounds.", gate);
  for (const Timing& timing : timings_of(verdict)) {
    const std::optional<LatencyReport>& told = timing.result->latency;
    if (!told) continue;
    const LatencyReport& latency = *told;
    const std::string shape = shape_labels(latency.shape);
    add_model(requests, shape, "candidate", latency.candidate);
    add_model(requests, shape, "production", latency.production);
    if (latency.gate_cost_us > 0.0) cost.add(shape, latency.gate_cost_us / 1e6, Unit::seconds);
    if (latency.rounds > 0) waited.add(shape, latency.waited_s, Unit::seconds);
  }
  return requests.take() + cost.take() + waited.take();
}

}  // namespace modelgate
