// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gate/core/error.hpp"

struct zip;  // libzip's zip_t

namespace modelgate {

/// What an archive may at most hold. torch writes members uncompressed; a ratio far above that is a bomb.
struct ZipLimits {
  std::uint64_t members = 10'000;
  std::uint64_t total_bytes = std::uint64_t{64} << 30;
  std::uint64_t ratio = 100;                               ///< unpacked to packed bytes of one member
  std::uint64_t any_ratio_below = std::uint64_t{1} << 20;  ///< unpacked bytes that are harmless at any ratio
};

/// A zip archive of unknown origin. Its whole directory is checked before a member is read: relative names in printable
/// UTF-8 without "..", each once; no links, nothing encrypted; numbers and sizes within the limits.
class ZipArchive {
 public:
  struct Member {
    std::string name;
    std::uint64_t bytes = 0;  ///< unpacked, as the directory claims; reading more or less is an error
    std::uint64_t index = 0;
  };

  /// Reads from this open file, whose descriptor stays the caller's. model_unloadable, saying what is wrong.
  static Result<ZipArchive> open(int fd, const ZipLimits& limits = {});

  /// Every file, in the archive's order; folders are left out.
  const std::vector<Member>& members() const { return members_; }
  /// Nothing where there is no such member.
  const Member* find(std::string_view name) const;

  /// The first bytes of a member, at most so many.
  Result<std::string> head(const Member& member, std::size_t most) const;
  /// A whole member that may not be longer than this.
  Result<std::string> text(const Member& member, std::size_t most) const;
  /// Writes a member as a new file of this name into a folder (no path: the file lies in the folder itself).
  Result<void> extract(const Member& member, const std::string& folder, const std::string& file) const;

 private:
  struct Close {
    void operator()(zip* archive) const;
  };

  Result<void> survey(std::uint64_t file_bytes, const ZipLimits& limits);

  std::unique_ptr<zip, Close> archive_;
  std::vector<Member> members_;
};

}  // namespace modelgate
