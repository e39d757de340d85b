// SPDX-License-Identifier: Apache-2.0
#include "gate/ledger/ledger_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>
#include <utility>

namespace modelgate {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr std::size_t most_bytes = 64U << 20U;
constexpr auto longest_wait = 10min;
constexpr auto pause = 50ms;

std::unexpected<Error> cannot(std::string_view what, const std::string& path, int error) {
  return data_error(fmt::format("Cannot {} the ledger {}: {}.", what, path, std::strerror(error)));
}

/// Where the bytes stand: a rename onto a link would replace the link and leave what it points to uncounted.
Result<std::string> behind_links(const std::string& path) {
  constexpr int most_links = 40;
  std::error_code failed;
  fs::path file(path);
  for (int links = 0; fs::is_symlink(fs::symlink_status(file, failed)); ++links) {
    if (links == most_links) return data_error(fmt::format("The ledger {} is a link that leads nowhere.", path));
    const fs::path target = fs::read_symlink(file, failed);
    if (failed) return cannot("follow", path, failed.value());
    file = target.is_absolute() ? target : file.parent_path() / target;
  }
  return file.string();
}

Result<int> locked_folder(const std::string& path, const std::function<bool()>& give_up) {
  const fs::path folder = fs::path(path).has_parent_path() ? fs::path(path).parent_path() : fs::path(".");
  std::error_code ignored;
  fs::create_directories(folder, ignored);
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return cannot("open the folder of", path, errno);
  const auto deadline = std::chrono::steady_clock::now() + longest_wait;
  while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    const int error = errno;
    const bool busy = error == EWOULDBLOCK || error == EINTR;
    if (busy && !give_up() && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(pause);
      continue;
    }
    ::close(descriptor);
    return busy ? data_error(fmt::format("Another run holds the ledger {}; run again when it has ended.", path))
                : cannot("lock", path, error);
  }
  return descriptor;
}

/// Nothing where there is no file yet.
Result<std::string> bytes_of(const std::string& path) {
  std::error_code failed;
  const fs::file_status status = fs::status(path, failed);
  if (status.type() == fs::file_type::not_found) return std::string{};
  if (!fs::is_regular_file(status)) return data_error(fmt::format("The ledger {} is no file.", path));
  std::ifstream file(path, std::ios::binary);
  if (!file) return cannot("read", path, errno);
  std::string bytes(most_bytes + 1, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (file.bad()) return cannot("read", path, errno);
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  if (bytes.size() > most_bytes) return data_error(fmt::format("The ledger {} is larger than 64 MiB.", path));
  if (bytes.empty()) return data_error(fmt::format("The ledger {} is empty. Restore it; it is never reset.", path));
  return bytes;
}

}  // namespace

Result<LedgerFile> LedgerFile::open(const std::string& path, const std::function<bool()>& give_up) {
  const auto behind = behind_links(path);
  if (!behind) return std::unexpected(behind.error());
  const auto folder = locked_folder(*behind, give_up);
  if (!folder) return std::unexpected(folder.error());
  LedgerFile file(*folder, *behind);
  auto bytes = bytes_of(*behind);
  if (!bytes) return std::unexpected(bytes.error());
  file.found_ = std::move(*bytes);
  if (file.found_.empty()) return file;
  auto ledger = parse_ledger(file.found_, path);
  if (!ledger) return std::unexpected(ledger.error());
  file.ledger_ = std::move(*ledger);
  return file;
}

LedgerFile::LedgerFile(LedgerFile&& other) noexcept
    : folder_(std::exchange(other.folder_, -1)),
      path_(std::move(other.path_)),
      found_(std::move(other.found_)),
      ledger_(std::move(other.ledger_)) {}

LedgerFile& LedgerFile::operator=(LedgerFile&& other) noexcept {
  std::swap(folder_, other.folder_);
  std::swap(path_, other.path_);
  std::swap(found_, other.found_);
  std::swap(ledger_, other.ledger_);
  return *this;
}

LedgerFile::~LedgerFile() {
  if (folder_ >= 0) ::close(folder_);  // lets the lock go
}

}  // namespace modelgate
