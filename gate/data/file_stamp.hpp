// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace modelgate {

/// What a file system notes when a file's bytes change or another file takes its name. Taken before a file is first
/// opened and again after it was last read, it tells that other bytes may have been read than the digest's.
struct FileStamp {
  std::uint64_t device = 0;
  std::uint64_t number = 0;
  std::int64_t size = -1;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;

  bool operator==(const FileStamp&) const = default;
  /// Whether this is surely the file of an earlier stamp; false where nothing could be told of it.
  bool is_still(const FileStamp& before) const { return size >= 0 && *this == before; }
};

/// The stamp of an open file, or of the file of that name, links followed; not known where it cannot be told.
FileStamp stamp_of(int fd);
FileStamp stamp_of(const std::string& path);

}  // namespace modelgate
