// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gate/core/error.hpp"
#include "gate/report/report.hpp"

namespace modelgate {

/// Where the timings of a run go, one request after the other.
struct SampleFiles {
  std::string parquet;     ///< samples.parquet
  std::string benchmarks;  ///< latency.json
};

/// The report files of a run, known before anything untrusted is opened.
struct ReportTargets {
  std::vector<std::string> paths;
  std::vector<std::string> flips;    ///< flips.parquet of every report folder; not written unless asked for
  std::vector<SampleFiles> samples;  ///< of every report folder; not written unless asked for
  std::optional<Error> refused;      ///< the first -o that names no format; the other files are still to be written
};

/// Turns the -o words into files: a folder (existing, or ending in /) gets the default set, none at all means
/// modelgate-report/<name>/. A suffix without a reporter is refused.
ReportTargets report_targets(const std::vector<std::string>& outputs, const std::string& gate_name);

/// Writes every report atomically and reads each back; an error (exit 4) names the first that could not be written.
/// A pass is put in place only where every one of them can be.
Result<void> write_reports(const ReportTargets& targets, const Report& report);

/// Removes the reports that stand there; what is no regular file stays.
void remove_reports(const ReportTargets& targets);

/// Removes what killed runs left beside these files while they put them in place.
void remove_abandoned(const ReportTargets& targets);

}  // namespace modelgate
