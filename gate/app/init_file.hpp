// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "gate/core/error.hpp"

namespace modelgate {

/// The gate file that init writes: tried beside its place first, which is taken only once all is well.
class InitFile {
 public:
  /// force: a gate file that is there already is replaced.
  InitFile(const std::string& path, bool force);
  /// Removes the file of the trial, whatever happened.
  ~InitFile();
  InitFile(const InitFile&) = delete;
  InitFile& operator=(const InitFile&) = delete;

  /// A usage error where something stands in its place that must stay.
  Result<void> check_place() const;
  /// Where the proposal is tried.
  const std::string& trial() const { return trial_; }
  /// Puts what was tried last into its place, and the JSON Schema beside it where there is none; the schema's name, or
  /// "" where it was there.
  Result<std::string> publish() const;

 private:
  std::string written_;
  std::filesystem::path path_;
  std::string trial_;
  bool force_;
};

}  // namespace modelgate
