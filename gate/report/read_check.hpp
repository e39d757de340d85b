// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "gate/core/check_result.hpp"
#include "gate/core/check_spec.hpp"
#include "gate/report/json_node.hpp"

namespace modelgate {

/// What a report says of its checks' specs, in place of the registry: addresses stay the same while it grows or moves.
struct StoredSpecs {
  std::deque<std::string> texts;
  std::deque<CheckSpec> specs;
};

/// One entry of checks[] of report.json under this plan; its spec is added to specs. What is wrong is noted in the
/// node.
CheckResult read_check(const JsonNode& node, const Plan& plan, StoredSpecs& specs);

/// A "declared_at": where a check stands.
struct DeclaredPlace {
  std::string file;  ///< empty: the gate file
  int line = 0;      ///< 0: unknown
};
DeclaredPlace read_declared_at(const JsonNode& node, const Plan& plan);

/// The family of a "type".
Family read_family(const JsonNode& node);

/// {value, interval, reason}: a null number is NaN or infinity again where the reason says so.
Estimate read_estimate(const JsonNode& node);

/// What check_json writes of groups, pairs, latency, flips and evidence.
void read_evidence(const JsonNode& node, CheckResult& result);

/// batch, load, rate and clients of an entry or of its "latency".
LoadShape read_shape(const JsonNode& node);

/// What latency_json writes; null is none.
std::optional<LatencyReport> read_latency(const JsonNode& node);

/// What add_pictures writes.
Pictures read_pictures(const JsonNode& evidence);

}  // namespace modelgate
