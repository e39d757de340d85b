// SPDX-License-Identifier: Apache-2.0
#include "gate/data/replace_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <exception>
#include <filesystem>

namespace modelgate {

std::optional<std::string> replace_file(const std::string& path,
                                        const std::function<arrow::Status(const std::string& temporary)>& write) {
  const auto temporary = fmt::format("{}.{}.tmp", path, ::getpid());
  std::error_code failed;
  std::string why;
  try {
    const auto status = write(temporary);
    if (!status.ok()) why = status.message();
  } catch (const std::exception& thrown) {
    why = thrown.what();
  }
  if (why.empty()) {
    std::filesystem::rename(temporary, path, failed);
    if (failed) why = failed.message();
  }
  if (why.empty()) return std::nullopt;
  std::filesystem::remove(temporary, failed);
  return why.substr(0, why.find('\n'));
}

}  // namespace modelgate
