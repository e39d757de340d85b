// SPDX-License-Identifier: Apache-2.0
#include "gate/app/run_metadata.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <string>

#include "gate/app/ci_place.hpp"
#include "gate/app/surroundings.hpp"

namespace modelgate {
namespace {

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
  note_ci_place(record);
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
