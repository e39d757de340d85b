// SPDX-License-Identifier: Apache-2.0
#include "gate/report/staged_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "gate/report/text.hpp"

namespace modelgate {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> cannot(std::string_view doing, const std::string& path, int error) {
  return report_error(fmt::format("cannot {} {}: {}", doing, clean_line(path), std::generic_category().message(error)));
}

/// The report's own path first, whichever file or folder beside it failed.
std::unexpected<Error> cannot_write(const std::string& path, int error, std::string_view what = "") {
  return report_error(fmt::format("{} cannot be written{}: {}. Give -o a folder that can be written.", clean_line(path),
                                  what, std::generic_category().message(error)));
}

std::string path_of(int fd) { return fmt::format("/proc/self/fd/{}", fd); }

/// Unique a process, so that two runs into one folder do not write into each other's file.
std::string temporary_name(const fs::path& path) {
  const fs::path name = fmt::format(".{}.{}.tmp", path.filename().string().substr(0, 200), ::getpid());
  return (path.parent_path() / name).string();
}

/// rename would put a file in the place of a pipe or device, such as /dev/null; a link is replaced, never followed, and
/// onto a folder rename itself fails.
Result<void> spare_special(const std::string& path) {
  struct stat there{};
  if (::lstat(path.c_str(), &there) != 0) return {};
  const auto mode = there.st_mode;
  if (S_ISREG(mode) || S_ISLNK(mode) || S_ISDIR(mode)) return {};
  return report_error(fmt::format("{} cannot be written: it is a {}, which no report replaces. Give -o another file.",
                                  clean_line(path), S_ISFIFO(mode) ? "pipe" : "device or socket"));
}

}  // namespace

StagedFile::StagedFile(std::string path) : path_(std::move(path)) {
  const fs::path target(path_);
  folder_ = target.has_parent_path() ? target.parent_path().string() : ".";
  temporary_ = temporary_name(target);
}

StagedFile::StagedFile(StagedFile&& other) noexcept
    : path_(std::move(other.path_)),
      folder_(std::move(other.folder_)),
      temporary_(std::move(other.temporary_)),
      nameless_(std::move(other.nameless_)),
      pending_(std::exchange(other.pending_, false)) {}

StagedFile& StagedFile::operator=(StagedFile&& other) noexcept {
  if (this == &other) return *this;
  drop();
  path_ = std::move(other.path_);
  folder_ = std::move(other.folder_);
  temporary_ = std::move(other.temporary_);
  nameless_ = std::move(other.nameless_);
  pending_ = std::exchange(other.pending_, false);
  return *this;
}

StagedFile::~StagedFile() { drop(); }

void StagedFile::drop() {
  if (pending_ && !nameless_) ::unlink(temporary_.c_str());
  nameless_.reset();
  pending_ = false;
}

Result<StagedFile> StagedFile::write(const std::string& path, std::string_view bytes) {
  if (Result<void> spared = spare_special(path); !spared) return std::unexpected(spared.error());
  StagedFile staged(path);
  std::error_code failed;
  fs::create_directories(staged.folder_, failed);
  if (failed) return cannot_write(path, failed.value(), fmt::format(", folder {}", clean_line(staged.folder_)));
  ::unlink(staged.temporary_.c_str());  // left by a killed process of the same number
  if (staged.write_nameless(bytes)) return staged;
  if (Result<void> written = staged.write_named(bytes); !written) return std::unexpected(written.error());
  return staged;
}

/// False where there are no such files, or something failed; the named file then says what.
bool StagedFile::write_nameless(std::string_view bytes) {
  UniqueFd file(::open(folder_.c_str(), O_WRONLY | O_TMPFILE | O_CLOEXEC, 0644));
  if (!file || ::access(path_of(file.get()).c_str(), F_OK) != 0) return false;  // no /proc: no way to name it
  if (!write_all(file.get(), bytes) || ::fsync(file.get()) != 0) return false;
  nameless_ = std::move(file);
  return true;
}

Result<void> StagedFile::write_named(std::string_view bytes) const {
  UniqueFd file(::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!file) return cannot_write(path_, errno);
  if (!write_all(file.get(), bytes)) return cannot_write(path_, errno);
  if (::fsync(file.get()) != 0) return cannot_write(path_, errno, " to the disk");
  if (::close(file.release()) != 0) return cannot_write(path_, errno);
  return {};
}

std::string StagedFile::readable() const { return nameless_ ? path_of(nameless_.get()) : temporary_; }

Result<void> StagedFile::put() {
  if (nameless_) {
    const std::string nameless = path_of(nameless_.get());
    if (::linkat(AT_FDCWD, nameless.c_str(), AT_FDCWD, temporary_.c_str(), AT_SYMLINK_FOLLOW) != 0)
      return cannot_write(path_, errno);
    nameless_.reset();
  }
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) return cannot_write(path_, errno);
  pending_ = false;
  return {};
}

Result<void> StagedFile::settle() const {
  const UniqueFd directory(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return cannot("open folder", folder_, errno);
  // Some network file systems have no fsync of folders; the rename itself has succeeded there.
  if (::fsync(directory.get()) != 0 && errno != EINVAL && errno != ENOTSUP)
    return cannot("flush folder", folder_, errno);
  return {};
}

}  // namespace modelgate
