// SPDX-License-Identifier: Apache-2.0
#include "gate/app/run_metadata.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <string>

namespace modelgate {
namespace {

std::string environment_variable(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return value;
  }
  return {};
}

std::string first_line(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

/// The commit of the working directory, read from .git without starting git: HEAD, or the branch it points to.
std::string checked_out_commit() {
  std::error_code ignored;
  for (auto folder = std::filesystem::current_path(ignored); !folder.empty(); folder = folder.parent_path()) {
    std::string head = first_line(folder / ".git" / "HEAD");
    if (head.starts_with("ref: ")) return first_line(folder / ".git" / head.substr(5));
    if (!head.empty()) return head;
    if (folder == folder.parent_path()) break;
  }
  return {};
}

std::string ci_address() {
  if (const std::string gitlab = environment_variable({"CI_JOB_URL"}); !gitlab.empty()) return gitlab;
  if (const std::string jenkins = environment_variable({"BUILD_URL"}); !jenkins.empty()) return jenkins;
  const std::string server = environment_variable({"GITHUB_SERVER_URL"});
  const std::string run = environment_variable({"GITHUB_RUN_ID"});
  if (server.empty() || run.empty()) return {};
  return fmt::format("{}/{}/actions/runs/{}", server, environment_variable({"GITHUB_REPOSITORY"}), run);
}

std::string cpu_model() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return {};
}

}  // namespace

std::string utc_now() {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
}

Date utc_today() { return std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()); }

RunRecord begin_run_record() {
  RunRecord record;
  record.tool_version = MODELGATE_VERSION;
  record.git_commit = environment_variable({"GITHUB_SHA", "CI_COMMIT_SHA", "GIT_COMMIT"});
  if (record.git_commit.empty()) record.git_commit = checked_out_commit();
  record.ci_url = ci_address();
  record.actor = environment_variable({"GITHUB_ACTOR", "GITLAB_USER_LOGIN", "BUILD_USER_ID", "USER"});
  utsname system{};
  if (uname(&system) == 0) {
    record.hostname = system.nodename;
    record.environment.emplace_back("kernel", fmt::format("{} {}", system.sysname, system.release));
    record.environment.emplace_back("architecture", system.machine);
  }
  record.environment.emplace_back("cpu", cpu_model());
  record.environment.emplace_back("cpus", std::to_string(sysconf(_SC_NPROCESSORS_ONLN)));
  record.environment.emplace_back("load_average", first_line("/proc/loadavg"));
  record.started = utc_now();
  return record;
}

}  // namespace modelgate
