// SPDX-License-Identifier: Apache-2.0
#include "gate/sandbox/scratch.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "gate/wire/fd.hpp"

namespace modelgate {
namespace {

constexpr mode_t own = S_IRWXU;
constexpr int reading = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

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

std::vector<Entry> entries_of(int folder) {
  std::vector<Entry> entries;
  const int copy = ::openat(folder, ".", reading);  // fdopendir takes what it is given
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(copy < 0 ? nullptr : ::fdopendir(copy), ::closedir);
  if (!listing && copy >= 0) ::close(copy);
  while (const dirent* entry = listing ? ::readdir(listing.get()) : nullptr) {
    const std::string name = entry->d_name;
    struct stat info{};
    if (name == "." || name == "..") continue;
    const bool known = ::fstatat(folder, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0;
    entries.push_back({name, known && S_ISDIR(info.st_mode)});
  }
  return entries;
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

Result<ScratchFolder> ScratchFolder::make(const std::string& parent) {
  std::string path = parent + "/modelgate-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) {
    return internal_error("No folder for a worker's files could be made in " + parent + ": " + std::strerror(errno) +
                          ". Point TMPDIR at one that this user may write to.");
  }
  return ScratchFolder(std::move(path));
}

ScratchFolder::~ScratchFolder() {
  if (!path_.empty()) remove_folder(path_);
}

}  // namespace modelgate
