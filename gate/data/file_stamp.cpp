// SPDX-License-Identifier: Apache-2.0
#include "gate/data/file_stamp.hpp"

#include <sys/stat.h>

namespace modelgate {
namespace {

FileStamp stamp_from(const struct stat& info) {
  const auto nanoseconds = [](const timespec& time) { return time.tv_sec * 1'000'000'000 + time.tv_nsec; };
  return {info.st_dev, info.st_ino, info.st_size, nanoseconds(info.st_mtim), nanoseconds(info.st_ctim)};
}

}  // namespace

FileStamp stamp_of(int fd) {
  struct stat info{};
  return ::fstat(fd, &info) == 0 ? stamp_from(info) : FileStamp{};
}

FileStamp stamp_of(const std::string& path) {
  struct stat info{};
  return ::stat(path.c_str(), &info) == 0 ? stamp_from(info) : FileStamp{};
}

}  // namespace modelgate
