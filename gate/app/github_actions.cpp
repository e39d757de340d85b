// SPDX-License-Identifier: Apache-2.0
#include "gate/app/github_actions.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <string_view>

#include "gate/app/surroundings.hpp"
#include "gate/app/terminal.hpp"
#include "gate/report/github.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

namespace fs = std::filesystem;

/// The path from the workspace, by which GitHub knows files; nothing for a file outside of it.
std::string from_workspace(const std::string& path) {
  const std::string workspace = variable({"GITHUB_WORKSPACE"});
  std::error_code failed;
  const fs::path whole = fs::weakly_canonical(fs::absolute(path, failed), failed);
  if (path.empty() || workspace.empty() || failed) return {};
  const fs::path root = fs::weakly_canonical(workspace, failed);
  const std::string relative = failed ? std::string{} : whole.lexically_relative(root).generic_string();
  return relative == ".." || relative.starts_with("../") ? std::string{} : relative;
}

/// How many bytes stand in the file; 0 where there is none yet.
std::size_t size_of(const std::string& path) {
  std::error_code absent;
  const std::uintmax_t size = fs::file_size(path, absent);
  return absent ? 0 : static_cast<std::size_t>(size);
}

bool ends_with_line_break(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  file.seekg(-1, std::ios::end);
  return !file || file.get() == '\n';
}

void append(const std::string& path, const std::string& text, std::string_view what) {
  const std::string lead = ends_with_line_break(path) ? "" : "\n";
  std::ofstream file(path, std::ios::binary | std::ios::app);
  file << lead << text << std::flush;
  if (!file)
    print_err(
        log_safe(fmt::format("warning: {} cannot be written ({}). Verdict, exit code and reports hold without it.\n",
                             what, clean_line(path))));
}

void append_summary(const Report& report) {
  const std::string path = variable({"GITHUB_STEP_SUMMARY"});
  if (path.empty()) return;
  const std::size_t standing = size_of(path);
  const std::string text = github_summary(report, standing);
  if (text.empty()) {
    print_err("warning: the step's summary is full; the verdict is not shown there.\n");
    return;
  }
  append(path, standing == 0 ? text : "\n" + text, "GITHUB_STEP_SUMMARY");
}

void append_outputs(const Report& report, const std::vector<std::string>& report_paths) {
  const std::string path = variable({"GITHUB_OUTPUT"});
  if (path.empty()) return;
  std::vector<std::string> paths;
  for (const std::string& report_path : report_paths) {
    const std::string relative = from_workspace(report_path);
    paths.push_back(relative.empty() ? report_path : relative);
  }
  append(path, github_outputs(report, paths), "GITHUB_OUTPUT");
}

}  // namespace

void tell_github(const Report& report, const std::vector<std::string>& report_paths) {
  if (variable({"GITHUB_ACTIONS"}) != "true") return;
  print_out(github_annotations(report, from_workspace));
  append_summary(report);
  append_outputs(report, report_paths);
}

}  // namespace modelgate
