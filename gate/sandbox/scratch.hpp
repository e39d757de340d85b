// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "gate/core/error.hpp"
#include "gate/wire/fd.hpp"

namespace modelgate {

/// $TMPDIR where it is an absolute path, else /tmp.
std::string temporary_place();

/// A fresh folder that this user alone may enter; removed with all that is in it, links never followed, when this
/// goes. One that was made for a worker has to outlive it.
class ScratchFolder {
 public:
  /// A folder with a random name inside parent, which must exist.
  static Result<ScratchFolder> make(const std::string& parent = temporary_place());
  /// Removes those that killed gates left in temporary_place(): of this user, an hour old, and held by no living gate,
  /// wherever that runs.
  static void remove_abandoned();

  ScratchFolder() = default;
  ScratchFolder(ScratchFolder&& other) noexcept
      : path_(std::exchange(other.path_, {})), held_(std::move(other.held_)) {}
  ScratchFolder& operator=(ScratchFolder&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(held_, other.held_);
    return *this;
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder();

  /// Empty where there is none.
  const std::string& path() const { return path_; }

 private:
  explicit ScratchFolder(std::string path);

  std::string path_;
  UniqueFd held_;  ///< open and locked as long as this gate lives, however it ends
};

/// Removes a folder and what is in it, whatever rights a hostile owner left and however deep it goes; follows no link.
/// False where something stays.
bool remove_folder(const std::string& path);

}  // namespace modelgate
