// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <source_location>
#include <string>
#include <string_view>

namespace modelgate::fuzz {

/// What a target promises of every input; a broken promise is a finding like a crash.
inline void require(bool holds, std::source_location at = std::source_location::current()) {
  if (holds) return;
  std::fprintf(stderr, "%s:%u: this must hold of every input\n", at.file_name(), static_cast<unsigned>(at.line()));
  std::abort();
}

/// An error tells something.
template <class Error>
void require_words(const Error& error, std::source_location at = std::source_location::current()) {
  require(!error.message.empty(), at);
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// A file in memory with these bytes, under a path that may be opened again; for readers that take paths.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes) : fd_(::memfd_create("fuzz", MFD_CLOEXEC)) {
    require(fd_ >= 0 && ::write(fd_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  }
  ~MemoryFile() { ::close(fd_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  int fd() const { return fd_; }
  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

 private:
  int fd_;
};

/// A folder of this process alone, for readers that go by a file's name; gone at the process's end.
class Folder {
 public:
  Folder() : path_("/tmp/modelgate-fuzz-XXXXXX") { require(::mkdtemp(path_.data()) != nullptr); }
  ~Folder() { ::rmdir(path_.c_str()); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// Another name of a file, with the suffix that says what it is.
class NamedFile {
 public:
  NamedFile(const Folder& folder, std::string_view name, std::string_view bytes)
      : file_(bytes), path_(folder.path() + "/" + std::string(name)) {
    require(::symlink(file_.path().c_str(), path_.c_str()) == 0);
  }
  ~NamedFile() { ::unlink(path_.c_str()); }
  NamedFile(const NamedFile&) = delete;
  NamedFile& operator=(const NamedFile&) = delete;

  const std::string& path() const { return path_; }

 private:
  MemoryFile file_;
  std::string path_;
};

}  // namespace modelgate::fuzz
