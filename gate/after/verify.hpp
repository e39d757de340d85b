// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gate/after/age.hpp"
#include "gate/core/error.hpp"
#include "gate/report/read_report.hpp"

namespace modelgate {

/// A file that must be the one judged: its path as given, and its digest or why there is none.
struct FileProof {
  std::string path;
  Result<std::string> sha256;
};

/// What a deploy job asks of a report.
struct VerifyRequest {
  std::string report;  ///< path of the report, for the messages
  FileProof candidate;
  std::optional<FileProof> production;
  std::optional<FileProof> dataset;
  std::optional<FileProof> gate;  ///< the effective gate of this file and the report's overrides
  std::optional<std::chrono::seconds> max_age;
  Instant now;
  std::vector<std::string> allowed_overrides;  ///< keys accepted although they were not reviewed
};

/// Every reason why the candidate must not be deployed on the strength of this report, a sentence or two each; empty:
/// it may be. Pass, exit code 0, full scope, the candidate's very bytes, no run in the future, no override that changes
/// what was reviewed.
std::vector<std::string> objections_to(const StoredReport& report, const VerifyRequest& request);

/// Whether an override leaves what was reviewed as it is, given what else is proven by digest: the path of a model or
/// data set that is proven, and limits on time and memory.
bool is_harmless(std::string_view key, const StoredReport& report, const VerifyRequest& request);

}  // namespace modelgate
