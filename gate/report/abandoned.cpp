// SPDX-License-Identifier: Apache-2.0
#include "gate/report/abandoned.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <regex>
#include <system_error>
#include <vector>

namespace modelgate {
namespace {

namespace fs = std::filesystem;

constexpr std::time_t least_age_s = 3600;

/// A file's temporary name ends so; a report's is hidden, that of a table (flips, samples) is not.
bool is_temporary_of(const std::string& file, std::span<const std::string> names) {
  static const std::regex ours(R"(\.?(.+)\.[1-9][0-9]*\.tmp)");
  std::smatch found;
  if (!std::regex_match(file, found, ours)) return false;
  return names.empty() ? file.starts_with('.') : std::ranges::find(names, found[1].str()) != names.end();
}

bool is_own_and_old(const fs::path& path) {
  struct stat info{};
  return ::lstat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) && info.st_uid == ::geteuid() &&
         std::time(nullptr) - info.st_mtim.tv_sec > least_age_s;
}

}  // namespace

void remove_abandoned(const std::string& folder, std::span<const std::string> names) {
  std::vector<fs::path> abandoned;
  try {  // the error-code form ends the process where a name finds no memory
    for (const auto& entry : fs::directory_iterator(folder))
      if (is_temporary_of(entry.path().filename().string(), names) && is_own_and_old(entry.path()))
        abandoned.push_back(entry.path());
  } catch (const fs::filesystem_error&) {
    return;  // not there yet, or not to be listed
  }
  std::error_code ignored;
  for (const fs::path& path : abandoned) fs::remove(path, ignored);
}

}  // namespace modelgate
