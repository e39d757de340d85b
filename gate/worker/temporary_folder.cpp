// SPDX-License-Identifier: Apache-2.0
#include "gate/worker/temporary_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace modelgate {

Result<TemporaryFolder> TemporaryFolder::make(const std::string& parent) {
  TemporaryFolder folder;
  std::string path = parent + "/modelgate-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr)
    return internal_error("No folder for temporary files could be made in " + parent + ": " + std::strerror(errno) +
                          "; TMPDIR names another place.");
  folder.path_ = std::move(path);
  return folder;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace modelgate
