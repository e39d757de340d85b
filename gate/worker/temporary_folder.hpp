// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "gate/core/error.hpp"

namespace modelgate {

/// A fresh folder that only this user may enter, removed with all that is in it at the end of its life.
class TemporaryFolder {
 public:
  /// A folder with a random name inside parent, which must exist.
  static Result<TemporaryFolder> make(const std::string& parent);

  TemporaryFolder() = default;
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFolder& operator=(TemporaryFolder&& other) noexcept {
    std::swap(path_, other.path_);
    return *this;
  }
  ~TemporaryFolder();

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace modelgate
