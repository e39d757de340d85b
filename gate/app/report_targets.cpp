// SPDX-License-Identifier: Apache-2.0
#include "gate/app/report_targets.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

#include "gate/report/html/picture_files.hpp"
#include "gate/report/write.hpp"

namespace modelgate {
namespace {

constexpr std::array default_set{"junit.xml", "report.json", "summary.md", "report.html"};

void add_default_set(ReportTargets& targets, const std::filesystem::path& folder) {
  for (const char* name : default_set) targets.paths.push_back((folder / name).string());
  targets.flips.push_back((folder / "flips.parquet").string());
  targets.samples.push_back({(folder / "samples.parquet").string(), (folder / "latency.json").string()});
}

Result<void> write_all(const std::vector<ReportFile>& files) {
  for (const ReportFile& file : files) {
    if (auto written = write_atomically(file.path, file.bytes); !written) return written;
    if (auto whole = verify_written(file.path, file.bytes); !whole) return whole;
  }
  return {};
}

}  // namespace

ReportTargets report_targets(const std::vector<std::string>& outputs, const std::string& gate_name) {
  ReportTargets targets;
  if (outputs.empty()) add_default_set(targets, std::filesystem::path("modelgate-report") / gate_name);
  for (const std::string& output : outputs) {
    std::error_code ignored;
    if (output.ends_with('/') || std::filesystem::is_directory(output, ignored)) {
      add_default_set(targets, output);
    } else if (const auto reporter = reporter_for(output); reporter) {
      targets.paths.push_back(output);
    } else if (!targets.refused) {
      targets.refused = reporter.error();
    }
  }
  return targets;
}

Result<void> write_reports(const ReportTargets& targets, const Report& report) {
  Result<void> outcome;
  for (const std::string& path : targets.paths) {  // all are tried: one full disk must not leave a stale pass elsewhere
    const auto reporter = reporter_for(path);
    if (!reporter) return std::unexpected(reporter.error());
    const std::vector<ReportFile> files = (*reporter)->render(report, path);
    const Result<void> written = write_all(files);
    if (written && path.ends_with(".html")) remove_stale_pictures(path, files);
    if (!written && outcome) outcome = std::unexpected(written.error());
  }
  return outcome;
}

}  // namespace modelgate
