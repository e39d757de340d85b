// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "gate/core/error.hpp"
#include "gate/wire/fd.hpp"

namespace modelgate {

/// Bytes that are whole on the disk and take the place of a file when told to; until then that file stays as it was.
/// Where the file system allows it they have no name before that, so that a killed process leaves nothing behind.
class StagedFile {
 public:
  /// Writes and flushes them into the file's folder, which is made where it is missing. Errors (ErrorKind::report) name
  /// the path and the cause.
  static Result<StagedFile> write(const std::string& path, std::string_view bytes);

  StagedFile(StagedFile&& other) noexcept;
  StagedFile& operator=(StagedFile&& other) noexcept;
  StagedFile(const StagedFile&) = delete;
  StagedFile& operator=(const StagedFile&) = delete;
  /// Removes what was never put.
  ~StagedFile();

  const std::string& path() const { return path_; }
  /// A path at which the bytes can be read back before they are put.
  std::string readable() const;

  /// Replaces the file at path in one step.
  Result<void> put();
  /// Flushes the folder, so that a loss of power takes nothing back. After put.
  Result<void> settle() const;

 private:
  explicit StagedFile(std::string path);
  bool write_nameless(std::string_view bytes);
  Result<void> write_named(std::string_view bytes) const;
  void drop();

  std::string path_;
  std::string folder_;
  std::string temporary_;  ///< in the folder, as rename works within one file system only
  UniqueFd nameless_;      ///< none where the file has its temporary name
  bool pending_ = true;
};

}  // namespace modelgate
