// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gate/core/error.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/run_record.hpp"
#include "gate/core/verdict.hpp"

namespace modelgate {

/// What every reporter is given; the references outlive the call.
struct Report {
  const Plan& plan;
  const Verdict& verdict;
  const RunRecord& run;
};

/// One file to write: the report itself, or a picture that it shows.
struct ReportFile {
  std::string path;
  std::string bytes;
};

/// Turns a report into the files of one format. Deterministic: same report, same bytes.
class Reporter {
 public:
  virtual ~Reporter() = default;

  /// Every file that the report at this path consists of, the report itself last, so that it never shows what is not
  /// there yet.
  virtual std::vector<ReportFile> render(const Report& report, const std::string& path) const = 0;
};

/// The reporter for a file name by its suffix; an error that lists the suffixes otherwise.
Result<std::unique_ptr<Reporter>> reporter_for(std::string_view path);

/// Whether bytes begin as every report does that is written to a file of this name.
bool begins_as_report(std::string_view path, std::string_view bytes);

/// The suffix of every format: ".xml", ".json", …
std::vector<std::string_view> format_suffixes();

/// The same for people: ".xml (JUnit), .json, .md, …".
std::string report_suffixes();

}  // namespace modelgate
