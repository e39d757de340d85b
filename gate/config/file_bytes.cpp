// SPDX-License-Identifier: Apache-2.0
#include "gate/config/file_bytes.hpp"

#include <filesystem>
#include <fstream>
#include <system_error>

#include "gate/config/yaml_tree.hpp"

namespace modelgate {

std::expected<std::string, std::string> read_bounded(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return std::unexpected("is not there");
  if (!std::filesystem::is_regular_file(path, ignored)) return std::unexpected("is not a file");
  std::ifstream file(path, std::ios::binary);
  std::string bytes(TreeBounds{}.bytes + 1, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (file.bad() || (!file.eof() && file.fail())) return std::unexpected("cannot be read");
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

}  // namespace modelgate
