// SPDX-License-Identifier: Apache-2.0
#include "gate/report/read_check.hpp"

namespace modelgate {
namespace {

constexpr std::array loads{Load::single_stream, Load::offline, Load::server};

Estimate read_percentile(const JsonNode& side, std::string_view name) {
  Estimate estimate{side.at(name).number_or_none(), std::nullopt};
  const JsonNode interval = side.at("intervals").at(name);
  if (interval.is_null()) return estimate;
  if (const auto ends = interval.items(2); ends.size() == 2)
    estimate.interval = Interval{ends[0].number_or_nan(), ends[1].number_or_nan()};
  return estimate;
}

LatencySide read_side(const JsonNode& node) {
  return {read_percentile(node, "p50_ms"),      read_percentile(node, "p90_ms"),
          read_percentile(node, "p95_ms"),      read_percentile(node, "p99_ms"),
          read_percentile(node, "p99_9_ms"),    node.at("rows_per_s").number_or_none(),
          read_estimate(node.at("utilisation"))};
}

std::optional<Estimate> read_ratio(const JsonNode& node) {
  return node.is_null() ? std::nullopt : std::optional<Estimate>(read_estimate(node));
}

}  // namespace

LoadShape read_shape(const JsonNode& node) {
  return {node.at("load").word(loads), static_cast<std::int64_t>(node.at("batch").count()),
          node.at("rate").number_or_nan(), static_cast<std::int64_t>(node.at("clients").count())};
}

namespace {

MachineState read_machine(const JsonNode& node) {
  return {node.at("load").number_or_none(), node.at("steal").number_or_none(),
          node.at("cpu_pressure").number_or_none()};
}

}  // namespace

std::optional<LatencyReport> read_latency(const JsonNode& node) {
  if (node.is_null()) return std::nullopt;
  LatencyReport latency;
  latency.shape = read_shape(node);
  latency.requests = node.at("requests").count();
  latency.rounds = node.at("rounds").count();
  latency.candidate = read_side(node.at("candidate"));
  latency.production = read_side(node.at("production"));
  latency.cpu = read_ratio(node.at("cpu"));
  latency.wall = read_ratio(node.at("wall"));
  latency.gate_cost_us = node.at("gate_cost_us").number_or_nan();
  latency.late_p50_us = node.at("late_p50_us").number_or_none();
  latency.late_p99_us = node.at("late_p99_us").number_or_none();
  const JsonNode control = node.at("control");
  latency.control_rounds = control.at("rounds").count();
  latency.control_cpu = read_ratio(control.at("cpu"));
  latency.control_wall = read_ratio(control.at("wall"));
  latency.preempted_share = node.at("preempted_share").number_or_none();
  latency.seconds = node.at("seconds").number_or_nan();
  latency.waited_s = node.at("waited_s").number_or_nan();
  latency.allocator = node.at("allocator").text();
  latency.machine = read_machine(node.at("machine"));
  return latency;
}

}  // namespace modelgate
