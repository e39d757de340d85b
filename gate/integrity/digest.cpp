// SPDX-License-Identifier: Apache-2.0
#include "gate/integrity/digest.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <vector>

#include "gate/wire/fd.hpp"

namespace modelgate {
namespace {

constexpr std::size_t read_bytes = 1U << 17U;  // stays in the second-level cache between read and hash

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    good_ = context_ && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1;
  }
  void update(const void* data, std::size_t size) {
    good_ = good_ && EVP_DigestUpdate(context_.get(), data, size) == 1;
  }
  /// Empty when OpenSSL refused (no memory, no provider).
  std::string hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (!good_ || EVP_DigestFinal_ex(context_.get(), digest.data(), &size) != 1) return {};
    std::string text;
    for (unsigned i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
    return text;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
  bool good_ = false;
};

constexpr const char* refused = "OpenSSL could not compute a SHA-256 digest (memory, or its configuration).";

Result<std::string> finished(Sha256& sha) {
  auto hex = sha.hex();
  if (hex.empty()) return internal_error(refused);
  return hex;
}

/// The files' names as a person in their common folder would write them.
std::vector<std::string> relative_names(std::span<const std::string> paths) {
  namespace fs = std::filesystem;
  std::vector<fs::path> absolute;
  absolute.reserve(paths.size());
  for (const auto& path : paths) absolute.push_back(fs::absolute(path).lexically_normal());
  fs::path common = absolute.front().parent_path();
  for (const auto& path : absolute) {
    const auto inside = [&] {
      const auto rest = path.lexically_relative(common);
      return !rest.empty() && *rest.begin() != "..";
    };
    while (common.has_relative_path() && !inside()) common = common.parent_path();
  }
  std::vector<std::string> names;
  names.reserve(paths.size());
  for (const auto& path : absolute) names.push_back(path.lexically_relative(common).generic_string());
  return names;
}

}  // namespace

bool is_sha256_hex(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string sha256_hex(std::string_view bytes) {
  Sha256 sha;
  sha.update(bytes.data(), bytes.size());
  std::string hex = sha.hex();
  if (hex.empty()) throw std::runtime_error(refused);  // like bad_alloc: no caller has an answer, and no report a gap
  return hex;
}

Result<std::string> sha256_fd(int fd) {
  Sha256 sha;
  std::vector<char> buffer(read_bytes);
  off_t offset = 0;
  while (true) {
    const ssize_t got = ::pread(fd, buffer.data(), buffer.size(), offset);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return data_error(fmt::format("Cannot read an open file: {}.", std::strerror(errno)));
    if (got == 0) break;
    sha.update(buffer.data(), static_cast<std::size_t>(got));
    offset += got;
  }
  return finished(sha);
}

Result<std::string> sha256_file(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return data_error(fmt::format("Cannot open {}: {}.", path, std::strerror(errno)));
  auto hex = sha256_fd(file.get());
  if (!hex) return data_error(fmt::format("Cannot read {}: {}", path, hex.error().message));
  return hex;
}

Result<std::string> sha256_files(std::span<const std::string> paths) {
  if (paths.empty()) return data_error("No files to take a SHA-256 of.");
  if (paths.size() == 1) return sha256_file(paths.front());
  const auto names = relative_names(paths);
  std::string lines;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const auto hex = sha256_file(paths[i]);
    if (!hex) return hex;
    lines += fmt::format("{}  {}\n", *hex, names[i]);
  }
  return sha256_hex(lines);
}

}  // namespace modelgate
