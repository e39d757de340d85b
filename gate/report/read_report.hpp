// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "gate/core/error.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/run_record.hpp"
#include "gate/core/verdict.hpp"
#include "gate/report/read_check.hpp"
#include "gate/report/report.hpp"

namespace modelgate {

/// A report.json read back: all that reports show, and nothing else of the plan.
struct StoredReport {
  StoredReport() = default;
  StoredReport(StoredReport&&) noexcept = default;
  StoredReport& operator=(StoredReport&&) noexcept = default;
  StoredReport(const StoredReport&) = delete;  // the checks point into specs
  StoredReport& operator=(const StoredReport&) = delete;
  ~StoredReport() = default;

  StoredSpecs specs;
  Plan plan;  ///< name, task, gate file and digest, overrides, seed, population; no checks
  Verdict verdict;
  RunRecord run;

  Report view() const { return {plan, verdict, run}; }
};

/// The report in these bytes. A data error (exit 3) names the file as given and the place by its JSON pointer: no JSON,
/// another schema_version, a field that is missing, unknown or of another type, a verdict that its own checks and exit
/// code contradict. What is accepted is written again as it is.
Result<StoredReport> parse_report(std::string_view bytes, const std::string& file);

/// The report in this file.
Result<StoredReport> read_report(const std::string& file);

}  // namespace modelgate
