// SPDX-License-Identifier: Apache-2.0
#include "gate/sandbox/scratch.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace modelgate {
namespace {

constexpr mode_t own = S_IRWXU;
constexpr int reading = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
constexpr std::string_view prefix = "modelgate-";
constexpr std::time_t least_age_s = 3600;

struct Entry {
  std::string name;
  bool folder = false;
};

/// Opens a folder, never through a link, whatever rights its owner left it.
UniqueFd open_folder(int at, const std::string& name) {
  const UniqueFd place(::openat(at, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!place) return UniqueFd();
  const std::string itself = "/proc/self/fd/" + std::to_string(place.get());
  ::chmod(itself.c_str(), own);
  return UniqueFd(::open(itself.c_str(), reading));
}

std::vector<std::string> names_in(int folder) {
  std::vector<std::string> names;
  const int copy = ::openat(folder, ".", reading);  // fdopendir takes what it is given
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(copy < 0 ? nullptr : ::fdopendir(copy), ::closedir);
  if (!listing && copy >= 0) ::close(copy);
  while (const dirent* entry = listing ? ::readdir(listing.get()) : nullptr) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  return names;
}

std::vector<Entry> entries_of(int folder) {
  std::vector<std::string> names = names_in(folder);
  std::vector<Entry> entries;
  entries.reserve(names.size());
  for (std::string& name : names) {
    struct stat info{};
    const bool known = ::fstatat(folder, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0;
    entries.push_back({std::move(name), known && S_ISDIR(info.st_mode)});
  }
  return entries;
}

/// As mkdtemp makes them.
bool is_scratch_name(std::string_view name) {
  constexpr std::size_t drawn = 6;
  return name.starts_with(prefix) && name.size() == prefix.size() + drawn &&
         std::ranges::all_of(name.substr(prefix.size()), [](unsigned char c) { return std::isalnum(c) != 0; });
}

/// The age covers the moment between a folder and its lock, and a gate whose file system has no locks.
bool is_own_and_old(int folder) {
  struct stat info{};
  return ::fstat(folder, &info) == 0 && info.st_uid == ::geteuid() && (info.st_mode & 07777) == own &&
         std::time(nullptr) - info.st_mtim.tv_sec > least_age_s;
}

/// Empties a folder that stands in top; folders in it move up to top, so that no depth uses up descriptors or paths.
void flatten(int top, const std::string& name, std::size_t& moved) {
  const UniqueFd folder = open_folder(top, name);
  if (!folder) return;
  for (const Entry& entry : entries_of(folder.get())) {
    if (!entry.folder) {
      ::unlinkat(folder.get(), entry.name.c_str(), 0);
      continue;
    }
    open_folder(folder.get(), entry.name);  // gives the right to write into it, which moving it is
    std::string free = "moved-" + std::to_string(++moved);
    while (::faccessat(top, free.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0) free = "moved-" + std::to_string(++moved);
    ::renameat(folder.get(), entry.name.c_str(), top, free.c_str());
  }
}

}  // namespace

bool remove_folder(const std::string& path) {
  const UniqueFd top = open_folder(AT_FDCWD, path);
  std::size_t moved = 0;
  for (std::vector<Entry> entries; top && !(entries = entries_of(top.get())).empty();) {
    bool progress = false;
    for (const Entry& entry : entries) {
      if (entry.folder) flatten(top.get(), entry.name, moved);
      progress |= ::unlinkat(top.get(), entry.name.c_str(), entry.folder ? AT_REMOVEDIR : 0) == 0;
    }
    if (!progress) return false;
  }
  return ::rmdir(path.c_str()) == 0;
}

std::string temporary_place() {
  const char* place = std::getenv("TMPDIR");
  return place != nullptr && place[0] == '/' ? place : "/tmp";
}

ScratchFolder::ScratchFolder(std::string path)
    : path_(std::move(path)), held_(::open(path_.c_str(), reading | O_NOFOLLOW)) {
  if (held_) ::flock(held_.get(), LOCK_EX | LOCK_NB);
}

Result<ScratchFolder> ScratchFolder::make(const std::string& parent) {
  std::string path = parent + "/" + std::string(prefix) + "XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) {
    return internal_error("No folder for a worker's files could be made in " + parent + ": " + std::strerror(errno) +
                          ". Point TMPDIR at one that this user may write to.");
  }
  return ScratchFolder(std::move(path));
}

void ScratchFolder::remove_abandoned() {
  const UniqueFd base(::open(temporary_place().c_str(), reading));
  if (!base) return;
  for (const std::string& name : names_in(base.get())) {
    if (!is_scratch_name(name)) continue;
    const UniqueFd folder(::openat(base.get(), name.c_str(), reading | O_NOFOLLOW));
    if (folder && is_own_and_old(folder.get()) && ::flock(folder.get(), LOCK_EX | LOCK_NB) == 0)
      remove_folder(temporary_place() + "/" + name);
  }
}

ScratchFolder::~ScratchFolder() {
  if (!path_.empty()) remove_folder(path_);
}

}  // namespace modelgate
