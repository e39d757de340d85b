// SPDX-License-Identifier: Apache-2.0
#include "gate/app/report_targets.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <ranges>
#include <span>
#include <utility>

#include "gate/report/abandoned.hpp"
#include "gate/report/html/picture_files.hpp"
#include "gate/report/staged_file.hpp"
#include "gate/report/write.hpp"

namespace modelgate {
namespace {

constexpr std::array default_set{"junit.xml", "report.json", "summary.md", "report.html"};

/// A file that two words name is written once.
void add_path(ReportTargets& targets, std::string path) {
  if (std::ranges::find(targets.paths, path) == targets.paths.end()) targets.paths.push_back(std::move(path));
}

void add_default_set(ReportTargets& targets, const std::filesystem::path& folder) {
  for (const char* name : default_set) add_path(targets, (folder / name).string());
  targets.flips.push_back((folder / "flips.parquet").string());
  targets.samples.push_back({(folder / "samples.parquet").string(), (folder / "latency.json").string()});
}

/// The report itself, whole on the disk and read back, but not in its place yet; what it shows is in place.
Result<StagedFile> stage(const std::vector<ReportFile>& files) {
  for (const ReportFile& picture : std::span(files).first(files.size() - 1)) {
    if (auto written = write_atomically(picture.path, picture.bytes); !written) return std::unexpected(written.error());
    if (auto whole = verify_written(picture.path, picture.bytes); !whole) return std::unexpected(whole.error());
  }
  const ReportFile& report = files.back();
  Result<StagedFile> staged = StagedFile::write(report.path, report.bytes);
  if (!staged) return staged;
  if (auto whole = verify_copy(staged->readable(), report.path, report.bytes); !whole)
    return std::unexpected(whole.error());
  return staged;
}

/// The first of the targets (the set's JUnit) last, so that it never tells of a verdict that the others do not have.
Result<void> put_all(std::vector<StagedFile>& staged) {
  Result<void> outcome;
  const auto keep_first = [&](Result<void> result) {
    if (!result && outcome) outcome = std::move(result);
  };
  for (StagedFile& file : std::views::reverse(staged)) keep_first(file.put());
  for (const StagedFile& file : staged) keep_first(file.settle());
  return outcome;
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
      add_path(targets, output);
    } else if (!targets.refused) {
      targets.refused = reporter.error();
    }
  }
  return targets;
}

Result<void> write_reports(const ReportTargets& targets, const Report& report) {
  Result<void> outcome;
  std::vector<StagedFile> staged;
  std::vector<std::pair<std::string, std::vector<ReportFile>>> pages;
  for (const std::string& path : targets.paths) {  // all are tried: one full disk must not leave a stale pass elsewhere
    const auto reporter = reporter_for(path);
    if (!reporter) return std::unexpected(reporter.error());
    std::vector<ReportFile> files = (*reporter)->render(report, path);
    Result<StagedFile> file = stage(files);
    if (file) {
      staged.push_back(std::move(*file));
      if (path.ends_with(".html")) pages.emplace_back(path, std::move(files));
    } else if (outcome) {
      outcome = std::unexpected(file.error());
    }
  }
  if (!outcome && report.verdict.kind == VerdictKind::pass) return outcome;  // it stands everywhere or nowhere
  if (Result<void> put = put_all(staged); !put && outcome) outcome = std::move(put);
  for (const auto& [page, files] : pages) remove_stale_pictures(page, files);
  return outcome;
}

void remove_reports(const ReportTargets& targets) {
  for (const std::string& path : targets.paths) {
    std::error_code ignored;
    if (std::filesystem::is_regular_file(std::filesystem::symlink_status(path, ignored)))
      std::filesystem::remove(path, ignored);
  }
}

void remove_abandoned(const ReportTargets& targets) {
  std::map<std::string, std::vector<std::string>> names;
  const auto add = [&](const std::string& path) {
    const std::filesystem::path target(path);
    names[target.has_parent_path() ? target.parent_path().string() : "."].push_back(target.filename().string());
  };
  std::ranges::for_each(targets.paths, add);
  std::ranges::for_each(targets.flips, add);
  for (const SampleFiles& files : targets.samples)
    std::ranges::for_each(std::array{files.parquet, files.benchmarks}, add);
  for (const auto& [folder, own] : names) remove_abandoned(folder, own);
}

}  // namespace modelgate
